package dev.origo.model;

/// externalTrafficPolicy of a Service: whether a node may pass a connection on to another node's
/// pod.
public enum TrafficPolicy {
    CLUSTER,
    LOCAL
}
