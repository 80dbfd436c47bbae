package dev.origo.loop;

import dev.origo.spi.Tasks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// The real thing: system clock, virtual threads, one timer thread.
///
/// Thread rule: any thread.
public final class VirtualTasks implements Tasks, AutoCloseable {
    private final Consumer<Throwable> bugs;
    private final ScheduledThreadPoolExecutor timers =
            new ScheduledThreadPoolExecutor(
                    1,
                    Thread.ofPlatform().daemon().name("timer").factory(),
                    // What comes after the close is void.
                    new ThreadPoolExecutor.DiscardPolicy());

    /// @param bugs told of what a task lets out
    public VirtualTasks(Consumer<Throwable> bugs) {
        this.bugs = bugs;
        timers.setRemoveOnCancelPolicy(true);
    }

    @Override
    public InstantSource clock() {
        return InstantSource.system();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public LongSupplier random() {
        return () -> ThreadLocalRandom.current().nextLong();
    }

    @Override
    public void start(String name, Runnable task) {
        Thread.ofVirtual()
                .name(name)
                .uncaughtExceptionHandler((_, e) -> bugs.accept(e))
                .start(task);
    }

    @Override
    public Timer after(Duration delay, String name, Runnable task) {
        ScheduledFuture<?> future =
                timers.schedule(() -> start(name, task), delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public void pause(Duration delay) {
        long until = System.nanoTime() + delay.toNanos();
        long left = delay.toNanos();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = until - System.nanoTime();
        }
    }

    @Override
    public <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    @Override
    public <T> List<Outcome<T>> all(List<Callable<T>> calls) {
        List<CompletableFuture<Outcome<T>>> others = new ArrayList<>();
        for (Callable<T> call : calls.subList(Math.min(1, calls.size()), calls.size())) {
            CompletableFuture<Outcome<T>> outcome = new CompletableFuture<>();
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            outcome.complete(outcome(call));
                        } catch (Error e) {
                            outcome.completeExceptionally(e);
                        }
                    });
            others.add(outcome);
        }
        List<Outcome<T>> outcomes = new ArrayList<>();
        calls.stream().limit(1).forEach(first -> outcomes.add(outcome(first)));
        others.forEach(other -> outcomes.add(other.join()));
        return outcomes;
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }

    private static <T> Outcome<T> outcome(Callable<T> call) {
        try {
            return new Success<>(call.call());
        } catch (RuntimeException e) {
            return new Failure<>(e);
        } catch (Exception e) {
            return new Failure<>(new IllegalStateException(e));
        }
    }
}
