package dev.origo.model;

/// Transport protocol of a Service port.
public enum Protocol {
    TCP,
    UDP,
    SCTP,
    /// Whatever a later Kubernetes adds.
    OTHER
}
