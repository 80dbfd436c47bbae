package dev.origo.desire;

import static dev.origo.model.IpFamily.IPV4;
import static dev.origo.model.IpFamily.IPV6;
import static dev.origo.model.Protocol.SCTP;
import static dev.origo.model.Protocol.TCP;
import static dev.origo.model.Protocol.UDP;
import static dev.origo.testing.Samples.HEALTH_CHECK_NODE_PORT;
import static dev.origo.testing.Samples.port;
import static dev.origo.testing.Samples.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.desire.Desire.Refused;
import dev.origo.desire.Desire.Wanted;
import dev.origo.model.Affinity;
import dev.origo.model.Backend;
import dev.origo.model.Carrier;
import dev.origo.model.Ingress;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.Problem;
import dev.origo.model.Scheme;
import dev.origo.model.ServicePort;
import dev.origo.spi.Annotations;
import dev.origo.spi.Capabilities;
import dev.origo.testing.Samples;
import dev.origo.testing.Samples.Service;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is refused, what is warned of, and what the specification takes over.
class DesireTest {
    private static final Affinity STICKY = new Affinity.ClientIp(Duration.ofHours(3));
    private static final Affinity NONE = new Affinity.None();
    private static final Capabilities EVERYTHING = Samples.everything();

    /// Packets over TCP only, and nothing beside: two ports, IPv4, no ranges, no affinity.
    private static final Capabilities LITTLE =
            Samples.capabilities(
                    Map.of(TCP, Set.of(Carrier.NONE), UDP, Set.of(Carrier.NONE)), false);

