package dev.origo.dataplane;

import dev.origo.model.Carrier;
import dev.origo.model.Cidr;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/// One port of a balancer, and where its traffic goes.
///
/// @param carrier how the client's address travels: `PACKET` opens the connection to the target
///   from the client's own address, a PROXY protocol puts its header first, `FORWARDED_HEADER`
///   makes it an HTTP/1.1 reverse proxy, `NONE` passes bytes on
/// @param targets all that are registered; one that is no longer in the list drains
public record Listener(
        int port,
        Transport transport,
        Carrier carrier,
        Check check,
        Rules rules,
        List<Target> targets) {

    /// What clients speak to the port.
    public enum Transport {
        TCP,
        UDP,
        TCP_UDP,
        TLS;

        boolean speaksUdp() {
            return this == UDP || this == TCP_UDP;
        }

        boolean speaksTcp() {
            return this == TCP || this == TCP_UDP;
        }
    }

    /// Who is let in, and how long connections live.
    ///
    /// @param sourceRanges clients outside are refused; empty admits all
    /// @param idleTimeout without a byte for so long, a connection is reset
    /// @param sticky whether a client address keeps its target
    /// @param drain how long connections to a deregistered target, or of a deleted listener, may go
    ///   on
    /// @param cutUnhealthy whether connections to a target that turned unhealthy are reset. Source:
    ///   `target_health_state.unhealthy.connection_termination.enabled` of network load balancers,
    ///   true by default there
    public record Rules(
            List<Cidr> sourceRanges,
            Duration idleTimeout,
            boolean sticky,
            Duration drain,
            boolean cutUnhealthy) {
        /// Source: TCP idle timeout and deregistration delay of network load balancers.
        public static final Rules DEFAULT =
                new Rules(List.of(), Duration.ofSeconds(350), false, Duration.ofSeconds(300), true);

        public Rules {
            sourceRanges = List.copyOf(sourceRanges);
        }

        boolean admit(InetAddress client) {
            return sourceRanges.isEmpty()
                    || sourceRanges.stream().anyMatch(range -> contains(range, client));
        }

        private static boolean contains(Cidr range, InetAddress address) {
            return range.network().getClass() == address.getClass()
                    && new Cidr(address, range.prefixBits()).equals(range);
        }
    }

    public Listener {
        Target.requirePort(port);
        targets = List.copyOf(targets);
        long distinct = targets.stream().map(Target::key).distinct().count();
        if (distinct != targets.size()) {
            throw new IllegalArgumentException(
                    "the listener of port %d has a target twice".formatted(port));
        }
    }

    Key key() {
        return new Key(port, transport);
    }

    record Key(int port, Transport transport) {}
}
