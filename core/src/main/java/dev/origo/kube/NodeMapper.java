package dev.origo.kube;

import static dev.origo.kube.ServiceMapper.list;
import static dev.origo.kube.ServiceMapper.text;
import static java.util.Objects.requireNonNullElse;

import dev.origo.model.Cidr;
import dev.origo.model.NodeSnapshot;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.NodeStatus;
import java.util.Map;
import java.util.stream.Collectors;

/// Node of the API -> [NodeSnapshot]. Pure. Readiness and heartbeats are left out on purpose:
/// health checks drain a node that is not ready. Source: KEP-3458.
final class NodeMapper {
    private NodeMapper() {}

    static NodeSnapshot snapshot(Node node) {
        NodeSpec spec = requireNonNullElse(node.getSpec(), new NodeSpec());
        NodeStatus status = requireNonNullElse(node.getStatus(), new NodeStatus());
        return new NodeSnapshot(
                text(node.getMetadata().getName()),
                text(spec.getProviderID()),
                list(status.getAddresses()).stream()
                        .filter(address -> text(address.getType()).equals("InternalIP"))
                        .map(address -> text(address.getAddress()))
                        .filter(NodeMapper::isLiteral)
                        .toList(),
                requireNonNullElse(node.getMetadata().getLabels(), Map.of()),
                list(spec.getTaints()).stream()
                        .map(taint -> text(taint.getKey()))
                        .collect(Collectors.toSet()),
                node.getMetadata().getDeletionTimestamp() != null);
    }

    /// Kubernetes takes any text for a node's address, and one node's must not end the work for
    /// all.
    private static boolean isLiteral(String address) {
        try {
            var _ = Cidr.literal(address);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
