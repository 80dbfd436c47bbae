package dev.origo.model;

/// One port of a Service.
///
/// @param name empty for a Service with a single unnamed port
/// @param port 1..65535, where clients connect
/// @param nodePort 1..65535, or 0 where none is allocated (allocateLoadBalancerNodePorts=false)
public record ServicePort(String name, Protocol protocol, int port, int nodePort) {
    public ServicePort {
        if (port < 1 || port > 65535 || nodePort < 0 || nodePort > 65535) {
            throw new IllegalArgumentException(
                    "port %d must be in 1..65535 and node port %d in 0..65535"
                            .formatted(port, nodePort));
        }
    }

    /// `TCP/80`, as events and messages name a port.
    public String label() {
        return protocol + "/" + port;
    }
}
