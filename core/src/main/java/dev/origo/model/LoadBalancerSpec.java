package dev.origo.model;

import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedSet;

/// What a provider is asked to make true for one Service: provider-neutral, parsed, complete.
///
/// @param name what the user wants the balancer called; empty for a derived name
/// @param ports in the Service's order; every node port is allocated
/// @param sourceRanges who may connect; never empty (everyone is 0.0.0.0/0 and, with IPv6, ::/0)
/// @param families the first is the primary one
/// @param requestedIp the address that the Service asks for, a literal; empty for any
/// @param carrier how the client's address travels, already checked against the provider's
///   capabilities
/// @param backends eligible nodes, ordered by name
/// @param settings the provider's own annotations, parsed
/// @param published addresses that the Service's status names now: a balancer behind one of them is
///   not taken away as long as it stands there, unless the Service wants none
public record LoadBalancerSpec(
        OwnerId owner,
        String name,
        Scheme scheme,
        List<ServicePort> ports,
        TrafficPolicy policy,
        HealthCheck healthCheck,
        SortedSet<Cidr> sourceRanges,
        SequencedSet<IpFamily> families,
        Affinity affinity,
        String requestedIp,
        Carrier carrier,
        List<Backend> backends,
        Settings settings,
        Set<String> published) {
    public LoadBalancerSpec {
        ports = List.copyOf(ports);
        backends = List.copyOf(backends);
        published = Set.copyOf(published);
    }

    /// The same while its status names other addresses.
    public LoadBalancerSpec withPublished(Set<String> others) {
        return new LoadBalancerSpec(
                owner,
                name,
                scheme,
                ports,
                policy,
                healthCheck,
                sourceRanges,
                families,
                affinity,
                requestedIp,
                carrier,
                backends,
                settings,
                others);
    }
}
