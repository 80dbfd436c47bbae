package dev.origo.kube;

import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.ServicePatch;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Which differences between two versions of an object matter to a load balancer. Pure.
final class Changes {
    /// Taints that Kubernetes itself sets and takes off with a node's condition (not-ready,
    /// unreachable, unschedulable, memory-pressure ...). Source: Kubernetes, Taints and
    /// Tolerations.
    private static final String LIFECYCLE_TAINTS = "node.kubernetes.io/";

    private Changes() {}

    /// Everything but the resourceVersion, the status (we write it) and finalizers; of these only
    /// the loss of ours counts, because it was somebody else.
    static boolean matter(ServiceSnapshot before, ServiceSnapshot after) {
        boolean finalizerLost =
                before.meta().finalizers().contains(ServicePatch.FINALIZER)
                        && !after.meta().finalizers().contains(ServicePatch.FINALIZER);
        return finalizerLost || !comparable(before).equals(comparable(after));
    }

    /// Everything of a node's snapshot but lifecycle taints.
    static boolean matter(NodeSnapshot before, NodeSnapshot after) {
        return !comparable(before).equals(comparable(after));
    }

    private static ServiceSnapshot comparable(ServiceSnapshot service) {
        ServiceSnapshot.Meta meta = service.meta();
        return new ServiceSnapshot(
                service.key(),
                new ServiceSnapshot.Meta(
                        meta.uid(),
                        meta.generation(),
                        "",
                        meta.deleting(),
                        Set.of(),
                        meta.annotations()),
                service.type(),
                service.loadBalancerClass(),
                service.ports(),
                service.policy(),
                service.healthCheckNodePort(),
                service.ipFamilies(),
                service.affinity(),
                service.sourceRanges(),
                service.loadBalancerIp(),
                new ServiceSnapshot.Status(List.of(), List.of()));
    }

    private static NodeSnapshot comparable(NodeSnapshot node) {
        return new NodeSnapshot(
                node.name(),
                node.providerId(),
                node.internalIps(),
                node.labels(),
                node.taints().stream()
                        .filter(key -> !key.startsWith(LIFECYCLE_TAINTS))
                        .collect(Collectors.toSet()),
                node.deleting());
    }
}
