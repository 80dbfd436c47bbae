package dev.origo.reconcile;

import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// The cluster as only the leader may write it: what a process without the lease still has in hand
/// is older than what the leader has written. Events pass: they tell what happened, whoever saw it.
///
/// Thread rule: as [Kubernetes].
///
/// @param mayWrite whether the lease is ours, and for long enough; asked directly before each patch
public record FencedKubernetes(Kubernetes cluster, BooleanSupplier mayWrite) implements Kubernetes {
    @Override
    public Optional<ServiceSnapshot> service(ServiceKey key) {
        return cluster.service(key);
    }

    @Override
    public List<ServiceSnapshot> services() {
        return cluster.services();
    }

    @Override
    public List<NodeSnapshot> nodes() {
        return cluster.nodes();
    }

    @Override
    public void patch(ServiceSnapshot service, ServicePatch patch) {
        if (!mayWrite.getAsBoolean()) {
            throw KubernetesException.fenced("the patch of %s".formatted(service.key()));
        }
        cluster.patch(service, patch);
    }

    @Override
    public void event(ServiceSnapshot service, Event event) {
        cluster.event(service, event);
    }
}
