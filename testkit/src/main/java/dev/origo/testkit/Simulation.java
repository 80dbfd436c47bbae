package dev.origo.testkit;

import dev.origo.testkit.SimulatedTasks.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Virtual time and one baton for all tasks of all simulated processes. A seed decides which ready
/// task runs next and every random number, so that the same seed gives the same run, letter by
/// letter of its trace. Time passes only when no task is ready.
///
/// Thread rule: one thread drives; everything else runs on tasks, of which exactly one runs while
/// the driver waits for it. Hence no field needs a lock.
public final class Simulation implements AutoCloseable {
    static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    /// Resumptions at one instant of virtual time; more is a loop that never waits.
    private static final int STEPS_PER_INSTANT_MAX = 200_000;

    private static final int TRACE_TAIL = 4_000;
    private static final int OFFSET_SECONDS_MAX = 1_000_000;
    private static final int DRIFT_PER_MILLION_MAX = 5_000;
    private static final int WALL_SECONDS_MAX = 60;

    private final long seed;
    private final SplittableRandom random;
    private final StringBuilder trace = new StringBuilder();
    private final List<Strand> ready = new ArrayList<>();
    private final PriorityQueue<Due> dues =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
    private final Set<Strand> living = new LinkedHashSet<>();
    private final Deque<Strand> dying = new ArrayDeque<>();
    private final List<SimulatedTasks> processes = new ArrayList<>();
    private final SimulatedTasks alarm = new SimulatedTasks(this, "alarm", Clocks.EXACT);
    private @Nullable Strand running;
    private @Nullable Throwable bug;
    private long now;
    private long numbers;
    private int stepsAtThisInstant;
    private long steps;

