package dev.origo.testkit;

import dev.origo.reconcile.KubernetesException;
import java.time.Duration;

/// Until when the API server answers nobody.
///
/// Thread rule: as [Simulation].
final class ApiOutage {
    private final Simulation simulation;
    private long untilNanos = Long.MIN_VALUE;

    ApiOutage(Simulation simulation) {
        this.simulation = simulation;
    }

    void begin(Duration duration) {
        simulation.tell("the API server is away for " + duration);
        untilNanos = simulation.nanoTime() + duration.toNanos();
    }

    void check(SimulatedTasks tasks) {
        if (tasks.nanoTime() < untilNanos) {
            throw new KubernetesException(
                    KubernetesException.Kind.UNREACHABLE,
                    "the API server does not answer",
                    new IllegalStateException("simulated"));
        }
    }
}
