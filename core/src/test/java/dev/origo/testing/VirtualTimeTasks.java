package dev.origo.testing;

import dev.origo.spi.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/// Virtual time: one task runs at a time, until it ends or waits; then the next in order of time
/// and of coming. The test's own thread drives it and may wait, too.
///
/// Thread rule: the test's thread and the tasks, of which only one ever runs.
public final class VirtualTimeTasks implements Tasks {
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(
                    Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order));
    private final Semaphore baton = new Semaphore(0);
    private final ThreadLocal<Boolean> inTask = ThreadLocal.withInitial(() -> false);
    private final List<Throwable> bugs = new ArrayList<>();
    private final Random random;
    private long now;
    private long order;

    public VirtualTimeTasks() {
        this(1);
    }

    public VirtualTimeTasks(long seed) {
        random = new Random(seed);
    }

    private record Entry(long at, long order, Runnable run) {}

    /// What tasks let out.
    public List<Throwable> bugs() {
        return List.copyOf(bugs);
    }

    public Duration elapsed() {
        return Duration.ofNanos(now);
    }

    /// Runs everything that is due within the time given, and ends at its end.
    public void advance(Duration time) {
        long until = now + time.toNanos();
        while (!entries.isEmpty() && entries.element().at() <= until) {
            runNext();
        }
        now = until;
    }

    /// Runs what is due now.
    public void settle() {
        advance(Duration.ZERO);
    }

    /// Jumps without running anything, as a paused process does.
    public void jump(Duration time) {
        now += time.toNanos();
    }

    /// Runs until nothing is left to run.
    public void runAll() {
        while (!entries.isEmpty()) {
            runNext();
        }
    }

    @Override
    public InstantSource clock() {
        return () -> EPOCH.plusNanos(now);
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public LongSupplier random() {
        return random::nextLong;
    }

    @Override
    public void start(String name, Runnable task) {
        schedule(now, () -> begin(name, task));
    }

    @Override
    public Timer after(Duration delay, String name, Runnable task) {
        Entry entry = schedule(now + delay.toNanos(), () -> begin(name, task));
        return () -> entries.remove(entry);
    }

    @Override
    public void pause(Duration delay) {
        if (!inTask.get()) {
            advance(delay);
            return;
        }
        var mine = new Semaphore(0);
        schedule(now + delay.toNanos(), () -> resume(mine));
        hand(mine);
    }

    @Override
    public <T> T await(CompletableFuture<T> future) {
        if (inTask.get() && !future.isDone()) {
            var mine = new Semaphore(0);
            var _ = future.whenComplete((_, _) -> schedule(now, () -> resume(mine)));
            hand(mine);
        }
        while (!future.isDone()) {
            runNext();
        }
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    @Override
    public <T> List<Outcome<T>> all(List<Callable<T>> calls) {
        List<CompletableFuture<Outcome<T>>> outcomes = new ArrayList<>();
        for (Callable<T> call : calls) {
            CompletableFuture<Outcome<T>> outcome = new CompletableFuture<>();
            outcomes.add(outcome);
            start("call", () -> outcome.complete(outcome(call)));
        }
        return outcomes.stream().map(this::await).toList();
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

    private Entry schedule(long at, Runnable run) {
        var entry = new Entry(at, order++, run);
        entries.add(entry);
        return entry;
    }

    private void runNext() {
        Entry next = entries.remove();
        now = Math.max(now, next.at());
        next.run().run();
    }

    private void begin(String name, Runnable task) {
        Thread.ofVirtual()
                .name(name)
                .start(() -> {
                    inTask.set(true);
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        bugs.add(e);
                    } finally {
                        baton.release();
                    }
                });
        baton.acquireUninterruptibly();
    }

    private void resume(Semaphore task) {
        task.release();
        baton.acquireUninterruptibly();
    }

    private void hand(Semaphore mine) {
        baton.release();
        mine.acquireUninterruptibly();
    }
}
