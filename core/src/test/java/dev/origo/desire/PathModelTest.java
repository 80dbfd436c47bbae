package dev.origo.desire;

import static dev.origo.model.TrafficPolicy.CLUSTER;
import static dev.origo.model.TrafficPolicy.LOCAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.origo.model.Carrier;
import dev.origo.model.ClientAddress;
import dev.origo.model.Code;
import dev.origo.model.HealthCheck;
import dev.origo.model.PortPath;
import dev.origo.model.PortPath.Kind;
import dev.origo.model.PortPath.Targets;
import dev.origo.model.Problem;
import dev.origo.model.Scheme;
import dev.origo.model.TrafficPolicy;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The rows are those of the AWS truth table (reference/aws.md, section 3) and of the Kubernetes
/// tutorial "Using Source IP" (K and L). Expected: delivery, carrier, verdict, what the application
/// sees, code; then the codes of findings.
class PathModelTest {
    private static final int NODE_PORT = 32122;
    private static final HealthCheck.Probe HEALTH_CHECK_NODE_PORT =
            new HealthCheck.Http(NODE_PORT, "/healthz");
    private static final HealthCheck.Probe KUBE_PROXY = new HealthCheck.Http(10256, "/healthz");
    private static final HealthCheck.Probe TRAFFIC_PORT = new HealthCheck.TrafficPort();

    private static final String CLIENT =
            "forwards packet Preserved client ClientAddressPreserved []";
    private static final String NODE = "forwards packet Lost node SourceNatByNode []";
    private static final String BALANCER = "terminates none Lost balancer SourceNatByBalancer []";

