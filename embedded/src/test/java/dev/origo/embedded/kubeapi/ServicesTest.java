package dev.origo.embedded.kubeapi;

import static dev.origo.embedded.kubeapi.Cluster.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.kubeapi.Cluster.Answer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Defaults, allocation and checks of Services. The end-to-end scenario "dev: the embedded API
/// answers kubectl as the real API server does" has the same beside kube-apiserver.
final class ServicesTest {
    private static final String PORT = "\"ports\":[{\"port\":80}]";
    private static final String BALANCED = "\"type\":\"LoadBalancer\"," + PORT;

    private final Cluster cluster = new Cluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    record Refused(String name, String spec, String message) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Refused> refused() {
        return Stream.of(
                new Refused("no ports", "", "spec.ports: Required value"),
                new Refused(
                        "port out of range",
                        "\"ports\":[{\"port\":70000,\"targetPort\":80}]",
                        "spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive"),
                new Refused(
                        "two ports without names",
                        "\"ports\":[{\"port\":80},{\"port\":81}]",
                        "[spec.ports[0].name: Required value, spec.ports[1].name: Required value]"),
                new Refused(
                        "unknown type",
                        "\"type\":\"Bad\"," + PORT,
                        "spec.type: Unsupported value: \"Bad\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\""),
                new Refused(
                        "policy of what is not external",
                        "\"externalTrafficPolicy\":\"Local\"," + PORT,
                        "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible services"),
                new Refused(
                        "class of what is not balanced",
                        "\"loadBalancerClass\":\"a/b\"," + PORT,
                        "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"),
                new Refused(
                        "node port out of range",
                        "\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":80}]",
                        "spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767"),
                new Refused(
                        "node port of another",
                        "\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":30086}]",
                        "spec.ports[0].nodePort: Invalid value: 30086: provided port is already allocated"),
                new Refused(
                        "address of another",
                        "\"clusterIP\":\"10.96.0.1\"," + PORT,
                        "spec.clusterIPs: Invalid value: [\"10.96.0.1\"]: failed to allocate IP 10.96.0.1: provided IP is already allocated"),
                new Refused(
                        "a family that is not there",
                        "\"ipFamilies\":[\"IPv6\"]," + PORT,
                        "spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster"),
                new Refused(
                        "a malformed range",
                        "\"loadBalancerSourceRanges\":[\"10.0.0.0/33\"]," + BALANCED,
                        "spec.LoadBalancerSourceRanges[0]: Invalid value: \"10.0.0.0/33\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
    }

    @ParameterizedTest
    @MethodSource
    void refused(Refused row) {
        cluster.service("first", BALANCED);
        Answer answer = cluster.service("x", row.spec());
        assertThat(answer.code()).isEqualTo(422);
        assertThat(answer.text("reason")).isEqualTo("Invalid");
        assertThat(answer.text("message")).isEqualTo("Service \"x\" is invalid: " + row.message());
        assertThat(cluster.get(SERVICES + "/x").code()).isEqualTo(404);
    }

    @Test
    void defaultsAndAllocates() {
        Answer answer = cluster.service("web", BALANCED);
        assertThat(answer.code()).isEqualTo(201);
        assertThat(Json.string(Json.at(answer.json(), "spec")))
                .isEqualTo(
                        """
                        {"type":"LoadBalancer","ports":[{"port":80,"protocol":"TCP","targetPort":80,"nodePort":30086}],\
                        "sessionAffinity":"None","externalTrafficPolicy":"Cluster","internalTrafficPolicy":"Cluster",\
                        "allocateLoadBalancerNodePorts":true,"ipFamilyPolicy":"SingleStack","clusterIP":"10.96.1.1",\
                        "clusterIPs":["10.96.1.1"],"ipFamilies":["IPv4"]}\
                        """);
        assertThat(answer.text()).doesNotContain("generation");
    }

    @Test
    void aHealthCheckPortComesWithLocalAndGoesWithCluster() {
        cluster.service("web", BALANCED);
        assertThat(
                        merged("{\"spec\":{\"externalTrafficPolicy\":\"Local\"}}")
                                .text("spec.healthCheckNodePort"))
                .isEqualTo("30087");
        assertThat(
                        merged("{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                                .text("spec.healthCheckNodePort"))
                .isEqualTo("30087");
        assertThat(merged("{\"spec\":{\"healthCheckNodePort\":30999}}").text("message"))
                .contains("spec.healthCheckNodePort: Forbidden: field is immutable");
        assertThat(
                        merged("{\"spec\":{\"externalTrafficPolicy\":\"Cluster\"}}")
                                .text("spec.healthCheckNodePort"))
                .isEmpty();
    }

    @Test
    void aChangeOfTypeTakesAlongWhatBelongedToTheOldOne() {
        cluster.service("web", "\"loadBalancerClass\":\"a/b\"," + BALANCED);
        assertThat(merged("{\"spec\":{\"loadBalancerClass\":\"a/c\"}}").text("message"))
                .isEqualTo(
                        "Service \"web\" is invalid: spec.loadBalancerClass: Invalid value: \"a/c\": may not change once set");
        status("{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\"}]}}}");
        Answer plain = merged("{\"spec\":{\"type\":\"ClusterIP\"}}");
        assertThat(plain.text())
                .doesNotContain(
                        "loadBalancerClass", "nodePort", "externalTrafficPolicy", "192.0.2.1");
        assertThat(plain.text("spec.clusterIP")).isEqualTo("10.96.1.1");
        assertThat(merged("{\"spec\":{\"type\":\"ExternalName\",\"externalName\":\"h\"}}").text())
                .doesNotContain("clusterIP", "ipFamil");
    }

    @Test
    void nodePortsStayWithTheNameOfTheirPort() {
        cluster.service(
                "web",
                "\"type\":\"NodePort\",\"ports\":[{\"name\":\"a\",\"port\":80},{\"name\":\"b\",\"port\":81}]");
        Answer after =
                cluster.put(
                        SERVICES + "/web",
                        Cluster.serviceBody(
                                "web",
                                "\"type\":\"NodePort\",\"ports\":[{\"name\":\"b\",\"port\":82},{\"name\":\"c\",\"port\":83}]"));
        assertThat(
                        Json.stream(after.json(), "spec.ports")
                                .map(p -> Json.text(p, "name") + Json.text(p, "nodePort"))
                                .toList())
                .isEqualTo(List.of("b30087", "c30086"));
    }

    @Test
    void bothProtocolsOfAPortShareTheirNodePort() {
        Answer answer =
                cluster.service(
                        "dns",
                        "\"type\":\"NodePort\",\"ports\":[{\"name\":\"u\",\"port\":53,\"protocol\":\"UDP\"},{\"name\":\"t\",\"port\":53}]");
        assertThat(
                        Json.stream(answer.json(), "spec.ports")
                                .map(p -> Json.text(p, "nodePort"))
                                .distinct())
                .containsExactly("30086");
    }

    @Test
    void aStatusChangesNoSpecAndASpecNoStatus() {
        cluster.service("web", BALANCED);
        Answer status =
                status(
                        "{\"spec\":{\"sessionAffinity\":\"ClientIP\"},\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\"}]}}}");
        assertThat(status.text("spec.sessionAffinity")).isEqualTo("None");
        assertThat(Json.string(Json.at(status.json(), "status")))
                .isEqualTo(
                        "{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\",\"ipMode\":\"VIP\"}]}}");
        assertThat(merged("{\"status\":{\"loadBalancer\":null}}").text()).contains("192.0.2.1");
        assertThat(
                        status(
                                        "{\"status\":{\"loadBalancer\":{\"ingress\":[{\"hostname\":\"h\",\"ipMode\":\"VIP\"}]}}}")
                                .text("message"))
                .contains(
                        "status.loadBalancer.ingress[0].ipMode: Forbidden: may not be specified when `ip` is not set");
    }

    @Test
    void itsEndWaitsForTheLastFinalizer() {
        cluster.service("web", BALANCED);
        status("{\"metadata\":{\"finalizers\":[\"a/b\"]}}");
        Answer deleted = cluster.delete(SERVICES + "/web");
        assertThat(deleted.text("metadata.deletionTimestamp")).isEqualTo("2026-03-04T05:06:07Z");
        assertThat(status("{\"metadata\":{\"finalizers\":[\"c/d\"]}}").text("message"))
                .contains(
                        "no new finalizers can be added if the object is being deleted, found new finalizers []string{\"c/d\"}");
        status("{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":[\"a/b\"]}}");
        assertThat(cluster.get(SERVICES + "/web").code()).isEqualTo(404);
    }

    private Answer merged(String body) {
        return cluster.patch(SERVICES + "/web", Patches.MERGE, body);
    }

    private Answer status(String body) {
        return cluster.patch(SERVICES + "/web/status", Patches.STRATEGIC, body);
    }
}
