package dev.origo.model;

import java.util.List;

/// One entry of `status.loadBalancer.ingress`.
///
/// @param address the IP literal or the host name that clients use
/// @param ports per-port state; empty where every port is served
public record Ingress(Address address, List<PortStatus> ports) {
    public Ingress {
        ports = List.copyOf(ports);
    }

    /// What clients use: a host name (which has no ipMode) or an IP with its ipMode.
    public sealed interface Address {
        /// The host name or IP literal alone.
        String text();
    }

    /// A DNS name.
    public record Hostname(String name) implements Address {
        @Override
        public String text() {
            return name;
        }
    }

    /// An IP address.
    ///
    /// @param vip true for ipMode VIP (kube-proxy may short-cut), false for Proxy. Source: KEP-1860
    public record Ip(String literal, boolean vip) implements Address {
        @Override
        public String text() {
            return literal;
        }
    }

    /// State of one port. `error` is empty when the port is served; otherwise a CamelCase reason.
    /// Source: KEP-1435
    public record PortStatus(int port, Protocol protocol, String error) {}
}