    public Simulation(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /// A strand that becomes ready at a time.
    ///
    /// @param at nanoseconds since the simulation's beginning
    record Due(long at, long number, Strand strand) {}

    /// Runs a driver on a virtual thread: the baton then goes from one virtual thread to the next
    /// without waking the operating system, which is several times faster.
    public static <T> T driven(Callable<T> drive) {
        FutureTask<T> result = new FutureTask<>(drive);
        try {
            Thread.ofVirtual().name("driver").start(result).join();
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw e.getCause() instanceof RuntimeException failure
                    ? failure
                    : new IllegalStateException(e);
        }
    }

    public long seed() {
        return seed;
    }

    public Instant instant() {
        return EPOCH.plusNanos(now);
    }

    /// How many times a task was resumed.
    public long steps() {
        return steps;
    }

    /// Everything that happened, one line each.
    public String trace() {
        return trace.toString();
    }

    /// A new process: its view of time and threads.
    public SimulatedTasks process(String name) {
        return process(name, Clocks.EXACT);
    }

    /// A new process whose clocks are not ours.
    SimulatedTasks skewedProcess(String name) {
        long offset = TimeUnit.SECONDS.toNanos(random(OFFSET_SECONDS_MAX));
        long drift = (long) random(2 * DRIFT_PER_MILLION_MAX + 1) - DRIFT_PER_MILLION_MAX;
        long wall = (long) random(2 * WALL_SECONDS_MAX + 1) - WALL_SECONDS_MAX;
        return process(name, new Clocks(offset, drift, Duration.ofSeconds(wall)));
    }

    private SimulatedTasks process(String name, Clocks clocks) {
        SimulatedTasks tasks = new SimulatedTasks(this, name, clocks);
        processes.add(tasks);
        return tasks;
    }

    /// The process whose task runs now; none on the driver's thread.
    public Optional<SimulatedTasks> current() {
        return Optional.ofNullable(running).map(strand -> strand.owner);
    }

    /// Tells the trace what happens.
    public void tell(String line) {
        trace.append(now / 1_000)
                .append("us ")
                .append(running == null ? "-" : running.toString())
                .append(": ")
                .append(line)
                .append('\n');
    }

    /// Lets time pass and tasks run.
    public void advance(Duration by) {
        long until = now + by.toNanos();
        while (step(until)) {
            check();
        }
    }

    /// Lets tasks run until the condition holds, at most for this time. The answer is whether it
    /// does.
    public boolean runUntil(BooleanSupplier condition, Duration max) {
        long until = now + max.toNanos();
        while (!condition.getAsBoolean()) {
            if (!step(until)) {
                check();
                return condition.getAsBoolean();
            }
            check();
        }
        return true;
    }

    /// Kills every process, so that no thread stays behind.
    @Override
    public void close() {
        processes.forEach(SimulatedTasks::kill);
        unwind();
    }

    /// A number in `0..bound-1`.
    public int random(int bound) {
        return random.nextInt(bound);
    }

    long randomLong() {
        return random.nextLong();
    }

    long nanoTime() {
        return now;
    }

    // --- for SimulatedTasks

    Strand strand() {
        if (running == null) {
            throw new IllegalStateException("only a task may wait");
        }
        return running;
    }

    void start(Strand strand) {
        living.add(strand);
        ready.add(strand);
    }

    Due later(Strand strand, Duration delay) {
        Due due = new Due(now + Math.max(0, delay.toNanos()), numbers++, strand);
        living.add(strand);
        dues.add(due);
        return due;
    }

    void withdraw(Due due) {
        if (dues.remove(due)) {
            living.remove(due.strand());
        }
    }

    void wake(Strand strand) {
        if (living.contains(strand)) {
            ready.add(strand);
        }
    }

    /// After this time the process' parked tasks are ready, unless it stands still for longer.
    void wakeUp(SimulatedTasks process, Duration after) {
        Runnable wake =
                () -> {
                    if (!process.isSuspended()) {
                        ready.addAll(process.unpark());
                    }
                };
        later(new Strand(alarm, "wake " + process.name(), wake), after);
    }

    /// Whether tasks of the process are at work or waiting for a time, except those of these names.
    boolean hasWork(SimulatedTasks process, Set<String> exceptNames) {
        return living.stream()
                .anyMatch(strand -> strand.owner == process && !exceptNames.contains(strand.name));
    }

    void abandon(SimulatedTasks process) {
        ready.removeIf(strand -> strand.owner == process);
        process.unpark();
        dues.removeIf(due -> due.strand().owner == process);
        for (Strand strand : List.copyOf(living)) {
            if (strand.owner == process) {
                living.remove(strand);
                if (strand.hasBegun() && strand != running) {
                    dying.add(strand);
                }
            }
        }
    }

    void bug(String where, Throwable cause) {
        tell("BUG in %s: %s".formatted(where, cause));
        if (bug == null) {
            bug = cause;
        }
    }

    // --- the driver

    private boolean step(long until) {
        unwind();
        if (ready.isEmpty() && !passTime(until)) {
            return false;
        }
        stepsAtThisInstant++;
        if (stepsAtThisInstant > STEPS_PER_INSTANT_MAX) {
            throw new AssertionError(
                    "seed %d: more than %d steps without time passing"
                            .formatted(seed, STEPS_PER_INSTANT_MAX));
        }
        Strand next = ready.remove(ready.size() == 1 ? 0 : random.nextInt(ready.size()));
        if (next.owner.isSuspended() && !next.isOnTheWire()) {
            next.owner.park(next);
        } else {
            run(next);
        }
        return true;
    }

    private boolean passTime(long until) {
        Due next = dues.peek();
        if (next == null || next.at() > until) {
            now = Math.max(now, until);
            return false;
        }
        if (next.at() > now) {
            now = next.at();
            stepsAtThisInstant = 0;
        }
        while (next != null && next.at() <= now) {
            ready.add(next.strand());
            dues.remove();
            next = dues.peek();
        }
        return true;
    }

    private void run(Strand strand) {
        steps++;
        running = strand;
        tell("runs");
        strand.resume();
        running = null;
        if (strand.hasEnded()) {
            living.remove(strand);
        }
    }

    private void unwind() {
        while (!dying.isEmpty()) {
            Strand strand = dying.remove();
            running = strand;
            strand.resume();
            running = null;
            if (!strand.hasEnded()) {
                throw new IllegalStateException(strand + " goes on after it was killed");
            }
        }
    }

    private void check() {
        if (bug != null) {
            int from = Math.max(0, trace.length() - TRACE_TAIL);
            throw new AssertionError(
                    "seed %d: %s\n...%s".formatted(seed, bug, trace.substring(from)), bug);
        }
    }
}
