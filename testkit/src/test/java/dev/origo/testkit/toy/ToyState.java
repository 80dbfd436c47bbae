package dev.origo.testkit.toy;

import dev.origo.model.ClusterId;
import dev.origo.model.HealthCheck;
import dev.origo.model.OwnerId;
import dev.origo.model.Scheme;
import dev.origo.model.ServiceKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/// What there is of one owner: balancers in the order of their making, and their parts.
record ToyState(OwnerId owner, List<Balancer> balancers, List<Part> parts) {
    ToyState {
        balancers = List.copyOf(balancers);
        parts = List.copyOf(parts);
    }

    /// The owner's mark as the cloud keeps it.
    record Mark(String cluster, String service, String uid) {
        static Mark of(OwnerId owner) {
            return new Mark(owner.cluster().mark(), owner.service().toString(), owner.uid());
        }

        OwnerId owner(ClusterId ours) {
            return new OwnerId(ours, ServiceKey.parse(service), uid);
        }
    }

    /// @param id `b-1` and so on
    /// @param ready whether it has taken up its address
    record Balancer(String id, Mark mark, Scheme scheme, String address, boolean ready) {}

    /// One port of a balancer with its targets.
    record Part(String id, Mark mark, PartSpec spec) {}

    record PartSpec(
            String balancer,
            int port,
            int nodePort,
            HealthCheck.Probe probe,
            SortedSet<String> nodes) {
        PartSpec {
            nodes = Collections.unmodifiableSortedSet(new TreeSet<>(nodes));
        }

        PartSpec withNodes(SortedSet<String> others) {
            return new PartSpec(balancer, port, nodePort, probe, others);
        }
    }

    Optional<Balancer> balancer(Scheme scheme) {
        return balancers.stream().filter(b -> b.scheme() == scheme).findFirst();
    }

    ToyState with(Balancer balancer) {
        return new ToyState(
                owner, replaced(balancers, b -> b.id().equals(balancer.id()), balancer), parts);
    }

    ToyState with(Part part) {
        return new ToyState(owner, balancers, replaced(parts, p -> p.id().equals(part.id()), part));
    }

    ToyState without(String id) {
        return new ToyState(
                owner,
                balancers.stream().filter(b -> !b.id().equals(id)).toList(),
                parts.stream().filter(p -> !p.id().equals(id)).toList());
    }

    private static <T> List<T> replaced(List<T> all, Predicate<T> same, T fresh) {
        List<T> result = new ArrayList<>(all.stream().filter(same.negate()).toList());
        result.add(fresh);
        return result;
    }
}
