package dev.origo.desire;

import dev.origo.model.Carrier;
import dev.origo.model.ClientAddressWish;
import dev.origo.model.Code;
import dev.origo.model.Problem;
import dev.origo.model.Protocol;
import dev.origo.spi.Capabilities;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Chooses how the client's address travels. `auto` never changes the bytes that a backend
/// receives, nor the kind of balancer; an impossible wish is a problem, never a silent fallback.
final class ClientAddressPolicy {
    private ClientAddressPolicy() {}

    static Choice choose(
            ClientAddressWish wish, Set<Protocol> protocols, Capabilities capabilities) {
        return switch (wish) {
            case AUTO ->
                    new Chosen(
                            allOffer(Carrier.PACKET, protocols, capabilities)
                                    ? Carrier.PACKET
                                    : Carrier.NONE);
            case PACKET -> wished(Carrier.PACKET, protocols, capabilities);
            case PROXY_PROTOCOL_V1 -> proxy(Carrier.PROXY_PROTOCOL_V1, protocols, capabilities);
            case PROXY_PROTOCOL_V2 -> proxy(Carrier.PROXY_PROTOCOL_V2, protocols, capabilities);
            case FORWARDED_HEADER -> wished(Carrier.FORWARDED_HEADER, protocols, capabilities);
            case NONE -> wished(Carrier.NONE, protocols, capabilities);
        };
    }

    private static Choice proxy(
            Carrier carrier, Set<Protocol> protocols, Capabilities capabilities) {
        if (protocols.contains(Protocol.UDP)) {
            return new Impossible(
                    Problem.error(
                            Code.PROXY_PROTOCOL_NEEDS_TCP,
                            "%s is wanted, but the Service has UDP ports, which have no PROXY header"
                                    .formatted(carrier)));
        }
        return wished(carrier, protocols, capabilities);
    }

    /// A protocol that is not served at all is refused as such, and says nothing here.
    private static Choice wished(
            Carrier carrier, Set<Protocol> protocols, Capabilities capabilities) {
        for (Protocol protocol : new TreeSet<>(protocols)) {
            Set<Carrier> offered = capabilities.carriers().getOrDefault(protocol, Set.of());
            if (!offered.isEmpty() && !offered.contains(carrier)) {
                return new Impossible(
                        Problem.error(
                                        Code.CLIENT_ADDRESS_MODE_NOT_SUPPORTED,
                                        "%s is wanted, but this provider offers for %s: %s"
                                                .formatted(carrier, protocol, words(offered)))
                                .withFix(
                                        "set origo.dev/client-address to auto or one of: "
                                                + words(offered)));
            }
        }
        return new Chosen(carrier);
    }

    private static boolean allOffer(
            Carrier carrier, Set<Protocol> protocols, Capabilities capabilities) {
        return protocols.stream()
                .allMatch(protocol ->
                        capabilities.carriers().getOrDefault(protocol, Set.of()).contains(carrier));
    }

    private static String words(Set<Carrier> carriers) {
        SortedSet<Carrier> ordered = new TreeSet<>(Comparator.naturalOrder());
        ordered.addAll(List.copyOf(carriers));
        return ordered.stream().map(Carrier::toString).collect(Collectors.joining(", "));
    }

    /// The carrier, or why there is none.
    sealed interface Choice {}

    record Chosen(Carrier carrier) implements Choice {}

    record Impossible(Problem problem) implements Choice {}
}
