package dev.origo.testkit;

import dev.origo.reconcile.KubernetesException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Every call between simulated processes and the worlds outside: takes its time, is counted, and
/// may be disturbed. So each call is a point where other tasks run.
///
/// Thread rule: as [Simulation].
public final class Traffic {
    private static final int READ_MILLIS_MAX = 60;
    private static final int WRITE_MILLIS_MAX = 200;

    /// The long tail: shorter than the shortest time-out of a client.
    private static final int SLOW_MILLIS_MAX = 9_000;

    private static final int SLOW_ONE_IN = 100;

    /// No write starts later than the end of the lease less this. Source: docs/adr/0005
    private static final Duration MARGIN = Duration.ofSeconds(4);

    /// What a clock of half a percent too slow makes of a lease of 15 s.
    private static final Duration DRIFT = Duration.ofMillis(75);

    private final Simulation simulation;
    private final SimulatedCloud cloud;
    private final List<Crossing> crossings = new ArrayList<>();
    private final Map<Strand, Crossing> open = new HashMap<>();
    private final Map<SimulatedTasks, BooleanSupplier> fences = new HashMap<>();
    private final Map<SimulatedTasks, Long> leases = new HashMap<>();
    private Disturbance disturbance = Disturbance.NONE;
    private boolean hasTail;
    private boolean looksAside;
    private Consumer<Crossing> afterWrite = _ -> {};

    Traffic(Simulation simulation, SimulatedCloud cloud) {
        this.simulation = simulation;
        this.cloud = cloud;
    }

    /// From now on calls are disturbed like this.
    public void disturb(Disturbance other) {
        disturbance = other;
    }

    /// From now on one leg of a call in so many takes seconds, or none does.
    void haveTail(boolean tail) {
        hasTail = tail;
    }

    /// Calls made so far, in order of their start.
    public List<Crossing> crossings() {
        return List.copyOf(crossings);
    }

    /// Calls to the cloud since the given count of [#crossings].
    public List<Crossing> cloudCallsSince(int start) {
        return crossings.subList(start, crossings.size()).stream()
                .filter(Crossing::isCloud)
                .toList();
    }

    /// The same up to the last write: what comes after it are looks at state and health.
    public List<Crossing> cloudCallsToLastWriteSince(int start) {
        List<Crossing> calls = cloudCallsSince(start);
        int end = 0;
        for (int i = 0; i < calls.size(); i++) {
            end = calls.get(i).write() ? i + 1 : end;
        }
        return calls.subList(0, end);
    }

    /// Calls of this process are checked against its right to write.
    void fence(SimulatedTasks process, BooleanSupplier mayWrite) {
        fences.put(process, mayWrite);
    }

    /// Has this called too after each write of a simulated process, whether it succeeded or not.
    public void afterCloudWrite(Consumer<Crossing> check) {
        afterWrite = afterWrite.andThen(check);
    }

    /// Looks at the cloud for a law: that is no call of the process in whose task it happens.
    <T> T aside(Supplier<T> look) {
        looksAside = true;
        try {
            return look.get();
        } finally {
            looksAside = false;
        }
    }

    private Optional<SimulatedTasks> caller() {
        return looksAside ? Optional.empty() : simulation.current();
    }

    /// A call sets out. Calls from outside a simulated process pass untouched.
    public void before(String api, String action, boolean write) {
        Optional<SimulatedTasks> process = caller();
        if (process.isEmpty()) {
            return;
        }
        SimulatedTasks tasks = process.get();
        tasks.requireAlive();
        Crossing crossing = new Crossing(crossings.size(), tasks.name(), api, action, write);
        crossings.add(crossing);
        open.put(simulation.strand(), crossing);
        if (write) {
            checkWriter(tasks, crossing);
        }
        simulation.tell("calls " + crossing);
        simulation.strand().onTheWire(true);
        tasks.pause(latency(write));
        strike(tasks, crossing, false);
    }

    /// A call has had its effect, or was refused.
    public void after() {
        Optional<SimulatedTasks> process = caller();
        if (process.isEmpty()) {
            return;
        }
        SimulatedTasks tasks = process.get();
        tasks.requireAlive();
        simulation.strand().onTheWire(false);
        Crossing crossing = open.remove(simulation.strand());
        if (crossing == null) {
            throw new IllegalStateException("no call is open");
        }
        if (crossing.write() && crossing.isCloud()) {
            afterWrite.accept(crossing);
        }
        strike(tasks, crossing, true);
        tasks.pause(latency(crossing.write()));
    }

    /// A call of a task was answered with a refusal at once.
    void refused() {
        simulation.strand().onTheWire(false);
        open.remove(simulation.strand());
    }

    /// The process has the lease until then, by the simulation's own time.
    void holdsLeaseUntil(SimulatedTasks process, long nanos) {
        leases.put(process, nanos);
    }

    /// A write starts before the end of its process' lease less the margin, by the lease itself as
    /// well as by what the process thinks, and while no other process may write.
    private void checkWriter(SimulatedTasks tasks, Crossing crossing) {
        long last = leases.getOrDefault(tasks, 0L) - MARGIN.toNanos() + DRIFT.toNanos();
        if (!mayWrite(tasks) || (fences.containsKey(tasks) && simulation.nanoTime() > last)) {
            throw new AssertionError(crossing + " starts though its process may not write");
        }
        for (Map.Entry<SimulatedTasks, BooleanSupplier> other : fences.entrySet()) {
            if (other.getKey() != tasks
                    && !other.getKey().isKilled()
                    && other.getValue().getAsBoolean()) {
                throw new AssertionError(
                        "%s of %s starts while %s may write, too"
                                .formatted(crossing, tasks.name(), other.getKey().name()));
            }
        }
    }

    private boolean mayWrite(SimulatedTasks tasks) {
        BooleanSupplier fence = fences.get(tasks);
        return fence == null || fence.getAsBoolean();
    }

    private void strike(SimulatedTasks tasks, Crossing crossing, boolean effectDone) {
        Optional<Fault> fault =
                disturbance.at(crossing, effectDone).filter(f -> f.strikes(effectDone));
        if (fault.isEmpty()) {
            return;
        }
        simulation.tell(
                "%s %s %s".formatted(fault.get(), effectDone ? "after" : "before", crossing));
        if (fault.get() == Fault.CRASH) {
            tasks.kill();
            tasks.requireAlive();
        }
        simulation.strand().onTheWire(false);
        throw crossing.isCloud()
                ? cloud.failure(fault.get(), crossing)
                : kubernetesFailure(fault.get(), crossing);
    }

    private static KubernetesException kubernetesFailure(Fault fault, Crossing crossing) {
        KubernetesException.Kind kind =
                switch (fault) {
                    case IN_USE -> KubernetesException.Kind.CONFLICT;
                    case DENIED -> KubernetesException.Kind.FORBIDDEN;
                    case THROTTLED, SERVER_ERROR, ANSWER_LOST, LATE, CRASH ->
                            KubernetesException.Kind.UNREACHABLE;
                };
        return new KubernetesException(
                kind, crossing + " " + fault, new IllegalStateException("simulated"));
    }

    private Duration latency(boolean write) {
        if (hasTail && simulation.random(SLOW_ONE_IN) == 0) {
            return Duration.ofMillis(simulation.random(SLOW_MILLIS_MAX));
        }
        return Duration.ofMillis(1 + simulation.random(write ? WRITE_MILLIS_MAX : READ_MILLIS_MAX));
    }
}
