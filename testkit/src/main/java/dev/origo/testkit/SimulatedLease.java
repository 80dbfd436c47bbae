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

    SimulatedLease(KubernetesModel model, SimulatedTasks tasks, String name, ApiOutage outage) {
        this.model = model;
        this.tasks = tasks;
        this.name = name;
        this.outage = outage;
    }

    @Override
    public Optional<LeaseRecord> read() {
        return asked(() -> model.lease(name));
    }

    @Override
    public LeaseRecord create(LeaseRecord lease) {
        return asked(() -> model.createLease(name, lease));
    }

    @Override
    public LeaseRecord replace(LeaseRecord lease) {
        return asked(() -> model.replaceLease(name, lease));
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