    record Row(String name, Capabilities capabilities, Service service, List<String> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row row(
            String name, Capabilities capabilities, Service service, String... expected) {
        return new Row(name, capabilities, service, List.of(expected));
    }

    private static final ServicePort UNALLOCATED = new ServicePort("http", TCP, 80, 0);

    private static final List<Row> SHAPES =
            List.of(
                    row("the tutorial's Service", EVERYTHING, service()),
                    row("UDP", EVERYTHING, service().ports(port(UDP, 53))),
                    row(
                            "SCTP",
                            EVERYTHING,
                            service().ports(port(SCTP, 99)),
                            "UnsupportedProtocol port SCTP/99: SCTP is not served"),
                    row(
                            "SCTP with a wish: told once",
                            EVERYTHING,
                            service()
                                    .ports(port(SCTP, 99))
                                    .annotated(Map.of("origo.dev/client-address", "packet")),
                            "UnsupportedProtocol port SCTP/99: SCTP is not served"),
                    row("TCP and UDP", EVERYTHING, service().ports(port(TCP, 53), port(UDP, 53))),
                    row(
                            "TCP and UDP where one balancer cannot",
                            LITTLE,
                            service().ports(port(TCP, 53), port(UDP, 53)),
                            "MixedProtocolNotSupported one balancer cannot serve [TCP, UDP] together"),
                    row(
                            "no node port",
                            EVERYTHING,
                            service().ports(UNALLOCATED),
                            "NodePortMissing port TCP/80 has no node port to send to"),
                    row(
                            "Local without healthCheckNodePort",
                            EVERYTHING,
                            service().local(0),
                            "HealthCheckNodePortMissing externalTrafficPolicy is Local, but healthCheckNodePort is 0: nodes"
                                    + " cannot be checked"),
                    row(
                            "loadBalancerIP where it can be given",
                            EVERYTHING,
                            service().wanting(NONE, "10.0.0.9")),
                    row(
                            "loadBalancerIP where it cannot",
                            LITTLE,
                            service().wanting(NONE, "10.0.0.9"),
                            "LoadBalancerIpNotSupported spec.loadBalancerIP 10.0.0.9 cannot be given by this provider"),
                    row(
                            "loadBalancerIP that is no address",
                            EVERYTHING,
                            service().wanting(NONE, "shop.example"),
                            "LoadBalancerIpNotSupported spec.loadBalancerIP: 'shop.example' is no IPv4 or IPv6 literal"),
                    row(
                            "loadBalancerIP of a family that the Service has not",
                            EVERYTHING,
                            service().families(IPV4).wanting(NONE, "2001:db8::7"),
                            "IpFamilyNotSupported spec.loadBalancerIP 2001:db8::7 is IPV6; the Service's ipFamilies are [IPV4]"),
                    row("affinity where it can be kept", EVERYTHING, service().wanting(STICKY, "")),
                    row(
                            "affinity where it cannot",
                            LITTLE,
                            service().wanting(STICKY, ""),
                            "AffinityNotSupported sessionAffinity ClientIP cannot be kept by this provider"),
                    row("dual stack", EVERYTHING, service().families(IPV6, IPV4)),
                    row(
                            "a family that is not served",
                            LITTLE,
                            service().families(IPV4, IPV6),
                            "IpFamilyNotSupported ipFamilies [IPV4, IPV6] are wanted; this provider serves [IPV4]"),
                    row(
                            "as many ports as are served",
                            LITTLE,
                            service().ports(port(TCP, 1), port(TCP, 2))),
                    row(
                            "one port too many",
                            LITTLE,
                            service().ports(port(TCP, 1), port(TCP, 2), port(TCP, 3)),
                            "TooManyPorts the Service has 3 ports; a balancer serves 1..2"),
                    row(
                            "all problems, in a stable order",
                            LITTLE,
                            service()
                                    .local(0)
                                    .ports(UNALLOCATED, port(SCTP, 99), port(TCP, 81))
                                    .families(IPV6)
                                    .wanting(STICKY, "10.0.0.9", "10.0.0.0/40")
                                    .annotated(
                                            Map.of(
                                                    "origo.dev/scheme",
                                                    "x",
                                                    "origo.dev/load-balancer-name",
                                                    "-")),
                            "InvalidAnnotationValue annotation origo.dev/scheme: 'x' is refused: 'x' is neither"
                                    + " internet-facing nor internal",
                            "NodePortMissing port TCP/80 has no node port to send to",
                            "UnsupportedProtocol port SCTP/99: SCTP is not served",
                            "MixedProtocolNotSupported one balancer cannot serve [TCP, SCTP] together",
                            "TooManyPorts the Service has 3 ports; a balancer serves 1..2",
                            "HealthCheckNodePortMissing externalTrafficPolicy is Local, but healthCheckNodePort is 0: nodes"
                                    + " cannot be checked",
                            "LoadBalancerIpNotSupported spec.loadBalancerIP 10.0.0.9 cannot be given by this provider",
                            "AffinityNotSupported sessionAffinity ClientIP cannot be kept by this provider",
                            "IpFamilyNotSupported ipFamilies [IPV6] are wanted; this provider serves [IPV4]",
                            "InvalidSourceRange spec.loadBalancerSourceRanges: '10.0.0.0/40' is not a range of addresses:"
                                    + " prefix /40 is outside 0..32",
                            "InvalidName the name '-' has 1 characters or others than allowed; allowed are 1..32 letters,"
                                    + " digits and inner hyphens, not starting with internal-"));

    static List<Row> shapes() {
        return SHAPES;
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void refusesWhatCannotBeServed(Row row) {
        assertThat(refusals(row.capabilities(), row.service()))
                .containsExactlyElementsOf(row.expected());
    }

    record NameRow(String name, boolean good) {}

    static List<NameRow> names() {
        return List.of(
                new NameRow("a", true),
                new NameRow("Web-1", true),
                new NameRow("a".repeat(32), true),
                new NameRow("internal", true),
                new NameRow("a".repeat(33), false),
                new NameRow("", false),
                new NameRow("-a", false),
                new NameRow("a-", false),
                new NameRow("a_b", false),
                new NameRow("a.b", false),
                new NameRow("ü", false),
                new NameRow("internal-web", false));
    }

    @ParameterizedTest
    @MethodSource("names")
    void takesOnlyNamesThatACloudTakes(NameRow row) {
        Service service = service().annotated(Map.of("origo.dev/load-balancer-name", row.name()));
        if (row.good()) {
            assertThat(spec(service).name()).isEqualTo(row.name());
        } else {
            assertThat(refusals(EVERYTHING, service))
                    .singleElement()
                    .asString()
                    .startsWith("InvalidName the name '" + row.name() + "'")
                    .contains("1..32");
        }
    }

    @Test
    void withoutAnyWordOfItsOwnTheProvidersDefaultsHold() {
        LoadBalancerSpec spec = spec(service());
        assertThat(spec.name()).isEmpty();
        assertThat(spec.scheme()).isEqualTo(Scheme.INTERNET_FACING);
        assertThat(spec.carrier()).isEqualTo(Carrier.PACKET);
        assertThat(spec.requestedIp()).isEmpty();
        assertThat(spec.owner()).isEqualTo(Samples.OWNER);
        assertThat(spec.backends()).isEqualTo(Samples.BACKENDS);
    }

    @Test
    void theAnnotationDecidesTheScheme() {
        assertThat(spec(service().annotated(Map.of("origo.dev/scheme", "internal"))).scheme())
                .isEqualTo(Scheme.INTERNAL);
    }

    @Test
    void whatTheServiceAsksForIsTakenOver() {
        LoadBalancerSpec spec =
                spec(
                        service()
                                .ports(port(UDP, 53), port(TCP, 53))
                                .families(IPV6, IPV4)
                                .local(HEALTH_CHECK_NODE_PORT)
                                .wanting(STICKY, "10.0.0.9"));
        assertThat(spec.ports()).extracting(ServicePort::label).containsExactly("UDP/53", "TCP/53");
        assertThat(spec.families()).containsExactly(IPV6, IPV4);
        assertThat(spec.affinity()).isEqualTo(STICKY);
        assertThat(spec.requestedIp()).isEqualTo("10.0.0.9");
    }

    @Test
    void oneAddressHasOneSpellingHoweverTheServiceWritesIt() {
        assertThat(List.of("2001:db8::7", "2001:0DB8:0:0:0:0:0:7"))
                .extracting(
                        text -> spec(service().families(IPV6).wanting(NONE, text)).requestedIp())
                .containsOnly("2001:db8:0:0:0:0:0:7");
    }

    @Test
    void noEligibleNodeIsAWarningAndNoRefusal() {
        Wanted wanted = (Wanted) answer(EVERYTHING, service(), List.of());
        assertThat(wanted.warnings())
                .extracting(p -> p.code().reason())
                .containsExactly("NoEligibleNode");
        assertThat(wanted.spec().backends()).isEmpty();
    }

    @Test
    void aRefusalKeepsTheWarningsToo() {
        Service service =
                service().ports(port(SCTP, 9)).annotated(Map.of("origo.dev/unheard-of", "x"));
        Refused refused = (Refused) answer(EVERYTHING, service, List.of());
        assertThat(refused.problems())
                .extracting(p -> p.code().reason())
                .containsExactly("UnknownAnnotation", "UnsupportedProtocol", "NoEligibleNode");
    }

    @Test
    void theSameServiceGivesTheSameAnswer() {
        var annotations = new LinkedHashMap<String, String>();
        IntStream.range(0, 20).forEach(i -> annotations.put("origo.dev/unknown-" + i, ""));
        var reversed = new LinkedHashMap<String, String>(annotations.reversed());
        assertThat(answer(EVERYTHING, service().annotated(annotations), Samples.BACKENDS))
                .isEqualTo(answer(EVERYTHING, service().annotated(reversed), Samples.BACKENDS));
    }

    static Desire.Answer answer(
            Capabilities capabilities, Service service, List<Backend> backends) {
        var registry =
                new AnnotationRegistry(new Annotations(List.of(), List.of(), List.of(), List.of()));
        return new Desire(capabilities, registry, _ -> Optional.empty())
                .of(Samples.OWNER, service.build(), backends);
    }

    static LoadBalancerSpec spec(Service service) {
        return ((Wanted) answer(EVERYTHING, service, Samples.BACKENDS)).spec();
    }

    static List<String> refusals(Capabilities capabilities, Service service) {
        return switch (answer(capabilities, service, Samples.BACKENDS)) {
            case Wanted(LoadBalancerSpec _, List<Problem> _) -> List.of();
            case Refused(List<Problem> problems, _) ->
                    problems.stream()
                            .filter(Problem::blocks)
                            .map(p -> p.code().reason() + " " + p.message())
                            .toList();
        };
    }

    @Test
    void whatTheStatusNamesIsPublished() {
        Service published =
                service()
                        .published(
                                List.of(
                                        new Ingress(new Ingress.Hostname("a.example"), List.of()),
                                        new Ingress(new Ingress.Ip("192.0.2.1", true), List.of())));

        assertThat(spec(published).published()).containsExactlyInAnyOrder("a.example", "192.0.2.1");
    }
}
