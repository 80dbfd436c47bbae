package dev.origo.testkit;

import dev.origo.spi.Tasks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;

/// One simulated process' time and threads. It can be killed: its tasks stop where they stand and
/// have no effect from then on.
///
/// Thread rule: as [Simulation].
public final class SimulatedTasks implements Tasks {
    private final Simulation simulation;
    private final String name;
    private final List<Runnable> whenKilled = new ArrayList<>();
    private final Clocks clocks;
    private final List<Strand> parked = new ArrayList<>();
    private long suspendedUntil = Long.MIN_VALUE;
    private boolean killed;

    SimulatedTasks(Simulation simulation, String name, Clocks clocks) {
        this.simulation = simulation;
        this.name = name;
        this.clocks = clocks;
    }

    /// How a process' clocks differ from the simulation's.
    ///
    /// @param offset what the monotonic clock says at the beginning
    /// @param perMillion microseconds that it gains in a second
    /// @param wall what the wall clock is ahead
    record Clocks(long offset, long perMillion, Duration wall) {
        static final Clocks EXACT = new Clocks(0, 0, Duration.ZERO);
        private static final long MILLION = 1_000_000;

        long read(long now) {
            return offset + now + now / MILLION * perMillion;
        }

        /// How long it really is until the clock has gone on by this.
        Duration real(Duration delay) {
            return delay.minusNanos(delay.toNanos() / MILLION * perMillion);
        }
    }

    public String name() {
        return name;
    }

    public Simulation simulation() {
        return simulation;
    }

    public boolean isKilled() {
        return killed;
    }

    /// Kills the process. Called on a task of its own, the task ends at its next wait at the
    /// latest; [#requireAlive] ends it at once.
    public void kill() {
        if (killed) {
            return;
        }
        killed = true;
        simulation.tell(name + " is killed");
        whenKilled.forEach(Runnable::run);
        simulation.abandon(this);
    }

    /// Lets every task stand still for a while; what comes due meanwhile waits.
    void suspend(Duration duration) {
        simulation.tell("%s stands still for %s".formatted(name, duration));
        suspendedUntil = Math.max(suspendedUntil, simulation.nanoTime() + duration.toNanos());
        simulation.wakeUp(this, duration);
    }

    boolean isSuspended() {
        return simulation.nanoTime() < suspendedUntil;
    }

    void park(Strand strand) {
        parked.add(strand);
    }

    /// Those that were ready while the process stood still.
    List<Strand> unpark() {
        List<Strand> all = List.copyOf(parked);
        parked.clear();
        return all;
    }

    /// Cuts a tie to a world that outlives the process.
    public void whenKilled(Runnable cut) {
        whenKilled.add(cut);
    }

    /// Whether anything is at work or waits for its time, except tasks of these names.
    public boolean hasWork(Set<String> exceptNames) {
        return simulation.hasWork(this, exceptNames);
    }

    /// Ends the calling task if its process was killed.
    public void requireAlive() {
        if (killed) {
            throw new Killed(name);
        }
    }

    void bug(String task, Throwable bug) {
        simulation.bug(name + "/" + task, bug);
    }

    @Override
    public InstantSource clock() {
        return () -> simulation.instant().plus(clocks.wall());
    }

    @Override
    public long nanoTime() {
        return clocks.read(simulation.nanoTime());
    }

    @Override
    public LongSupplier random() {
        return simulation::randomLong;
    }

    @Override
    public void start(String task, Runnable run) {
        if (!killed) {
            simulation.start(new Strand(this, task, run));
        }
    }

    @Override
    public Timer after(Duration delay, String task, Runnable run) {
        if (killed) {
            return () -> {};
        }
        Simulation.Due due = simulation.later(new Strand(this, task, run), clocks.real(delay));
        return () -> simulation.withdraw(due);
    }

    @Override
    public void pause(Duration delay) {
        requireAlive();
        Strand strand = simulation.strand();
        simulation.later(strand, clocks.real(delay));
        strand.giveUp();
    }

    @Override
    public <T> T await(CompletableFuture<T> future) {
        requireAlive();
        if (!future.isDone()) {
            Strand strand = simulation.strand();
            var _ = future.whenComplete((_, _) -> simulation.wake(strand));
            strand.giveUp();
        }
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    @Override
    public <T> List<Outcome<T>> all(List<Callable<T>> calls) {
        requireAlive();
        List<CompletableFuture<Outcome<T>>> outcomes = new ArrayList<>();
        for (Callable<T> call : calls) {
            CompletableFuture<Outcome<T>> outcome = new CompletableFuture<>();
            start(simulation.strand().name, () -> outcome.complete(outcome(call)));
            outcomes.add(outcome);
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
}
