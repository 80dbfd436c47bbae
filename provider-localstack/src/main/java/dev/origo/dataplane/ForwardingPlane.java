package dev.origo.dataplane;

import java.util.Optional;

/// What carries balancers: [DataPlane] does, with sockets.
///
/// Thread rule: any thread.
public interface ForwardingPlane {
    /// Makes a balancer as wanted: starts it, changes it in place or does nothing.
    ///
    /// @throws IllegalStateException when closed
    Placed carry(Balancer wanted);

    /// Stops listening at once. Does nothing for an unknown id.
    void drop(String id);

    /// How a balancer stands; empty if there is none of that id.
    Optional<Status> status(String id);
}
