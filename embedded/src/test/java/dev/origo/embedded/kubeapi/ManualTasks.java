package dev.origo.embedded.kubeapi;

import dev.origo.spi.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Time that stands still until a test moves it, and tasks that run when a test says so.
final class ManualTasks implements Tasks {
    static final Instant EPOCH = Instant.parse("2026-03-04T05:06:07.89Z");

    private record Due(long nanos, Runnable task) {}

    private final List<Due> due = new ArrayList<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();

    /// Runs what was started.
    void run() {
        advance(Duration.ZERO);
    }

    void advance(Duration by) {
        long until = nanos.get() + by.toNanos();
        for (Optional<Due> next = next(until); next.isPresent(); next = next(until)) {
            next.get().task().run();
        }
        nanos.set(until);
    }

    /// How many tasks wait for their time.
    synchronized int waiting() {
        return due.size();
    }

    private synchronized Optional<Due> next(long until) {
        Optional<Due> next =
                due.stream()
                        .filter(d -> d.nanos() <= until)
                        .min(Comparator.comparingLong(Due::nanos));
        next.ifPresent(d -> {
            due.remove(d);
            nanos.accumulateAndGet(d.nanos(), Math::max);
        });
        return next;
    }

    @Override
    public InstantSource clock() {
        return () -> EPOCH.plusNanos(nanos.get());
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public LongSupplier random() {
        return numbers::incrementAndGet;
    }

    @Override
    public synchronized void start(String name, Runnable task) {
        due.add(new Due(nanos.get(), task));
    }

    @Override
    public synchronized Timer after(Duration delay, String name, Runnable task) {
        Due timer = new Due(nanos.get() + delay.toNanos(), task);
        due.add(timer);
        return () -> {
            synchronized (this) {
                due.remove(timer);
            }
        };
    }

    @Override
    public void pause(Duration delay) {
        throw new UnsupportedOperationException("nobody pauses here");
    }

    @Override
    public <T> T await(CompletableFuture<T> future) {
        return future.join();
    }

    @Override
    public <T> List<Outcome<T>> all(List<Callable<T>> calls) {
        throw new UnsupportedOperationException("nobody fans out here");
    }
}
