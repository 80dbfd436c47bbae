package dev.origo.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChangesTest {
    private static final String SERVICE =
            """
            {"kind":"Service","apiVersion":"v1","metadata":{"name":"web","namespace":"shop","uid":"u",
            "resourceVersion":"1","annotations":{"a":"1"},"labels":{"l":"1"},
            "finalizers":["service.kubernetes.io/load-balancer-cleanup","x"]},
            "spec":{"type":"LoadBalancer","selector":{"app":"web"},"externalTrafficPolicy":"Local",
            "ports":[{"port":80,"nodePort":30080}]},
            "status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}}}
            """;
    private static final String NODE =
            """
            {"kind":"Node","apiVersion":"v1","metadata":{"name":"n","resourceVersion":"1",
            "labels":{"l":"1"}},"spec":{"providerID":"p","taints":[{"key":"t"}]},
            "status":{"addresses":[{"type":"InternalIP","address":"10.0.0.1"}],
            "conditions":[{"type":"Ready","status":"True","lastHeartbeatTime":"2026-01-01T00:00:00Z"}]}}
            """;
    private static final String FINALIZER = "service.kubernetes.io/load-balancer-cleanup";

    record Row(String name, String from, String to, boolean matters) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> services() {
        return Stream.of(
                new Row("nothing", "", "", false),
                new Row(
                        "resourceVersion",
                        "\"resourceVersion\":\"1\"",
                        "\"resourceVersion\":\"2\"",
                        false),
                new Row("status", "192.0.2.1", "192.0.2.2", false),
                new Row("label", "\"l\":\"1\"", "\"l\":\"2\"", false),
                new Row("selector", "\"app\":\"web\"", "\"app\":\"other\"", false),
                new Row("another's finalizer", "\"x\"", "\"y\"", false),
                new Row("our finalizer is lost", FINALIZER, "y", true),
                new Row("annotation", "\"a\":\"1\"", "\"a\":\"2\"", true),
                new Row("uid", "\"uid\":\"u\"", "\"uid\":\"v\"", true),
                new Row("policy", "Local", "Cluster", true),
                new Row("type", "LoadBalancer\",", "NodePort\",", true),
                new Row("port", "\"port\":80", "\"port\":81", true),
                new Row("node port", "30080", "30081", true),
                new Row(
                        "deletion",
                        "\"uid\"",
                        "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"uid\"",
                        true),
                new Row("generation", "\"uid\"", "\"generation\":2,\"uid\"", true),
                new Row(
                        "class",
                        "\"selector\"",
                        "\"loadBalancerClass\":\"a/b\",\"selector\"",
                        true),
                new Row("family", "\"selector\"", "\"ipFamilies\":[\"IPv6\"],\"selector\"", true),
                new Row(
                        "range",
                        "\"selector\"",
                        "\"loadBalancerSourceRanges\":[\"10.0.0.0/8\"],\"selector\"",
                        true),
                new Row(
                        "health check port",
                        "\"selector\"",
                        "\"healthCheckNodePort\":31000,\"selector\"",
                        true),
                new Row(
                        "affinity",
                        "\"selector\"",
                        "\"sessionAffinity\":\"ClientIP\",\"selector\"",
                        true));
    }

    @ParameterizedTest
    @MethodSource("services")
    void ofAService(Row row) {
        assertThat(
                        Changes.matter(
                                ServiceMapper.snapshot(Objects.service(SERVICE)),
                                ServiceMapper.snapshot(Objects.service(replaced(SERVICE, row)))))
                .isEqualTo(row.matters());
    }

    static Stream<Row> nodes() {
        return Stream.of(
                new Row("nothing", "", "", false),
                new Row("heartbeat", "2026-01-01T00:00:00Z", "2026-01-01T00:05:00Z", false),
                new Row("readiness", "\"status\":\"True\"", "\"status\":\"False\"", false),
                new Row("cordon", "\"providerID\"", "\"unschedulable\":true,\"providerID\"", false),
                new Row(
                        "lifecycle taint",
                        "{\"key\":\"t\"}",
                        "{\"key\":\"t\"},{\"key\":\"node.kubernetes.io/not-ready\"}",
                        false),
                new Row(
                        "autoscaler taint",
                        "{\"key\":\"t\"}",
                        "{\"key\":\"t\"},{\"key\":\"ToBeDeletedByClusterAutoscaler\"}",
                        true),
                new Row(
                        "label",
                        "\"l\":\"1\"",
                        "\"node.kubernetes.io/exclude-from-external-load-balancers\":\"\"",
                        true),
                new Row("providerId", "\"p\"", "\"q\"", true),
                new Row("address", "10.0.0.1", "10.0.0.2", true),
                new Row(
                        "deletion",
                        "\"name\"",
                        "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"name\"",
                        true));
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void ofANode(Row row) {
        assertThat(
                        Changes.matter(
                                NodeMapper.snapshot(Objects.node(NODE)),
                                NodeMapper.snapshot(Objects.node(replaced(NODE, row)))))
                .isEqualTo(row.matters());
    }

    private static String replaced(String json, Row row) {
        assertThat(json).contains(row.from());
        return row.from().isEmpty() ? json : json.replace(row.from(), row.to());
    }
}
