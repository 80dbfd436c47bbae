package dev.origo.embedded.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.origo.embedded.kubeapi.Rest.Content;
import dev.origo.embedded.kubeapi.Rest.Reply;
import dev.origo.embedded.kubeapi.Rest.Request;
import dev.origo.fuzz.Inputs;
import dev.origo.testkit.Simulation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/// What people apply to the embedded API server, patch there and select.
final class RequestsFuzzTest {
    private static final String SERVICES = "/api/v1/namespaces/default/services";

    private static final String SERVICE =
            """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"web","labels":{"a":"b"}},
            "spec":{"type":"LoadBalancer","selector":{"app":"web"},
            "ports":[{"name":"http","port":80,"targetPort":8080}],"loadBalancerClass":"origo.dev/aws"}}\
            """;

    static Stream<byte[]> manifests() {
        return Inputs.of(
                List.of(
                        SERVICE,
                        """
                        {"metadata":{"name":"a","annotations":{"k":"v"}},"spec":{"type":"NodePort",
                        "externalTrafficPolicy":"Local","ports":[{"port":1,"protocol":"UDP","nodePort":30000},
                        {"name":"b","port":2,"appProtocol":"http"}],"ipFamilies":["IPv6"],
                        "ipFamilyPolicy":"PreferDualStack","clusterIP":"None"}}\
                        """,
                        """
                        {"metadata":{"generateName":"a-"},"spec":{"type":"LoadBalancer","ports":[{"port":80}],
                        "loadBalancerSourceRanges":["10.0.0.0/8"],"sessionAffinity":"ClientIP",
                        "sessionAffinityConfig":{"clientIP":{"timeoutSeconds":1}},"healthCheckNodePort":30001,
                        "allocateLoadBalancerNodePorts":false,"loadBalancerIP":"1.2.3.4","externalIPs":["1.1.1.1"]}}\
                        """));
    }

    static Stream<byte[]> patches() {
        return Inputs.of(
                List.of(
                        "{\"spec\":{\"externalTrafficPolicy\":\"Local\"}}",
                        "{\"spec\":{\"ports\":[{\"port\":80,\"nodePort\":30000},{\"port\":81,\"name\":\"b\"}]}}",
                        "{\"metadata\":{\"labels\":null,\"finalizers\":[\"a/b\"]}}",
                        "{\"spec\":{\"$patch\":\"replace\",\"ports\":[{\"$patch\":\"delete\",\"port\":80}]}}",
                        "{\"spec\":{\"$setElementOrder/ports\":[{\"port\":80}],\"$retainKeys\":[\"ports\"]}}",
                        "{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":[\"a\"]}}",
                        "[{\"op\":\"replace\",\"path\":\"/spec/ports/0/port\",\"value\":81}]",
                        "[{\"op\":\"add\",\"path\":\"/spec/ports/-\",\"value\":{\"port\":82,\"name\":\"c\"}}]",
                        "[{\"op\":\"move\",\"from\":\"/spec/ports\",\"path\":\"/spec/ports/0\"}]",
                        "[{\"op\":\"test\",\"path\":\"/metadata/labels/a~1b~0\",\"value\":1},{\"op\":\"remove\",\"path\":\"\"}]"));
    }

    static Stream<byte[]> selectors() {
        return Inputs.of(
                List.of(
                        "a=b",
                        "a==b,c!=d",
                        "a in (b,c),d notin (e)",
                        "!a,b",
                        "a in (,)",
                        "metadata.name=web,metadata.namespace!=default",
                        ","));
    }

    @MethodSource("manifests")
    @FuzzTest
    void aManifestIsTakenOrRefused(byte[] bytes) {
        Rest rest = rest();
        answered(rest, new Request("POST", SERVICES, Map.of(), json("application/json", bytes)));
        answered(rest, new Request("GET", SERVICES, Map.of(), table()));
    }

    @MethodSource("patches")
    @FuzzTest
    void aPatchIsTakenOrRefused(byte[] bytes) {
        Rest rest = rest();
        rest.create((ObjectNode) Json.parse(SERVICE.getBytes(StandardCharsets.UTF_8)));
        for (String type : Patches.ACCEPTED) {
            answered(rest, new Request("PATCH", SERVICES + "/web", Map.of(), json(type, bytes)));
        }
        answered(rest, new Request("GET", SERVICES + "/web", Map.of(), table()));
    }

    @MethodSource("selectors")
    @FuzzTest
    void aSelectorIsTakenOrRefused(byte[] bytes) {
        Rest rest = rest();
        rest.create((ObjectNode) Json.parse(SERVICE.getBytes(StandardCharsets.UTF_8)));
        String text = new String(bytes, StandardCharsets.UTF_8);
        for (String parameter : List.of("labelSelector", "fieldSelector")) {
            answered(rest, new Request("GET", SERVICES, Map.of(parameter, text), table()));
        }
    }

    private static Rest rest() {
        Rest rest = new Rest(new Registry(new Store(), new Simulation(0).process("api")));
        ObjectNode namespace = Kind.NAMESPACE.blank();
        namespace.putObject("metadata").put("name", "default");
        rest.create(namespace);
        return rest;
    }

    private static void answered(Rest rest, Request request) {
        try {
            Reply reply = rest.answer(request);
            assertThat(reply.code()).isBetween(200, 299);
        } catch (Refusal refusal) {
            assertThat(refusal.code()).isBetween(400, 499);
        }
    }

    private static Content json(String type, byte[] body) {
        return new Content("application/json", type, body);
    }

    private static Content table() {
        return new Content("application/json;as=Table;v=v1;g=meta.k8s.io", "", new byte[0]);
    }
}
