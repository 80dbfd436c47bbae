package dev.origo.dataplane;

import dev.origo.model.Problem;
import dev.origo.model.Protocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/// Where a balancer can be reached on this machine, and what could not be done as wanted.
///
/// @param address the balancer's own loopback address; where the system has only one, that one
/// @param reachable every open port, in the order of the listeners
/// @param findings every problem, in the order of the listeners; a listener without a reachable
///   port has one that blocks
public record Placed(
        String id, InetAddress address, List<Reachable> reachable, List<Finding> findings) {

    public Placed {
        reachable = List.copyOf(reachable);
        findings = List.copyOf(findings);
    }

    /// An open port.
    ///
    /// @param port the listener's
    /// @param at where it is open; mostly the balancer's address and the listener's port
    public record Reachable(int port, Protocol protocol, InetSocketAddress at) {}

    /// A problem of the listener of a port.
    public record Finding(int port, Problem problem) {}
}
