package dev.origo.model;

/// The facts about the way that connections to one port take, as the provider will configure it.
/// What they mean for the application follows from them alone.
///
/// @param port the Service's port, 1..65535
/// @param kind what stands in front
/// @param targets what the balancer sends to
/// @param keepsSource whether packets reach the target with the client's source address
/// @param translatesFamily whether clients of one IP family reach targets of the other
/// @param privateLink whether clients come through a private endpoint service that hides them
/// @param probe how the target's health is asked; matters with a PROXY protocol
/// @param checksCarryProxyHeader whether the balancer prefixes its own checks with the PROXY header
public record PortPath(
        int port,
        Kind kind,
        Targets targets,
        Carrier carrier,
        boolean keepsSource,
        boolean translatesFamily,
        boolean privateLink,
        HealthCheck.Probe probe,
        boolean checksCarryProxyHeader) {

    /// What stands in front of the nodes.
    public enum Kind {
        TCP,
        UDP,
        /// TCP and UDP on one listener.
        TCP_UDP,
        /// The balancer ends TLS and speaks TCP or TLS to the backend.
        TLS,
        /// The balancer speaks HTTP and appends the client to X-Forwarded-For.
        HTTP_APPENDS,
        /// The balancer passes X-Forwarded-For on as the client sent it.
        HTTP_PRESERVES,
        /// The balancer removes X-Forwarded-For.
        HTTP_REMOVES;

        public boolean isHttp() {
            return this == HTTP_APPENDS || this == HTTP_PRESERVES || this == HTTP_REMOVES;
        }

        public boolean carriesUdp() {
            return this == UDP || this == TCP_UDP;
        }
    }

    /// What the balancer sends to.
    public enum Targets {
        /// Node ports of machines, known by instance.
        INSTANCES,
        /// Node ports of machines, known by address: kube-proxy still decides, as with instances.
        NODE_ADDRESSES,
        /// Pods themselves: kube-proxy is not on the way.
        PODS
    }
}
