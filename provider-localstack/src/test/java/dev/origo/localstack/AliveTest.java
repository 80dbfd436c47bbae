package dev.origo.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.aws.Recorded;
import dev.origo.dataplane.Balancer;
import dev.origo.dataplane.Check;
import dev.origo.dataplane.Listener;
import dev.origo.dataplane.Target;
import dev.origo.model.Backend;
import dev.origo.model.Carrier;
import dev.origo.model.Code;
import dev.origo.model.Desired;
import dev.origo.model.PortPath.Kind;
import dev.origo.model.Problem;
import dev.origo.model.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the data plane is told to carry, for what is on record.
final class AliveTest {
    private static final Backend ON_LOOPBACK =
            Specs.node("n1", "aws:///us-east-1a/i-0a", "127.0.1.1");
    private static final Backend ELSEWHERE =
            Specs.node("n2", "aws:///us-east-1a/i-0b", "fd00::2", "172.18.0.2");
    private static final Backend KIND = Specs.node("n3", "kind://docker/kind/n3", "172.18.0.3");
    private static final Backend WITHOUT_ADDRESS = Specs.node("n4", "aws:///us-east-1a/i-0d");

    private static final Recorded.Check HTTP = check("HTTP", "32000", 5, 2, 2, 2);

    /// @param pace interval and timeout in seconds, thresholds to healthy and to unhealthy
    private static Recorded.Check check(String protocol, String port, int... pace) {
        return new Recorded.Check(
                protocol,
                port,
                protocol.equals("TCP") ? "" : "/healthz",
                protocol.equals("TCP") ? "" : "200-399",
                Duration.ofSeconds(pace[0]),
                Duration.ofSeconds(pace[1]),
                pace[2],
                pace[3]);
    }

    /// @param carrier as the attributes of the target group say it
    private record Draft(
            Kind kind, Set<String> sources, String carrier, Recorded.Check check, String targets) {
        Draft kind(Kind other) {
            return new Draft(other, sources, carrier, check, targets);
        }

        Draft sources(String... others) {
            return new Draft(kind, Set.of(others), carrier, check, targets);
        }

        Draft carrier(String other) {
            return new Draft(kind, sources, other, check, targets);
        }

        Draft check(Recorded.Check other) {
            return new Draft(kind, sources, carrier, other, targets);
        }

        Draft targets(String others) {
            return new Draft(kind, sources, carrier, check, others);
        }

        Recorded recorded(boolean active) {
            Recorded.Port port =
                    new Recorded.Port(
                            80,
                            kind,
                            new TreeSet<>(sources),
                            carrier.equals("proxy"),
                            carrier.equals("keeps"),
                            false,
                            Duration.ofSeconds(30),
                            check,
                            Stream.of(targets.split(" "))
                                    .map(id -> new Recorded.Destination(id, 30_080))
                                    .toList());
            return new Recorded("web", "web.example", active, List.of(port));
        }
    }

    private static final Draft DRAFT =
            new Draft(Kind.TCP, Set.of("0.0.0.0/0"), "keeps", HTTP, "i-0a");

    private record Row(String name, Desired desired, Draft draft, String listener) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Desired wanted(Carrier carrier, Backend... backends) {
        return new Desired.Present(Specs.of(backends).carrier(carrier).spec());
    }

    private static Desired kept(Backend... backends) {
        return new Desired.Kept(Specs.OWNER, List.of(backends), Settings.NONE);
    }

    private static Stream<Row> rows() {
        Desired packet = wanted(Carrier.PACKET, ON_LOOPBACK);
        return Stream.of(
                new Row(
                        "an instance is its node, checked at the pace of the contract",
                        packet,
                        DRAFT,
                        "TCP PACKET from 0.0.0.0/0 to i-0a=127.0.1.1:30080/32000 by /healthz 3/1/1/2"),
                new Row(
                        "of an instance's addresses the first of IPv4",
                        wanted(Carrier.NONE, ELSEWHERE),
                        DRAFT.targets("i-0b"),
                        "TCP NONE from 0.0.0.0/0 to i-0b=172.18.0.2:30080/32000 by /healthz 3/1/1/2"),
                new Row(
                        "an address is itself",
                        wanted(Carrier.PROXY_PROTOCOL_V2, KIND),
                        DRAFT.targets("172.18.0.3"),
                        "TCP PROXY_PROTOCOL_V2 from 0.0.0.0/0 to 172.18.0.3=172.18.0.3:30080/32000"
                                + " by PROXY and /healthz 3/1/1/2"),
                new Row(
                        "an instance whose node has no address is left out",
                        wanted(Carrier.PACKET, ON_LOOPBACK, WITHOUT_ADDRESS),
                        DRAFT.targets("i-0a i-0d"),
                        "TCP PACKET from 0.0.0.0/0 to i-0a=127.0.1.1:30080/32000 by /healthz 3/1/1/2"),
                new Row(
                        "an instance that is no node is left out",
                        packet,
                        DRAFT.targets("i-0a i-0e"),
                        "TCP PACKET from 0.0.0.0/0 to i-0a=127.0.1.1:30080/32000 by /healthz 3/1/1/2"),
                new Row(
                        "source ranges",
                        packet,
                        DRAFT.sources("10.0.0.0/8", "127.0.0.77/32"),
                        "TCP PACKET from 10.0.0.0/8 127.0.0.77/32 to i-0a=127.0.1.1:30080/32000 by"
                                + " /healthz 3/1/1/2"),
                new Row(
                        "a pace of the user's holds, and the port of the traffic",
                        packet,
                        DRAFT.check(check("TCP", "", 10, 6, 3, 3)),
                        "TCP PACKET from 0.0.0.0/0 to i-0a=127.0.1.1:30080/30080 by connection 10/6/3/3"),
                new Row(
                        "a check over TLS",
                        packet,
                        DRAFT.check(check("HTTPS", "443", 5, 2, 2, 2)),
                        "TCP PACKET from 0.0.0.0/0 to i-0a=127.0.1.1:30080/443 by TLS and /healthz"
                                + " 3/1/1/2"),
                new Row(
                        "a header that the endpoint has no word for",
                        wanted(Carrier.PROXY_PROTOCOL_V1, ON_LOOPBACK),
                        DRAFT.carrier("none"),
                        "TCP PROXY_PROTOCOL_V1 from 0.0.0.0/0 to i-0a=127.0.1.1:30080/32000 by"
                                + " /healthz 3/1/1/2"),
                new Row(
                        "UDP",
                        packet,
                        DRAFT.kind(Kind.UDP),
                        "UDP PACKET from 0.0.0.0/0 to i-0a=127.0.1.1:30080/32000 by /healthz 3/1/1/2"));
    }

