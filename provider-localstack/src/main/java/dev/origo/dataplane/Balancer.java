package dev.origo.dataplane;

import java.util.List;

/// A load balancer as it is wanted.
///
/// @param id stays over changes and restarts; the address is derived from it
/// @param listeners at most one per port and transport
public record Balancer(String id, List<Listener> listeners) {
    public Balancer {
        listeners = List.copyOf(listeners);
        if (id.isBlank()) {
            throw new IllegalArgumentException("a balancer needs an id");
        }
        long distinct = listeners.stream().map(Listener::key).distinct().count();
        if (distinct != listeners.size()) {
            throw new IllegalArgumentException(
                    "balancer %s has several listeners of one port and transport".formatted(id));
        }
    }
}
