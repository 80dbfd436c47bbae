package dev.origo.embedded.kube;

import dev.origo.model.Affinity;
import dev.origo.model.IpFamily;
import dev.origo.model.Protocol;
import dev.origo.model.ServicePort;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.TrafficPolicy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;

/// What a user writes of a Service; the API server adds the rest.
///
/// @param ports a node port of 0 is allocated, where the type has node ports
/// @param allocateNodePorts `allocateLoadBalancerNodePorts`
/// @param finalizers other people's
public record ServiceDraft(
        ServiceSnapshot.Type type,
        String loadBalancerClass,
        List<ServicePort> ports,
        TrafficPolicy policy,
        SequencedSet<IpFamily> ipFamilies,
        Affinity affinity,
        List<String> sourceRanges,
        String loadBalancerIp,
        boolean allocateNodePorts,
        Map<String, String> annotations,
        Set<String> finalizers) {

    public ServiceDraft {
        ports = List.copyOf(ports);
        sourceRanges = List.copyOf(sourceRanges);
        annotations = Map.copyOf(annotations);
        finalizers = Set.copyOf(finalizers);
    }

    /// A Service of type LoadBalancer with these TCP ports and no more.
    public static ServiceDraft balanced(String loadBalancerClass, int... ports) {
        return new ServiceDraft(
                        ServiceSnapshot.Type.LOAD_BALANCER,
                        loadBalancerClass,
                        List.of(),
                        TrafficPolicy.CLUSTER,
                        new LinkedHashSet<>(List.of(IpFamily.IPV4)),
                        new Affinity.None(),
                        List.of(),
                        "",
                        true,
                        Map.of(),
                        Set.of())
                .withPorts(Protocol.TCP, ports);
    }

    public ServiceDraft withType(ServiceSnapshot.Type other) {
        return new ServiceDraft(
                other,
                loadBalancerClass,
                ports,
                policy,
                ipFamilies,
                affinity,
                sourceRanges,
                loadBalancerIp,
                allocateNodePorts,
                annotations,
                finalizers);
    }

    public ServiceDraft withClass(String other) {
        return new ServiceDraft(
                type,
                other,
                ports,
                policy,
                ipFamilies,
                affinity,
                sourceRanges,
                loadBalancerIp,
                allocateNodePorts,
                annotations,
                finalizers);
    }

    /// Ports of this protocol; those that there are already keep their node port.
    public ServiceDraft withPorts(Protocol protocol, int... numbers) {
        List<ServicePort> wanted = new ArrayList<>();
        for (int number : numbers) {
            wanted.add(
                    ports.stream()
                            .filter(p -> p.port() == number && p.protocol() == protocol)
                            .findFirst()
                            .orElseGet(() ->
                                    new ServicePort(
                                            "p" + number + protocol.name().charAt(0),
                                            protocol,
                                            number,
                                            0)));
        }
        return withPorts(wanted);
    }

    public ServiceDraft withPorts(List<ServicePort> others) {
        return new ServiceDraft(
                type,
                loadBalancerClass,
                others,
                policy,
                ipFamilies,
                affinity,
                sourceRanges,
                loadBalancerIp,
                allocateNodePorts,
                annotations,
                finalizers);
    }

    public ServiceDraft withPolicy(TrafficPolicy other) {
        return new ServiceDraft(
                type,
                loadBalancerClass,
                ports,
                other,
                ipFamilies,
                affinity,
                sourceRanges,
                loadBalancerIp,
                allocateNodePorts,
                annotations,
                finalizers);
    }

    public ServiceDraft withSourceRanges(String... others) {
        return new ServiceDraft(
                type,
                loadBalancerClass,
                ports,
                policy,
                ipFamilies,
                affinity,
                List.of(others),
                loadBalancerIp,
                allocateNodePorts,
                annotations,
                finalizers);
    }

    public ServiceDraft withIpFamilies(SequencedSet<IpFamily> other) {
        return new ServiceDraft(
                type,
                loadBalancerClass,
                ports,
                policy,
                other,
                affinity,
                sourceRanges,
                loadBalancerIp,
                allocateNodePorts,
                annotations,
                finalizers);
    }

    public ServiceDraft withAffinity(Affinity other) {
        return new ServiceDraft(
                type,
                loadBalancerClass,
                ports,
                policy,
                ipFamilies,
                other,
                sourceRanges,
                loadBalancerIp,
                allocateNodePorts,
                annotations,
                finalizers);
    }

    public ServiceDraft withLoadBalancerIp(String other) {
        return new ServiceDraft(
                type,
                loadBalancerClass,
                ports,
                policy,
                ipFamilies,
                affinity,
                sourceRanges,
                other,
                allocateNodePorts,
                annotations,
                finalizers);
    }

    public ServiceDraft withAnnotation(String key, String value) {
        Map<String, String> all = new TreeMap<>(annotations);
        all.put(key, value);
        return withAnnotations(all);
    }

    public ServiceDraft withAnnotations(Map<String, String> others) {
        return new ServiceDraft(
                type,
                loadBalancerClass,
                ports,
                policy,
                ipFamilies,
                affinity,
                sourceRanges,
                loadBalancerIp,
                allocateNodePorts,
                others,
                finalizers);
    }

    public ServiceDraft withFinalizers(Set<String> others) {
        return new ServiceDraft(
                type,
                loadBalancerClass,
                ports,
                policy,
                ipFamilies,
                affinity,
                sourceRanges,
                loadBalancerIp,
                allocateNodePorts,
                annotations,
                others);
    }

    public ServiceDraft withoutNodePorts() {
        return new ServiceDraft(
                type,
                loadBalancerClass,
                ports,
                policy,
                ipFamilies,
                affinity,
                sourceRanges,
                loadBalancerIp,
                false,
                annotations,
                finalizers);
    }
}