    private static Stream<Row> keptRows() {
        return Stream.of(
                new Row(
                        "kept: the record tells of the PROXY protocol",
                        kept(ON_LOOPBACK),
                        DRAFT.carrier("proxy"),
                        "TCP PROXY_PROTOCOL_V2 from 0.0.0.0/0 to i-0a=127.0.1.1:30080/32000 by"
                                + " PROXY and /healthz 3/1/1/2"),
                new Row(
                        "kept: the record tells of packets",
                        kept(ON_LOOPBACK),
                        DRAFT,
                        "TCP PACKET from 0.0.0.0/0 to i-0a=127.0.1.1:30080/32000 by /healthz 3/1/1/2"),
                new Row(
                        "kept: the record tells of neither",
                        kept(ON_LOOPBACK),
                        DRAFT.carrier("none"),
                        "TCP NONE from 0.0.0.0/0 to i-0a=127.0.1.1:30080/32000 by /healthz 3/1/1/2"));
    }

    @ParameterizedTest
    @MethodSource({"rows", "keptRows"})
    void carriesWhatIsOnRecord(Row row) {
        Alive alive = Alive.of(row.desired(), List.of(row.draft().recorded(true)));

        assertThat(alive.balancers().keySet()).containsExactly("web");
        assertThat(alive.balancers().values()).map(AliveTest::text).containsExactly(row.listener());
        assertThat(alive.problems()).isEmpty();
    }

    @Test
    void carriesNothingThatIsStillBeingMade() {
        Desired desired = wanted(Carrier.PACKET, ON_LOOPBACK);

        assertThat(Alive.of(desired, List.of(DRAFT.recorded(false))).balancers()).isEmpty();
    }

    @Test
    void carriesNothingForWhomNothingIsWanted() {
        Desired desired = new Desired.Absent(Specs.OWNER);

        assertThat(Alive.of(desired, List.of(DRAFT.recorded(true))).balancers()).isEmpty();
    }

    @Test
    void ofTwinsTheFirstIsCarried() {
        Recorded empty = new Recorded("web", "twin.example", true, List.of());
        Desired desired = wanted(Carrier.PACKET, ON_LOOPBACK);

        Alive alive = Alive.of(desired, List.of(DRAFT.recorded(true), empty));

        assertThat(alive.balancers().values())
                .singleElement()
                .satisfies(balancer -> assertThat(balancer.listeners()).hasSize(1));
    }

    @Test
    void packetsThatCannotKeepTheClientAreToldAtOnce() {
        for (Backend backend : List.of(ELSEWHERE, KIND)) {
            Alive alive = Alive.of(wanted(Carrier.PACKET, ON_LOOPBACK, backend), List.of());

            assertThat(alive.problems())
                    .extracting(Problem::code)
                    .containsExactly(Code.PACKET_DELIVERY_UNAVAILABLE);
            assertThat(alive.problems()).noneMatch(Problem::blocks);
        }
    }

    private static String text(Balancer balancer) {
        return balancer.listeners().stream().map(AliveTest::text).collect(Collectors.joining("\n"));
    }

    private static String text(Listener listener) {
        Check check = listener.check();
        String probe =
                switch (check.probe()) {
                    case Check.Http(String path, _) -> path;
                    case Check.Https(Check.Http http) -> "TLS and " + http.path();
                    case Check.Tcp _ -> "connection";
                };
        return "%s %s from %s to %s by %s%s %d/%d/%d/%d"
                .formatted(
                        listener.transport(),
                        listener.carrier().name(),
                        listener.rules().sourceRanges().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(" ")),
                        listener.targets().stream()
                                .map(AliveTest::text)
                                .collect(Collectors.joining(" ")),
                        check.carriesProxyHeader() ? "PROXY and " : "",
                        probe,
                        check.timing().interval().toSeconds(),
                        check.timing().timeout().toSeconds(),
                        check.timing().healthy(),
                        check.timing().unhealthy());
    }

    private static String text(Target target) {
        return "%s=%s:%d/%d"
                .formatted(
                        target.id(),
                        target.address().getHostAddress(),
                        target.port(),
                        target.healthPort());
    }
}
