package dev.origo.testkit;

import dev.origo.embedded.kube.KubernetesModel;
import dev.origo.embedded.kube.Refusal;
import dev.origo.loop.LeaseStore;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// One process' way to the lease of its deployment. Not part of [Traffic]: renewals would number
/// the calls of a run by the clock.
final class SimulatedLease implements LeaseStore {
    private static final int MILLIS_MAX = 30;

    private final KubernetesModel model;
    private final SimulatedTasks tasks;
    private final String name;
    private final ApiOutage outage;
    private final Traffic traffic;

    SimulatedLease(SimulatedTasks tasks, World.Ties ties, String name) {
        this.model = ties.model();
        this.tasks = tasks;
        this.name = name;
        this.outage = ties.checks().outage();
        this.traffic = ties.traffic();
    }

    @Override
    public Optional<LeaseRecord> read() {
        return asked(() -> model.lease(name));
    }

    @Override
    public LeaseRecord create(LeaseRecord lease) {
        return written(() -> model.createLease(name, lease));
    }

    @Override
    public LeaseRecord replace(LeaseRecord lease) {
        return written(() -> model.replaceLease(name, lease));
    }

    private LeaseRecord written(Supplier<LeaseRecord> request) {
        long began = tasks.simulation().nanoTime();
        LeaseRecord written = asked(request);
        Duration held = Duration.ofSeconds(written.durationSeconds());
        traffic.holdsLeaseUntil(tasks, written.holder().isEmpty() ? began : began + held.toNanos());
        return written;
    }

    private <T> T asked(Supplier<T> request) {
        tasks.pause(Duration.ofMillis(1 + tasks.simulation().random(MILLIS_MAX)));
        outage.check(tasks);
        try {
            return request.get();
        } catch (Refusal e) {
            throw SimulatedKubernetes.failure(e);
        }
    }
}
