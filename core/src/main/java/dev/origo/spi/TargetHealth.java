package dev.origo.spi;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// How many nodes serve, as the balancer sees it: a node counts as healthy if it is for every port.
///
/// @param unhealthy node or target id -> the cloud's reason
/// @param unjudged how many of the unhealthy have failed no check: they are looked at for the first
///   time, or not at all
public record TargetHealth(int healthy, int total, Map<String, String> unhealthy, int unjudged) {
    /// Nobody looked yet.
    public static final TargetHealth NONE = new TargetHealth(0, 0, Map.of(), 0);

    public TargetHealth {
        unhealthy = Collections.unmodifiableMap(new TreeMap<>(unhealthy));
    }
}
