package dev.origo.desire;

import static dev.origo.model.Carrier.FORWARDED_HEADER;
import static dev.origo.model.Carrier.NONE;
import static dev.origo.model.Carrier.PACKET;
import static dev.origo.model.Carrier.PROXY_PROTOCOL_V1;
import static dev.origo.model.Carrier.PROXY_PROTOCOL_V2;
import static dev.origo.model.Protocol.TCP;
import static dev.origo.model.Protocol.UDP;
import static dev.origo.testing.Samples.HEALTH_CHECK_NODE_PORT;
import static dev.origo.testing.Samples.port;
import static dev.origo.testing.Samples.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.desire.ClientAddressPolicy.Choice;
import dev.origo.desire.ClientAddressPolicy.Chosen;
import dev.origo.desire.ClientAddressPolicy.Impossible;
import dev.origo.desire.Desire.Refused;
import dev.origo.desire.Desire.Wanted;
import dev.origo.model.Carrier;
import dev.origo.model.ClientAddressWish;
import dev.origo.model.Problem;
import dev.origo.model.Protocol;
import dev.origo.spi.Annotations;
import dev.origo.spi.Capabilities;
import dev.origo.testing.Samples;
import dev.origo.testing.Samples.Service;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// How the client's address travels, and how nodes are checked with it.
class DesireClientAddressTest {
    private static final Capabilities ALL = Samples.everything();

    record WishRow(
            ClientAddressWish wish,
            Set<Protocol> protocols,
            Map<Protocol, Set<Carrier>> offered,
            String expected) {}

    private static final Set<Protocol> ONLY_TCP = Set.of(TCP);
    private static final Set<Protocol> BOTH = Set.of(TCP, UDP);
    private static final Map<Protocol, Set<Carrier>> PACKETS =
            Map.of(TCP, Set.of(NONE, PACKET, PROXY_PROTOCOL_V2), UDP, Set.of(PACKET));
    private static final Map<Protocol, Set<Carrier>> PROXIES =
            Map.of(TCP, Set.of(NONE, PROXY_PROTOCOL_V1), UDP, Set.of(NONE));
    private static final Map<Protocol, Set<Carrier>> HTTP = Map.of(TCP, Set.of(FORWARDED_HEADER));

    private static final List<WishRow> WISHES =
            List.of(
                    new WishRow(ClientAddressWish.AUTO, ONLY_TCP, PACKETS, "packet"),
                    new WishRow(ClientAddressWish.AUTO, BOTH, PACKETS, "packet"),
                    new WishRow(ClientAddressWish.AUTO, ONLY_TCP, PROXIES, "none"),
                    new WishRow(ClientAddressWish.AUTO, ONLY_TCP, HTTP, "none"),
                    new WishRow(
                            ClientAddressWish.AUTO,
                            BOTH,
                            Map.of(TCP, Set.of(NONE, PACKET), UDP, Set.of(NONE)),
                            "none"),
                    new WishRow(ClientAddressWish.PACKET, ONLY_TCP, PACKETS, "packet"),
                    new WishRow(
                            ClientAddressWish.PACKET,
                            ONLY_TCP,
                            PROXIES,
                            "ClientAddressModeNotSupported packet is wanted, but this provider offers for TCP:"
                                    + " proxy-protocol-v1, none"),
                    new WishRow(
                            ClientAddressWish.PROXY_PROTOCOL_V1,
                            ONLY_TCP,
                            PROXIES,
                            "proxy-protocol-v1"),
                    new WishRow(
                            ClientAddressWish.PROXY_PROTOCOL_V1,
                            ONLY_TCP,
                            PACKETS,
                            "ClientAddressModeNotSupported proxy-protocol-v1 is wanted, but this provider offers for TCP:"
                                    + " packet, proxy-protocol-v2, none"),
                    new WishRow(
                            ClientAddressWish.PROXY_PROTOCOL_V2,
                            ONLY_TCP,
                            PACKETS,
                            "proxy-protocol-v2"),
                    new WishRow(
                            ClientAddressWish.PROXY_PROTOCOL_V2,
                            ONLY_TCP,
                            PROXIES,
                            "ClientAddressModeNotSupported proxy-protocol-v2 is wanted, but this provider offers for TCP:"
                                    + " proxy-protocol-v1, none"),
                    new WishRow(
                            ClientAddressWish.PROXY_PROTOCOL_V2,
                            BOTH,
                            PACKETS,
                            "ProxyProtocolNeedsTcp proxy-protocol-v2 is wanted, but the Service has UDP ports, which have no"
                                    + " PROXY header"),
                    new WishRow(
                            ClientAddressWish.PROXY_PROTOCOL_V1,
                            Set.of(UDP),
                            PACKETS,
                            "ProxyProtocolNeedsTcp proxy-protocol-v1 is wanted, but the Service has UDP ports, which have no"
                                    + " PROXY header"),
                    new WishRow(
                            ClientAddressWish.FORWARDED_HEADER, ONLY_TCP, HTTP, "forwarded-header"),
                    new WishRow(
                            ClientAddressWish.FORWARDED_HEADER,
                            ONLY_TCP,
                            PACKETS,
                            "ClientAddressModeNotSupported forwarded-header is wanted, but this provider offers for TCP:"
                                    + " packet, proxy-protocol-v2, none"),
                    new WishRow(ClientAddressWish.NONE, ONLY_TCP, PACKETS, "none"),
                    new WishRow(
                            ClientAddressWish.NONE,
                            BOTH,
                            PACKETS,
                            "ClientAddressModeNotSupported none is wanted, but this provider offers for UDP: packet"));

