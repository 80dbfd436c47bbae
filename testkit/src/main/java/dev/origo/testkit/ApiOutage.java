package dev.origo.testkit;

import dev.origo.reconcile.KubernetesException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Until when the API server answers nobody.
///
/// Thread rule: as [Simulation].
final class ApiOutage {
    private final Simulation simulation;
    private long untilNanos = Long.MIN_VALUE;
    private final Map<SimulatedTasks, Long> untilFor = new HashMap<>();

    ApiOutage(Simulation simulation) {
        this.simulation = simulation;
    }

    void begin(Duration duration) {
        simulation.tell("the API server is away for " + duration);
        untilNanos = simulation.nanoTime() + duration.toNanos();
    }

    /// It answers the others.
    void beginFor(SimulatedTasks tasks, Duration duration) {
        simulation.tell("the API server is away for %s from %s".formatted(duration, tasks.name()));
        untilFor.put(tasks, simulation.nanoTime() + duration.toNanos());
    }

    void check(SimulatedTasks tasks) {
        long until = Math.max(untilNanos, untilFor.getOrDefault(tasks, Long.MIN_VALUE));
        if (simulation.nanoTime() < until) {
            throw new KubernetesException(
                    KubernetesException.Kind.UNREACHABLE,
                    "the API server does not answer",
                    new IllegalStateException("simulated"));
        }
    }
}
