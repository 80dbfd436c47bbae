package dev.origo.localstack;

import dev.origo.spi.Tasks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// Something that is made when it is first asked for. Who comes meanwhile waits; a failure is
/// thrown to all who wait, and the next who asks tries again.
///
/// Thread rule: any thread, inside a task.
final class Once<T> implements Supplier<T> {
    private final Tasks tasks;
    private final Supplier<T> make;
    private final AtomicReference<CompletableFuture<T>> made =
            new AtomicReference<>(CompletableFuture.failedFuture(new IllegalStateException()));

    Once(Tasks tasks, Supplier<T> make) {
        this.tasks = tasks;
        this.make = make;
    }

    @Override
    public T get() {
        CompletableFuture<T> last = made.get();
        if (last.isCompletedExceptionally()) {
            CompletableFuture<T> mine = new CompletableFuture<>();
            if (made.compareAndSet(last, mine)) {
                return make(mine);
            }
            return tasks.await(made.get());
        }
        return tasks.await(last);
    }

    /// Whoever asks next has it made anew, unless that was done already.
    ///
    /// @param stale what was answered before
    void forget(T stale) {
        CompletableFuture<T> last = made.get();
        if (last.state() == Future.State.SUCCESS && last.resultNow().equals(stale)) {
            made.compareAndSet(
                    last, CompletableFuture.failedFuture(new IllegalStateException("forgotten")));
        }
    }

    private T make(CompletableFuture<T> mine) {
        try {
            T value = make.get();
            mine.complete(value);
            return value;
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        }
    }
}
