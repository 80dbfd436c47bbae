package dev.origo.testkit;

import dev.origo.model.ClusterId;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/// A cloud in memory that a provider under test talks to, as the simulator sees it.
public interface SimulatedCloud {
    /// Has every call of a simulated process pass [Traffic#before] and [Traffic#after].
    void connect(Traffic traffic);

    /// Everything that a controller can change, one line each, in a stated order, with nothing that
    /// differs from run to run.
    String dump();

    /// Objects that carry the cluster's mark, by the UID of the Service that owns them.
    SortedMap<String, List<String>> owned(ClusterId cluster);

    /// Whether one of those objects is a balancer.
    default boolean isBalancer(String owned) {
        return owned.startsWith("load-balancer ");
    }

    /// How many of those objects are balancers.
    default int balancers(ClusterId cluster, String uid) {
        return (int)
                owned(cluster).getOrDefault(uid, List.of()).stream()
                        .filter(this::isBalancer)
                        .count();
    }

    /// The UID of the Service whose balancer answers at this published address; empty where nothing
    /// does.
    Optional<String> behind(String address);

    /// What a balancer does that is as a Service wants it - ports to targets, health checks - one
    /// line each. Empty where nothing can be said.
    default Set<String> wanted(ServiceSnapshot service, List<NodeSnapshot> nodes) {
        return Set.of();
    }

    /// What the balancer at this published address does, in the same words, by the cloud's own
    /// answers.
    default Set<String> served(String address) {
        return Set.of();
    }

    /// Whether a line of the dump tells of what all Services share, of which audits remove what
    /// nobody needs any more.
    default boolean isShared(String line) {
        return false;
    }

    /// How the cloud's client library tells this fault.
    RuntimeException failure(Fault fault, Crossing crossing);
}
