package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Backend;
import dev.origo.model.Carrier;
import dev.origo.model.Code;
import dev.origo.model.IpFamily;
import dev.origo.model.Problem;
import dev.origo.model.Protocol;
import dev.origo.model.ServicePort;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What cannot be done is refused with a code before anything is made.
final class RefusalTest {
    record Row(String name, UnaryOperator<Specs> change, Code code) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        String certificate = "arn:aws:acm:eu-west-1:1:certificate/a";
        return Stream.of(
                new Row(
                        "PROXY v2 with Local",
                        s -> s.carrier(Carrier.PROXY_PROTOCOL_V2),
                        Code.PROXY_PROTOCOL_HEALTH_CHECK_CONFLICT),
                new Row(
                        "PROXY v2 with Local and TCP to the port that tells of endpoints",
                        s ->
                                s.carrier(Carrier.PROXY_PROTOCOL_V2)
                                        .with(AwsSettings.CHECK_PROTOCOL, "tcp"),
                        Code.PROXY_PROTOCOL_HEALTH_CHECK_CONFLICT),
                new Row(
                        "PROXY v2 with UDP",
                        s ->
                                s.carrier(Carrier.PROXY_PROTOCOL_V2)
                                        .trafficPort()
                                        .ports(Specs.udp(53, 30_053)),
                        Code.PROXY_PROTOCOL_NEEDS_TCP),
                new Row(
                        "TLS on a UDP port",
                        s ->
                                s.ports(Specs.tcp(443), Specs.udp(53, 30_053))
                                        .with(AwsSettings.CERTIFICATES, certificate)
                                        .with(AwsSettings.TLS_PORTS, "53"),
                        Code.TLS_NEEDS_TCP),
                new Row(
                        "TLS on no port of it",
                        s ->
                                s.with(AwsSettings.CERTIFICATES, certificate)
                                        .with(AwsSettings.TLS_PORTS, "444"),
                        Code.INVALID_ANNOTATION_VALUE),
                new Row(
                        "sticky TLS",
                        s -> s.sticky().with(AwsSettings.CERTIFICATES, certificate),
                        Code.AFFINITY_NOT_SUPPORTED),
                new Row(
                        "TCP and UDP on two node ports",
                        s -> s.ports(Specs.tcp(53), Specs.udp(53, 30_054)),
                        Code.DUPLICATE_PORT),
                new Row(
                        "a health check on no port of it",
                        s -> s.with(AwsSettings.CHECK_PORT, "status"),
                        Code.INVALID_ANNOTATION_VALUE),
                new Row(
                        "access logs without a bucket",
                        s -> s.with(AwsSettings.ACCESS_LOG, "true"),
                        Code.INVALID_ANNOTATION_VALUE),
                new Row(
                        "a timeout longer than the interval",
                        s ->
                                s.with(AwsSettings.CHECK_TIMEOUT, "30")
                                        .with(AwsSettings.CHECK_INTERVAL, "10"),
                        Code.INVALID_ANNOTATION_VALUE));
    }

    static Stream<Row> places() {
        return Stream.of(
                new Row(
                        "an unknown subnet",
                        s -> s.with(AwsSettings.SUBNETS, "subnet-0000"),
                        Code.SUBNET_NOT_FOUND),
                new Row(
                        "a security group's Name that nobody has",
                        s -> s.with(AwsSettings.SECURITY_GROUPS, "nobody"),
                        Code.SECURITY_GROUP_NOT_FOUND),
                new Row(
                        "no IPv6 subnet",
                        s -> s.families(IpFamily.IPV4, IpFamily.IPV6),
                        Code.NO_SUBNET),
                new Row(
                        "dual stack with ip-address-type ipv4",
                        s -> s.families(IpFamily.IPV6).with(AwsSettings.IP_ADDRESS_TYPE, "ipv4"),
                        Code.IP_FAMILY_NOT_SUPPORTED),
                new Row(
                        "Elastic IPs on an internal balancer",
                        s -> s.internal().with(AwsSettings.EIPS, "eipalloc-1,eipalloc-2"),
                        Code.CONFLICTING_ANNOTATIONS),
                new Row(
                        "one Elastic IP for two subnets",
                        s -> s.with(AwsSettings.EIPS, "eipalloc-1"),
                        Code.INVALID_ANNOTATION_VALUE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"rows", "places"})
    void refusesBeforeAnythingIsMade(Row row) {
        try (Account account = new Account()) {
            account.bring(row.change().apply(account.spec("web")).spec());

            assertThat(account.codes()).contains(row.code().name());
            assertThat(account.problems).anyMatch(p -> p.blocks());
            assertThat(account.writes()).isZero();
        }
    }

    record Warned(String name, UnaryOperator<Specs> change, Code code) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Warned> warnings() {
        return Stream.of(
                new Warned(
                        "no providerID", s -> s.nodes(withNode("")), Code.NODE_WITHOUT_PROVIDER_ID),
                new Warned(
                        "a foreign providerID",
                        s -> s.nodes(withNode("gce://p/z/vm")),
                        Code.FOREIGN_PROVIDER_ID),
                new Warned(
                        "an instance that is not there",
                        s -> s.nodes(withNode("aws:///eu-west-1a/i-0000")),
                        Code.NODE_NOT_IN_CLOUD),
                new Warned(
                        "a health check of the user's",
                        s -> s.with(AwsSettings.CHECK_INTERVAL, "10"),
                        Code.HEALTH_CHECK_OVERRIDDEN),
                new Warned(
                        "PROXY v2 with Local and a port that understands it",
                        s ->
                                s.carrier(Carrier.PROXY_PROTOCOL_V2)
                                        .with(AwsSettings.CHECK_PORT, "traffic-port"),
                        Code.HEALTH_CHECK_OVERRIDDEN),
                new Warned(
                        "TLS ports without certificate",
                        s -> s.with(AwsSettings.TLS_PORTS, "80"),
                        Code.ANNOTATION_IGNORED),
                new Warned(
                        "an affinity with a time of its own",
                        s -> s.sticky(Duration.ofMinutes(5)),
                        Code.AFFINITY_TIMEOUT_IGNORED),
                new Warned(
                        "a backend protocol of Classic balancers",
                        s -> s.with(AwsSettings.BACKEND_PROTOCOL, "https"),
                        Code.ANNOTATION_IGNORED));
    }

    private static List<Backend> withNode(String providerId) {
        try (Account account = new Account()) {
            return List.of(account.nodes.getFirst(), Specs.node("odd", providerId, "10.0.9.9"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("warnings")
    void warnsAndServes(Warned row) {
        try (Account account = new Account()) {
            AwsObserved made = account.bring(row.change().apply(account.spec("web")).spec());

            assertThat(account.codes()).contains(row.code().name());
            assertThat(made.balancers()).hasSize(1);
            assertThat(made.targetGroups().values())
                    .allMatch(g -> g.targets().stream().noneMatch(t -> t.id().equals("i-0000")));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("warnings")
    void deletesWhatWasMadeWithAWarning(Warned row) {
        try (Account account = new Account()) {
            String before = account.dump();
            account.remove(account.bring(row.change().apply(account.spec("web")).spec()));

            assertThat(account.dump()).isEqualTo(before);
        }
    }

    record Unanswered(String name, UnaryOperator<Specs> change, boolean warned) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Unanswered> checksOfUdp() {
        ServicePort udp = Specs.udp(53, 30_053);
        return Stream.of(
                new Unanswered("by the contract", s -> s.ports(udp).cluster(), false),
                new Unanswered(
                        "on the traffic port",
                        s -> s.ports(udp).with(AwsSettings.CHECK_PORT, "traffic-port"),
                        true),
                new Unanswered(
                        "by a part that leaves kube-proxy's port",
                        s -> s.ports(udp).cluster().with(AwsSettings.CHECK_PROTOCOL, "tcp"),
                        true),
                new Unanswered(
                        "of a TCP port by the UDP port's name",
                        s -> s.ports(Specs.tcp(80), udp).with(AwsSettings.CHECK_PORT, "udp-53"),
                        true),
                new Unanswered(
                        "of a UDP port by the TCP port's name",
                        s -> s.ports(Specs.tcp(80), udp).with(AwsSettings.CHECK_PORT, "tcp-80"),
                        false),
                new Unanswered(
                        "on a port of both",
                        s ->
                                s.ports(Specs.tcp(53), udp)
                                        .with(AwsSettings.CHECK_PORT, "traffic-port"),
                        false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("checksOfUdp")
    void warnsOfChecksThatUdpDoesNotAnswer(Unanswered row) {
        List<Problem> problems = new Checks(row.change().apply(new Specs()).spec()).problems();

        assertThat(problems.stream().anyMatch(p -> p.message().contains("UDP only")))
                .isEqualTo(row.warned());
        assertThat(problems).noneMatch(Problem::blocks);
    }

    @Test
    void namesThePortsThatAHealthCheckCanHave() {
        try (Account account = new Account()) {
            account.bring(
                    account.spec("web")
                            .ports(Specs.tcp(80), Specs.tcp(81))
                            .with(AwsSettings.CHECK_PORT, "status")
                            .spec());

            assertThat(account.problems.toString()).contains("'status'", "[tcp-80, tcp-81]");
        }
    }

    @Test
    void namesBothNodePortsOfADuplicatePort() {
        try (Account account = new Account()) {
            account.bring(
                    account.spec("dns")
                            .ports(Specs.tcp(53), new ServicePort("u", Protocol.UDP, 53, 31_000))
                            .spec());

            assertThat(account.problems.getFirst().text()).contains("30053", "31000");
        }
    }
}
