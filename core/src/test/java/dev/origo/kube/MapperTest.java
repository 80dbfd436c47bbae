package dev.origo.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.ServiceSnapshot;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MapperTest {
    private static final String META = "\"name\":\"web\",\"namespace\":\"shop\",\"uid\":\"u\"";

    record Row(String name, String json, Function<ServiceSnapshot, Object> part, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row spec(
            String name, String spec, Function<ServiceSnapshot, Object> part, String expected) {
        return new Row(name, ",\"spec\":{%s}".formatted(spec), part, expected);
    }

    private static Row status(
            String name, String status, Function<ServiceSnapshot, Object> part, String expected) {
        return new Row(name, ",\"status\":{%s}".formatted(status), part, expected);
    }

    static Stream<Row> ports() {
        return Stream.of(
                new Row("a bare object is of type ClusterIP", "", s -> s.type(), "CLUSTER_IP"),
                new Row("a bare object is IPv4", "", s -> s.ipFamilies(), "[IPV4]"),
                new Row("a bare object has no affinity", "", s -> s.affinity(), "None[]"),
                new Row("a bare object has no status", "", s -> s.status().ingress(), "[]"),
                spec("policy", "\"externalTrafficPolicy\":\"Local\"", s -> s.policy(), "LOCAL"),
                spec("policy defaults to Cluster", "", s -> s.policy(), "CLUSTER"),
                spec("type", "\"type\":\"LoadBalancer\"", s -> s.type(), "LOAD_BALANCER"),
                spec(
                        "a type of the future is none of ours",
                        "\"type\":\"X\"",
                        s -> s.type(),
                        "CLUSTER_IP"),
                spec("class", "\"loadBalancerClass\":\"a/b\"", s -> s.loadBalancerClass(), "a/b"),
                spec(
                        "ports",
                        "\"ports\":[{\"port\":80},{\"name\":\"d\",\"port\":53,"
                                + "\"protocol\":\"UDP\",\"nodePort\":30053,\"targetPort\":\"dns\"}]",
                        s -> s.ports(),
                        "[ServicePort[name=, protocol=TCP, port=80, nodePort=0],"
                                + " ServicePort[name=d, protocol=UDP, port=53, nodePort=30053]]"),
                spec(
                        "a protocol of the future",
                        "\"ports\":[{\"port\":80,\"protocol\":\"QUIC\"}]",
                        s -> s.ports(),
                        "[ServicePort[name=, protocol=OTHER, port=80, nodePort=0]]"),
                spec(
                        "health check port",
                        "\"healthCheckNodePort\":31000",
                        s -> s.healthCheckNodePort(),
                        "31000"));
    }

    static Stream<Row> addresses() {
        return Stream.of(
                spec(
                        "families in the Service's order",
                        "\"ipFamilies\":[\"IPv6\",\"IPv4\"]",
                        s -> s.ipFamilies(),
                        "[IPV6, IPV4]"),
                spec(
                        "families follow cluster IPs",
                        "\"clusterIP\":\"10.0.0.1\",\"clusterIPs\":[\"10.0.0.1\",\"fd00::1\"]",
                        s -> s.ipFamilies(),
                        "[IPV4, IPV6]"),
                spec(
                        "families follow the one cluster IP",
                        "\"clusterIP\":\"fd00::1\"",
                        s -> s.ipFamilies(),
                        "[IPV6]"),
                spec(
                        "headless is IPv4",
                        "\"clusterIPs\":[\"None\"]",
                        s -> s.ipFamilies(),
                        "[IPV4]"),
                spec(
                        "affinity defaults to 3 h",
                        "\"sessionAffinity\":\"ClientIP\"",
                        s -> s.affinity(),
                        "ClientIp[timeout=PT3H]"),
                spec(
                        "affinity with timeout",
                        "\"sessionAffinity\":\"ClientIP\","
                                + "\"sessionAffinityConfig\":{\"clientIP\":{\"timeoutSeconds\":60}}",
                        s -> s.affinity(),
                        "ClientIp[timeout=PT1M]"),
                spec(
                        "ranges",
                        "\"loadBalancerSourceRanges\":[\"10.0.0.0/8\"]",
                        s -> s.sourceRanges(),
                        "[10.0.0.0/8]"),
                spec(
                        "asked-for IP",
                        "\"loadBalancerIP\":\"192.0.2.9\"",
                        s -> s.loadBalancerIp(),
                        "192.0.2.9"));
    }

    static Stream<Row> statuses() {
        return Stream.of(
                status(
                        "an ingress IP without mode is a VIP",
                        "\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\"}]}",
                        s -> s.status().ingress(),
                        "[Ingress[address=Ip[literal=192.0.2.1, vip=true], ports=[]]]"),
                status(
                        "ingress mode, ports and host name",
                        "\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\",\"ipMode\":\"Proxy\","
                                + "\"ports\":[{\"port\":80,\"protocol\":\"TCP\",\"error\":\"E\"}]},"
                                + "{\"hostname\":\"h\"},{}]}",
                        s -> s.status().ingress(),
                        "[Ingress[address=Ip[literal=192.0.2.1, vip=false], ports=[PortStatus[port=80,"
                                + " protocol=TCP, error=E]]],"
                                + " Ingress[address=Hostname[name=h], ports=[]]]"),
                status(
                        "a condition's time that is none",
                        "\"conditions\":[{\"type\":\"T\",\"lastTransitionTime\":\"yesterday\"}]",
                        s -> s.status().conditions().getFirst().lastTransition(),
                        "1970-01-01T00:00:00Z"),
                status(
                        "conditions",
                        "\"conditions\":[{\"type\":\"T\",\"status\":\"False\",\"reason\":\"R\","
                                + "\"message\":\"m\",\"observedGeneration\":3,"
                                + "\"lastTransitionTime\":\"2026-01-02T03:04:05Z\"},{\"type\":\"U\"}]",
                        s -> s.status().conditions(),
                        "[Condition[type=T, status=FALSE, reason=R, message=m,"
                                + " lastTransition=2026-01-02T03:04:05Z, observedGeneration=3],"
                                + " Condition[type=U, status=UNKNOWN, reason=, message=,"
                                + " lastTransition=1970-01-01T00:00:00Z, observedGeneration=0]]"));
    }

    @ParameterizedTest
    @MethodSource({"ports", "addresses", "statuses"})
    void maps(Row row) {
        ServiceSnapshot snapshot = ServiceMapper.snapshot(Objects.service(META, row.json()));
        assertThat(row.part().apply(snapshot)).hasToString(row.expected());
    }

    @Test
    void mapsMetadataWithoutTheCopyOfTheManifest() {
        String meta =
                META
                        + ",\"resourceVersion\":\"9\",\"generation\":4,\"deletionTimestamp\":\"2026-01-01T00:00:00Z\","
                        + "\"finalizers\":[\"f\"],\"annotations\":{\"a\":\"1\","
                        + "\"kubectl.kubernetes.io/last-applied-configuration\":\"{}\"}";
        ServiceSnapshot snapshot = ServiceMapper.snapshot(Objects.service(meta, ""));
        assertThat(snapshot.key()).hasToString("shop/web");
        assertThat(snapshot.meta())
                .hasToString(
                        "Meta[uid=u, generation=4, resourceVersion=9, deleting=true,"
                                + " finalizers=[f], annotations={a=1}]");
    }

    @Test
    void mapsANode() {
        assertThat(
                        NodeMapper.snapshot(
                                Objects.node(
                                        "\"name\":\"n\",\"labels\":{\"l\":\"1\"},"
                                                + "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"",
                                        ",\"spec\":{\"providerID\":\"aws:///i-1\","
                                                + "\"taints\":[{\"key\":\"k\",\"effect\":\"NoSchedule\"}]},"
                                                + "\"status\":{\"addresses\":["
                                                + "{\"type\":\"Hostname\",\"address\":\"n\"},"
                                                + "{\"type\":\"InternalIP\",\"address\":\"10.0.0.1\"},"
                                                + "{\"type\":\"ExternalIP\",\"address\":\"192.0.2.1\"},"
                                                + "{\"type\":\"InternalIP\",\"address\":\"fd00::1\"}]}")))
                .hasToString(
                        "NodeSnapshot[name=n, providerId=aws:///i-1, internalIps=[10.0.0.1, fd00::1],"
                                + " labels={l=1}, taints=[k], deleting=true]");
    }

    /// One node's nonsense must not end the watch of all.
    @Test
    void leavesOutAddressesThatAreNone() {
        assertThat(
                        NodeMapper.snapshot(
                                Objects.node(
                                        "\"name\":\"n\"",
                                        ",\"spec\":{\"taints\":[{\"effect\":\"NoSchedule\"}]},"
                                                + "\"status\":{\"addresses\":[{\"type\":\"InternalIP\"},"
                                                + "{\"type\":\"InternalIP\",\"address\":\"n.example\"},"
                                                + "{\"type\":\"InternalIP\",\"address\":\"10.0.0.1\"}]}")))
                .hasToString(
                        "NodeSnapshot[name=n, providerId=, internalIps=[10.0.0.1], labels={}, taints=[],"
                                + " deleting=false]");
    }

    @Test
    void mapsABareNode() {
        assertThat(NodeMapper.snapshot(Objects.node("\"name\":\"n\"", "")))
                .hasToString(
                        "NodeSnapshot[name=n, providerId=, internalIps=[], labels={}, taints=[],"
                                + " deleting=false]");
    }
}
