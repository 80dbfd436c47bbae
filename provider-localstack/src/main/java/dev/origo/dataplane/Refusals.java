package dev.origo.dataplane;

import dev.origo.dataplane.Listener.Transport;
import dev.origo.model.Carrier;
import dev.origo.model.Code;
import dev.origo.model.Problem;
import java.util.List;

/// What of a listener can't be carried as wanted.
final class Refusals {
    private Refusals() {}

    /// Why it is not opened at all, if so.
    static List<Problem> of(Listener listener) {
        Transport transport = listener.transport();
        if (transport == Transport.TLS) {
            return List.of(
                    Problem.error(
                            Code.TLS_LISTENER_NOT_CARRIED,
                            "port %d ends TLS with a certificate of the cloud, whose key is not on this machine"
                                    .formatted(listener.port())));
        }
        if (transport.speaksUdp() && listener.carrier().isProxyProtocol()) {
            return List.of(
                    Problem.error(
                            Code.PROXY_PROTOCOL_NEEDS_TCP,
                            "port %d is %s; the PROXY protocol needs TCP"
                                    .formatted(listener.port(), transport)));
        }
        if (transport.speaksUdp() && listener.carrier() == Carrier.FORWARDED_HEADER) {
            return List.of(
                    Problem.error(
                            Code.UNSUPPORTED_PROTOCOL,
                            "port %d is %s; a forwarded header needs HTTP over TCP"
                                    .formatted(listener.port(), transport)));
        }
        return List.of();
    }

    /// Targets that packet delivery can't reach: they see the balancer instead of the client.
    static List<Problem> ofPacketDelivery(Listener listener, Port port) {
        List<String> lost =
                listener.targets().stream()
                        .filter(target -> port.carrier(target) != listener.carrier())
                        .map(target -> target.address().getHostAddress())
                        .distinct()
                        .toList();
        if (lost.isEmpty()) {
            return List.of();
        }
        return List.of(
                Problem.warning(
                        Code.PACKET_DELIVERY_UNAVAILABLE,
                        "the client's address is lost on the way to %s: this machine keeps it only where client and target are both on loopback"
                                .formatted(String.join(", ", lost))));
    }
}
