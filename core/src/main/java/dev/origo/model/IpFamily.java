package dev.origo.model;

/// IP family of a Service, an address or a range.
public enum IpFamily {
    IPV4,
    IPV6
}
