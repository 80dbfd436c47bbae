package dev.origo.spi;

import java.util.Map;
import java.util.TreeMap;

/// How many nodes serve, as the balancer sees it: a node counts as healthy if it is for every port.
///
/// @param unhealthy node or target id -> the cloud's reason
public record TargetHealth(int healthy, int total, Map<String, String> unhealthy) {
    public TargetHealth {
        unhealthy = java.util.Collections.unmodifiableMap(new TreeMap<>(unhealthy));
    }
}
