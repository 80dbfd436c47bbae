package dev.origo.model;

/// Whether a load balancer is reached from the internet or only from inside the network.
public enum Scheme {
    INTERNET_FACING,
    INTERNAL
}
