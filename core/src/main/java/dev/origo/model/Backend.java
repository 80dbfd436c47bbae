package dev.origo.model;

import java.util.List;
import java.util.Map;

/// An eligible node as a provider sees it: where connections may be sent.
///
/// @param providerId empty where the node has none yet
/// @param addresses InternalIP literals
/// @param labels for providers' node selectors
public record Backend(
        String node, String providerId, List<String> addresses, Map<String, String> labels)
        implements Comparable<Backend> {
    public Backend {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
    }

    @Override
    public int compareTo(Backend other) {
        return node.compareTo(other.node);
    }
}
