package dev.origo.model;

import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/// A Service as the API server last told it, without anything of the client library.
///
/// @param loadBalancerClass empty where the Service names none
/// @param healthCheckNodePort 0 where none is allocated
/// @param loadBalancerIp empty where unset
public record ServiceSnapshot(
        ServiceKey key,
        Meta meta,
        Type type,
        String loadBalancerClass,
        List<ServicePort> ports,
        TrafficPolicy policy,
        int healthCheckNodePort,
        SequencedSet<IpFamily> ipFamilies,
        Affinity affinity,
        List<String> sourceRanges,
        String loadBalancerIp,
        Status status) {

    public ServiceSnapshot {
        ports = List.copyOf(ports);
        sourceRanges = List.copyOf(sourceRanges);
    }

    /// `spec.type`.
    public enum Type {
        CLUSTER_IP,
        NODE_PORT,
        LOAD_BALANCER,
        EXTERNAL_NAME
    }

    /// The metadata that matters.
    ///
    /// @param deleting whether a deletionTimestamp is set
    public record Meta(
            String uid,
            long generation,
            String resourceVersion,
            boolean deleting,
            Set<String> finalizers,
            Map<String, String> annotations) {
        public Meta {
            finalizers = Set.copyOf(finalizers);
            annotations = Map.copyOf(annotations);
        }
    }

    /// What is published now.
    public record Status(List<Ingress> ingress, List<Condition> conditions) {
        public Status {
            ingress = List.copyOf(ingress);
            conditions = List.copyOf(conditions);
        }
    }
}
