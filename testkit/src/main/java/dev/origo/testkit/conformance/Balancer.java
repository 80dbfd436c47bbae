package dev.origo.testkit.conformance;

import dev.origo.model.Affinity;
import dev.origo.model.Carrier;
import dev.origo.model.Cidr;
import dev.origo.model.ClusterId;
import dev.origo.model.HealthCheck;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.Protocol;
import dev.origo.model.Scheme;
import dev.origo.model.ServicePort;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A balancer as the cloud has it, in words that every cloud has.
///
/// @param cluster the mark of the cluster that owns it, [ClusterId#mark]; empty for what is not
///   ours
/// @param uid of the Service that owns it; empty for what is not ours
/// @param addresses where it answers: host name or IP literals
/// @param listeners by protocol and port; one that serves TCP and UDP is two here
public record Balancer(
        String cluster,
        String uid,
        Set<String> addresses,
        Scheme scheme,
        SortedMap<Front, Listener> listeners) {

    /// Where a listener listens.
    public record Front(Protocol protocol, int port) implements Comparable<Front> {
        @Override
        public int compareTo(Front other) {
            int byPort = Integer.compare(port, other.port);
            return byPort != 0 ? byPort : protocol.compareTo(other.protocol);
        }

        @Override
        public String toString() {
            return protocol + "/" + port;
        }
    }

    /// What a listener does.
    ///
    /// @param targets `NODE:PORT` by node name, without those that drain
    /// @param check how its targets are checked; empty where they are not
    /// @param sourceRanges who may connect; everyone is 0.0.0.0/0 and ::/0
    /// @param affinity whether connections of one client keep to one target
    public record Listener(
            Carrier carrier,
            SortedSet<String> targets,
            Optional<HealthCheck> check,
            SortedSet<Cidr> sourceRanges,
            boolean affinity) {}

    public Balancer {
        addresses = Set.copyOf(addresses);
    }

    /// The balancer that a specification asks for, in the kit's words.
    static Balancer wanted(LoadBalancerSpec spec) {
        SortedMap<Front, Listener> listeners = new TreeMap<>();
        for (ServicePort port : spec.ports()) {
            SortedSet<String> targets =
                    spec.backends().stream()
                            .map(backend -> backend.node() + ":" + port.nodePort())
                            .collect(Collectors.toCollection(TreeSet::new));
            listeners.put(
                    new Front(port.protocol(), port.port()),
                    new Listener(
                            spec.carrier(),
                            targets,
                            Optional.of(spec.healthCheck()),
                            spec.sourceRanges(),
                            spec.affinity() instanceof Affinity.ClientIp));
        }
        return new Balancer("", "", Set.of(), spec.scheme(), listeners);
    }

    boolean isOf(ClusterId owner, String service) {
        return cluster.equals(owner.mark()) && uid.equals(service);
    }

    /// One line for each fact, so that two can be compared and read.
    public List<String> lines() {
        return listeners.entrySet().stream()
                .map(entry -> {
                    Listener listener = entry.getValue();
                    return "%s %s by %s to %s, checked by %s, open to %s%s"
                            .formatted(
                                    scheme,
                                    entry.getKey(),
                                    listener.carrier(),
                                    listener.targets(),
                                    listener.check().map(Balancer::words).orElse("nothing"),
                                    listener.sourceRanges(),
                                    listener.affinity() ? ", keeping clients" : "");
                })
                .toList();
    }

    private static String words(HealthCheck check) {
        String probe =
                switch (check.probe()) {
                    case HealthCheck.Http(int port, String path) ->
                            "HTTP %d%s".formatted(port, path);
                    case HealthCheck.TrafficPort() -> "TCP on the traffic port";
                };
        HealthCheck.Timing timing = check.timing();
        return "%s each %s within %s %d up %d down"
                .formatted(
                        probe,
                        timing.interval(),
                        timing.timeout(),
                        timing.healthy(),
                        timing.unhealthy());
    }
}
