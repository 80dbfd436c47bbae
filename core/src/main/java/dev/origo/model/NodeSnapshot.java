package dev.origo.model;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// A node as the API server last told it.
///
/// @param providerId empty while the cloud's controller has not initialised the node
/// @param internalIps addresses of type InternalIP, in the node's order
/// @param taints keys of the node's taints
public record NodeSnapshot(
        String name,
        String providerId,
        List<String> internalIps,
        Map<String, String> labels,
        Set<String> taints,
        boolean deleting) {
    public NodeSnapshot {
        internalIps = List.copyOf(internalIps);
        labels = Map.copyOf(labels);
        taints = Set.copyOf(taints);
    }
}