    record Row(String name, PortPath path, TrafficPolicy policy, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    /// A path that is varied word by word: TCP to instances, source kept.
    record Way(Kind kind, Targets targets, Carrier carrier, Set<String> facts) {
        PortPath probed(HealthCheck.Probe probe) {
            return new PortPath(
                    80,
                    kind,
                    targets,
                    carrier,
                    facts.contains("keeps"),
                    facts.contains("translates"),
                    facts.contains("private link"),
                    probe,
                    !facts.contains("plain checks"));
        }

        PortPath path() {
            return probed(KUBE_PROXY);
        }
    }

    private static Way instances(Kind kind, String... facts) {
        return new Way(kind, Targets.INSTANCES, Carrier.NONE, Set.of(facts));
    }

    private static Way proxied(Targets targets, String... facts) {
        return new Way(Kind.TCP, targets, Carrier.PROXY_PROTOCOL_V2, Set.of(facts));
    }

    private static Way pods(Kind kind, String... facts) {
        return new Way(kind, Targets.PODS, Carrier.NONE, Set.of(facts));
    }

    private static final List<Row> INSTANCE_ROWS =
            List.of(
                    new Row("1", instances(Kind.TCP, "keeps").path(), LOCAL, CLIENT),
                    new Row("2", instances(Kind.TCP, "keeps").path(), CLUSTER, NODE),
                    new Row("3", instances(Kind.TCP).path(), LOCAL, BALANCER),
                    new Row(
                            "4",
                            instances(Kind.TCP).path(),
                            CLUSTER,
                            "terminates none Lost node SourceNatByNode []"),
                    new Row(
                            "5, preserve on",
                            proxied(Targets.INSTANCES, "keeps").probed(TRAFFIC_PORT),
                            CLUSTER,
                            "forwards proxy-protocol-v2 InHeader node ClientInProxyHeader [ClientInProxyHeader]"),
                    new Row(
                            "5, preserve off",
                            proxied(Targets.INSTANCES).probed(TRAFFIC_PORT),
                            CLUSTER,
                            "terminates proxy-protocol-v2 InHeader node ClientInProxyHeader [ClientInProxyHeader]"),
                    new Row(
                            "5, but asks 10256",
                            proxied(Targets.INSTANCES, "keeps").path(),
                            CLUSTER,
                            "forwards proxy-protocol-v2 Refused unknown ProxyProtocolHealthCheckConflict"
                                    + " [ProxyProtocolHealthCheckConflict]"),
                    new Row(
                            "6",
                            proxied(Targets.INSTANCES, "keeps").probed(HEALTH_CHECK_NODE_PORT),
                            LOCAL,
                            "forwards proxy-protocol-v2 Refused unknown ProxyProtocolHealthCheckConflict"
                                    + " [ProxyProtocolHealthCheckConflict]"),
                    new Row(
                            "6 by node address",
                            proxied(Targets.NODE_ADDRESSES).probed(HEALTH_CHECK_NODE_PORT),
                            LOCAL,
                            "terminates proxy-protocol-v2 Refused unknown ProxyProtocolHealthCheckConflict"
                                    + " [ProxyProtocolHealthCheckConflict]"),
                    new Row(
                            "6, probe on a port that speaks PROXY",
                            proxied(Targets.INSTANCES, "keeps").probed(TRAFFIC_PORT),
                            LOCAL,
                            "forwards proxy-protocol-v2 InHeader client ClientInProxyHeader [ClientInProxyHeader]"),
                    new Row(
                            "6, user's own HTTP port",
                            proxied(Targets.INSTANCES).probed(new HealthCheck.Http(8080, "/ready")),
                            LOCAL,
                            "terminates proxy-protocol-v2 InHeader balancer ClientInProxyHeader [ClientInProxyHeader]"),
                    new Row(
                            "6, checks without the header",
                            proxied(Targets.INSTANCES, "plain checks")
                                    .probed(HEALTH_CHECK_NODE_PORT),
                            LOCAL,
                            "terminates proxy-protocol-v2 InHeader balancer ClientInProxyHeader [ClientInProxyHeader]"),
                    new Row(
                            "7, Local",
                            instances(Kind.TLS, "keeps").path(),
                            LOCAL,
                            "terminates packet Preserved client ClientAddressPreserved []"),
                    new Row(
                            "7, Cluster",
                            instances(Kind.TLS, "keeps").path(),
                            CLUSTER,
                            "terminates packet Lost node SourceNatByNode []"),
                    new Row("8, UDP", instances(Kind.UDP, "keeps").path(), LOCAL, CLIENT),
                    new Row("8, TCP_UDP", instances(Kind.TCP_UDP, "keeps").path(), LOCAL, CLIENT),
                    new Row("9, UDP", instances(Kind.UDP, "keeps").path(), CLUSTER, NODE),
                    new Row("9, TCP_UDP", instances(Kind.TCP_UDP, "keeps").path(), CLUSTER, NODE));

    static List<Row> instanceRows() {
        return INSTANCE_ROWS;
    }

    private static final List<Row> OTHER_ROWS =
            List.of(
                    new Row("10, Cluster", pods(Kind.TCP).path(), CLUSTER, BALANCER),
                    new Row(
                            "10, Local",
                            pods(Kind.TCP).path(),
                            LOCAL,
                            "terminates none Lost balancer SourceNatByBalancer [PolicyLocalWithoutEffect]"),
                    new Row("11, Cluster", pods(Kind.TCP, "keeps").path(), CLUSTER, CLIENT),
                    new Row("11, Local", pods(Kind.TCP, "keeps").path(), LOCAL, CLIENT),
                    new Row(
                            "12, preserve off",
                            proxied(Targets.PODS).probed(HEALTH_CHECK_NODE_PORT),
                            LOCAL,
                            "terminates proxy-protocol-v2 InHeader balancer ClientInProxyHeader [ClientInProxyHeader]"),
                    new Row(
                            "12, preserve on",
                            proxied(Targets.PODS, "keeps").path(),
                            CLUSTER,
                            "forwards proxy-protocol-v2 InHeader client ClientInProxyHeader [ClientInProxyHeader]"),
                    new Row("13", pods(Kind.UDP, "keeps").path(), CLUSTER, CLIENT),
                    new Row(
                            "14, pods",
                            pods(Kind.TCP, "keeps", "translates").path(),
                            CLUSTER,
                            "terminates none Lost balancer FamilyTranslation []"),
                    new Row(
                            "14, instances",
                            instances(Kind.TCP, "keeps", "translates").path(),
                            LOCAL,
                            "terminates none Lost balancer FamilyTranslation []"),
                    new Row(
                            "15",
                            instances(Kind.TCP, "keeps", "private link").path(),
                            LOCAL,
                            "terminates none Lost balancer PrivateLink []"),
                    new Row(
                            "15 with PROXY",
                            proxied(Targets.INSTANCES, "keeps", "private link")
                                    .probed(TRAFFIC_PORT),
                            CLUSTER,
                            "terminates proxy-protocol-v2 InHeader node ClientInProxyHeader [ClientInProxyHeader]"),
                    new Row(
                            "16, append, Local",
                            instances(Kind.HTTP_APPENDS).probed(HEALTH_CHECK_NODE_PORT),
                            LOCAL,
                            "terminates forwarded-header InHeader balancer ClientInForwardedHeader []"),
                    new Row(
                            "16, append, Cluster",
                            instances(Kind.HTTP_APPENDS).path(),
                            CLUSTER,
                            "terminates forwarded-header InHeader node ClientInForwardedHeader []"),
                    new Row(
                            "16, append, pods",
                            pods(Kind.HTTP_APPENDS).path(),
                            CLUSTER,
                            "terminates forwarded-header InHeader balancer ClientInForwardedHeader []"),
                    new Row(
                            "16, preserve",
                            instances(Kind.HTTP_PRESERVES).path(),
                            LOCAL,
                            "terminates none Lost balancer ForwardedHeaderSpoofable []"),
                    new Row(
                            "16, remove",
                            instances(Kind.HTTP_REMOVES).path(),
                            LOCAL,
                            "terminates none Lost balancer ForwardedHeaderRemoved []"),
                    new Row(
                            "16 with PROXY",
                            new Way(
                                            Kind.HTTP_APPENDS,
                                            Targets.INSTANCES,
                                            Carrier.PROXY_PROTOCOL_V2,
                                            Set.of())
                                    .path(),
                            CLUSTER,
                            "terminates proxy-protocol-v2 Refused unknown ClientAddressModeNotSupported"
                                    + " [ClientAddressModeNotSupported]"));

    static List<Row> otherRows() {
        return OTHER_ROWS;
    }

    static List<Row> tutorialRows() {
        return List.of(
                new Row("K2", instances(Kind.TCP, "keeps").path(), CLUSTER, NODE),
                new Row("K3", instances(Kind.TCP, "keeps").path(), LOCAL, CLIENT),
                new Row("L2", instances(Kind.TCP, "keeps").path(), CLUSTER, NODE),
                new Row(
                        "L5",
                        instances(Kind.TCP, "keeps").probed(HEALTH_CHECK_NODE_PORT),
                        LOCAL,
                        CLIENT),
                new Row("L6, nothing agreed on", instances(Kind.TCP).path(), LOCAL, BALANCER),
                new Row(
                        "L6, X-Forwarded-For",
                        instances(Kind.HTTP_APPENDS).path(),
                        LOCAL,
                        "terminates forwarded-header InHeader balancer ClientInForwardedHeader []"),
                new Row(
                        "L6, PROXY v1",
                        new Way(
                                        Kind.TCP,
                                        Targets.INSTANCES,
                                        Carrier.PROXY_PROTOCOL_V1,
                                        Set.of("plain checks"))
                                .path(),
                        LOCAL,
                        "terminates proxy-protocol-v1 InHeader balancer ClientInProxyHeader [ClientInProxyHeader]"),
                new Row(
                        "L7",
                        new Way(Kind.TCP, Targets.NODE_ADDRESSES, Carrier.PACKET, Set.of("keeps"))
                                .probed(HEALTH_CHECK_NODE_PORT),
                        LOCAL,
                        CLIENT),
                new Row(
                        "UDP with PROXY",
                        new Way(
                                        Kind.UDP,
                                        Targets.INSTANCES,
                                        Carrier.PROXY_PROTOCOL_V2,
                                        Set.of("keeps"))
                                .path(),
                        CLUSTER,
                        "forwards proxy-protocol-v2 Refused unknown ProxyProtocolNeedsTcp [ProxyProtocolNeedsTcp]"),
                new Row(
                        "TLS with PROXY",
                        new Way(
                                        Kind.TLS,
                                        Targets.INSTANCES,
                                        Carrier.PROXY_PROTOCOL_V2,
                                        Set.of("keeps"))
                                .probed(TRAFFIC_PORT),
                        CLUSTER,
                        "terminates proxy-protocol-v2 InHeader node ClientInProxyHeader [ClientInProxyHeader]"));
    }

    @ParameterizedTest
    @MethodSource({"instanceRows", "otherRows", "tutorialRows"})
    void tellsWhatTheApplicationSees(Row row) {
        assertThat(told(PathModel.explain(row.path(), setting(row.policy()))))
                .isEqualTo(row.expected());
    }

    @Test
    void theWorstPortSpeaksForTheService() {
        PortPath good = instances(Kind.TCP, "keeps").path();
        PortPath bad = instances(Kind.TCP).path();
        assertThat(told(PathModel.explain(List.of(good, bad, good), setting(LOCAL))))
                .isEqualTo(BALANCER);
    }

    @Test
    void aRefusedPortRefusesTheServiceAndKeepsTheOthersFindings() {
        PortPath warned = pods(Kind.TCP).path();
        PortPath refused = proxied(Targets.INSTANCES).probed(HEALTH_CHECK_NODE_PORT);
        ClientAddress merged = PathModel.explain(List.of(warned, refused, refused), setting(LOCAL));
        assertThat(merged.verdict()).hasToString("Refused");
        assertThat(codes(merged))
                .containsExactly(
                        Code.POLICY_LOCAL_WITHOUT_EFFECT,
                        Code.PROXY_PROTOCOL_HEALTH_CHECK_CONFLICT);
    }

    @Test
    void amongEquallyBadPortsTheFirstSpeaks() {
        PortPath first = instances(Kind.HTTP_REMOVES).path();
        PortPath second = instances(Kind.HTTP_PRESERVES).path();
        assertThat(PathModel.explain(List.of(first, second), setting(LOCAL)).code())
                .isEqualTo(Code.FORWARDED_HEADER_REMOVED);
    }

    @Test
    void aServiceWithoutPortsHasNoPath() {
        assertThatThrownBy(() -> PathModel.explain(List.of(), setting(LOCAL)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anInternalBalancerThatKeepsTheSourceRisksHairpins() {
        var internal = new PathModel.Setting(LOCAL, Scheme.INTERNAL, NODE_PORT);
        PortPath keeps = instances(Kind.TCP, "keeps").path();
        assertThat(codes(PathModel.explain(keeps, internal))).containsExactly(Code.HAIRPIN_RISK);
        assertThat(codes(PathModel.explain(instances(Kind.TCP).path(), internal))).isEmpty();
    }

    @Test
    void findingsThatOnlyInformDoNotBlock() {
        PortPath path = proxied(Targets.INSTANCES).probed(TRAFFIC_PORT);
        assertThat(Problem.anyBlocks(PathModel.explain(path, setting(CLUSTER)).findings()))
                .isFalse();
    }

    @Test
    void hopsGoFromTheClientToThePodAndPassTheNodeOnlyByNodePort() {
        assertThat(PathModel.explain(instances(Kind.TCP).path(), setting(CLUSTER)).hops())
                .extracting(ClientAddress.Hop::hop, ClientAddress.Hop::code)
                .containsExactly(
                        tuple("client", Code.CLIENT_ADDRESS_PRESERVED),
                        tuple("balancer", Code.SOURCE_NAT_BY_BALANCER),
                        tuple("node", Code.SOURCE_NAT_BY_NODE),
                        tuple("pod", Code.SOURCE_NAT_BY_NODE));
        assertThat(PathModel.explain(pods(Kind.TCP).path(), setting(CLUSTER)).hops())
                .extracting(ClientAddress.Hop::hop)
                .containsExactly("client", "balancer", "pod");
    }

    private static PathModel.Setting setting(TrafficPolicy policy) {
        return new PathModel.Setting(
                policy, Scheme.INTERNET_FACING, policy == LOCAL ? NODE_PORT : 0);
    }

    private static List<Code> codes(ClientAddress address) {
        return address.findings().stream().map(Problem::code).toList();
    }

    private static String told(ClientAddress address) {
        return "%s %s %s %s %s %s"
                .formatted(
                        address.delivery(),
                        address.carrier(),
                        address.verdict(),
                        address.sees(),
                        address.code().reason(),
                        codes(address).stream().map(Code::reason).toList());
    }
}