    static List<WishRow> wishes() {
        return WISHES;
    }

    @ParameterizedTest
    @MethodSource("wishes")
    void fulfilsAWishOrSaysWhyNot(WishRow row) {
        Capabilities capabilities = Samples.capabilities(row.offered(), true);
        assertThat(told(ClientAddressPolicy.choose(row.wish(), row.protocols(), capabilities)))
                .isEqualTo(row.expected());
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void autoNeverPicksWhatChangesBytesOrKind(Carrier offered) {
        Capabilities capabilities =
                Samples.capabilities(Map.of(TCP, EnumSet.of(offered, PROXY_PROTOCOL_V2)), true);
        Choice choice =
                ClientAddressPolicy.choose(ClientAddressWish.AUTO, Set.of(TCP), capabilities);
        assertThat(told(choice)).isIn("packet", "none");
    }

    private static String told(Choice choice) {
        return switch (choice) {
            case Chosen(Carrier carrier) -> carrier.toString();
            case Impossible(Problem problem) -> problem.code().reason() + " " + problem.message();
        };
    }

    @Test
    void anImpossibleWishRefusesTheService() {
        Service service =
                service()
                        .ports(port(UDP, 53))
                        .annotated(Map.of("origo.dev/client-address", "proxy-protocol-v2"));
        assertThat(DesireTest.refusals(ALL, service))
                .singleElement()
                .asString()
                .startsWith("ProxyProtocolNeedsTcp");
    }

    @Test
    void theProvidersOwnAnnotationsMayWishUnlessOursDoes() {
        var registry =
                new AnnotationRegistry(new Annotations(List.of(), List.of(), List.of(), List.of()));
        var desire =
                new Desire(ALL, registry, _ -> Optional.of(ClientAddressWish.PROXY_PROTOCOL_V2));
        Service ours = service().annotated(Map.of("origo.dev/client-address", "packet"));
        assertThat(carrier(desire, service())).isEqualTo(PROXY_PROTOCOL_V2);
        assertThat(carrier(desire, ours)).isEqualTo(PACKET);
    }

    private static Carrier carrier(Desire desire, Service service) {
        return ((Wanted) desire.of(Samples.OWNER, service.build(), Samples.BACKENDS))
                .spec()
                .carrier();
    }

    record CheckRow(
            String name, Service service, Map<String, String> annotations, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<CheckRow> checks() {
        var proxy = Map.of("origo.dev/client-address", "proxy-protocol-v2");
        var override = Map.of("origo.dev/health-check", "traffic-port");
        Service local = service().local(HEALTH_CHECK_NODE_PORT);
        return List.of(
                new CheckRow("Local", local, Map.of(), "Http[port=32122, path=/healthz] []"),
                new CheckRow("Cluster", service(), Map.of(), "Http[port=10256, path=/healthz] []"),
                new CheckRow(
                        "UDP with Cluster",
                        service().ports(port(UDP, 53)),
                        Map.of(),
                        "Http[port=10256, path=/healthz] []"),
                new CheckRow(
                        "UDP with Local",
                        local.ports(port(UDP, 53)),
                        Map.of(),
                        "Http[port=32122, path=/healthz] []"),
                new CheckRow("PROXY with Cluster", service(), proxy, "TrafficPort[] []"),
                new CheckRow(
                        "PROXY with Local: the path model refuses it",
                        local,
                        proxy,
                        "Http[port=32122, path=/healthz] []"),
                new CheckRow(
                        "override with Cluster",
                        service(),
                        override,
                        "TrafficPort[] [HealthCheckOverridden]"),
                new CheckRow(
                        "override with Local",
                        local,
                        override,
                        "TrafficPort[] [HealthCheckOverridden]"),
                new CheckRow(
                        "override with UDP",
                        service().ports(port(TCP, 53), port(UDP, 53)),
                        override,
                        "refused [InvalidAnnotationValue]"),
                new CheckRow(
                        "another override",
                        service(),
                        Map.of("origo.dev/health-check", "8080"),
                        "refused [InvalidAnnotationValue]"));
    }

    @ParameterizedTest
    @MethodSource("checks")
    void checksNodesByTheContract(CheckRow row) {
        Desire.Answer answer =
                DesireTest.answer(
                        ALL, row.service().annotated(row.annotations()), Samples.BACKENDS);
        assertThat(told(answer)).isEqualTo(row.expected());
    }

    @Test
    void proxyWithPlainChecksIsCheckedAsAlways() {
        Capabilities plain =
                new Capabilities(
                        ALL.carriers(),
                        ALL.families(),
                        true,
                        true,
                        true,
                        false,
                        true,
                        true,
                        ALL.defaultScheme(),
                        ALL.timing(),
                        50,
                        32,
                        8);
        Service service =
                service().annotated(Map.of("origo.dev/client-address", "proxy-protocol-v1"));
        assertThat(told(DesireTest.answer(plain, service, Samples.BACKENDS)))
                .isEqualTo("Http[port=10256, path=/healthz] []");
    }

    private static String told(Desire.Answer answer) {
        return switch (answer) {
            case Wanted(var spec, var warnings) ->
                    spec.healthCheck().probe() + " " + reasons(warnings);
            case Refused(var problems, _) -> "refused " + reasons(problems);
        };
    }

    private static List<String> reasons(List<Problem> problems) {
        return problems.stream().map(p -> p.code().reason()).toList();
    }
}
