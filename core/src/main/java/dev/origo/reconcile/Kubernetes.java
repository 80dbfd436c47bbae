package dev.origo.reconcile;

import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import java.util.List;
import java.util.Optional;

/// What the reconciler needs of the cluster: reads come from a watched cache, writes go to the API
/// server.
///
/// Thread rule: any thread.
public interface Kubernetes {
    Optional<ServiceSnapshot> service(ServiceKey key);

    /// Every Service of the cluster, ordered by key.
    List<ServiceSnapshot> services();

    /// Every node, ordered by name.
    List<NodeSnapshot> nodes();

    /// Changes finalizer and status of the very Service that the snapshot shows (same UID), in one
    /// request to the status subresource that leaves the spec and everyone else's edits alone.
    ///
    /// @throws KubernetesException if the API server refuses or cannot be reached
    void patch(ServiceSnapshot service, ServicePatch patch);

    /// Tells an event about a Service. Best effort: never throws for the API server's sake.
    void event(ServiceSnapshot service, Event event);
}
