package dev.origo.aws;

import java.util.Collection;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;

/// Ports of a node that admit the cluster's balancers.
///
/// @param protocol `tcp` or `udp`
/// @param from first port
/// @param to last port
record NodeRule(String protocol, int from, int to) implements Comparable<NodeRule> {
    private static final Comparator<NodeRule> ORDER =
            Comparator.comparing(NodeRule::protocol)
                    .thenComparingInt(NodeRule::from)
                    .thenComparingInt(NodeRule::to);

    /// Kubernetes' default range of node ports. Source: kube-apiserver --service-node-port-range
    private static final int NODE_PORT_MIN = 30000;

    private static final int NODE_PORT_MAX = 32767;

    static NodeRule tcp(int port) {
        return new NodeRule("tcp", port, port);
    }

    static NodeRule udp(int port) {
        return new NodeRule("udp", port, port);
    }

    boolean covers(NodeRule other) {
        return protocol.equals(other.protocol) && from <= other.from && to >= other.to;
    }

    static boolean covered(Collection<NodeRule> rules, NodeRule rule) {
        return rules.stream().anyMatch(r -> r.covers(rule));
    }

    /// What to add to `existing` so that it covers `needed`: exact ports while they fit in
    /// `rulesMax`, beyond that the whole range of node ports once per protocol.
    static SortedSet<NodeRule> additions(
            Collection<NodeRule> existing, Collection<NodeRule> needed, int rulesMax) {
        SortedSet<NodeRule> missing = new TreeSet<>(needed);
        missing.removeIf(rule -> covered(existing, rule));
        if (existing.size() + missing.size() <= rulesMax) {
            return Sorted.set(missing);
        }
        return ranges(missing);
    }

    /// The same ports in fewer rules: each node port becomes the range of its protocol.
    static SortedSet<NodeRule> ranges(Collection<NodeRule> rules) {
        SortedSet<NodeRule> wide = new TreeSet<>();
        for (NodeRule rule : rules) {
            boolean inRange = rule.from >= NODE_PORT_MIN && rule.to <= NODE_PORT_MAX;
            wide.add(inRange ? new NodeRule(rule.protocol, NODE_PORT_MIN, NODE_PORT_MAX) : rule);
        }
        return Sorted.set(wide);
    }

    @Override
    public int compareTo(NodeRule other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return from == to
                ? "%s/%d".formatted(protocol, from)
                : "%s/%d-%d".formatted(protocol, from, to);
    }
}
