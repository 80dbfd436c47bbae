package dev.origo.app.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.nodes.View;
import dev.origo.model.Affinity;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceKey;
import dev.origo.model.TrafficPolicy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What simulated nodes are told of the API server's objects.
final class ViewsTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static JsonNode json(String text) {
        return JSON.readTree(text.replace('\'', '"'));
    }

    private static View of(
            List<JsonNode> nodes,
            List<JsonNode> services,
            List<JsonNode> slices,
            List<JsonNode> pods) {
        return Views.of(new Views.Objects(nodes, services, slices, pods));
    }

    private record NodeRow(String name, String node, List<View.Node> seen) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<NodeRow> nodes() {
        String address =
                "'status': {'addresses': [{'type': 'Hostname', 'address': 'a'},"
                        + " {'type': 'InternalIP', 'address': '127.0.1.1'}]}";
        View.Node eligible = View.Node.of("n", "127.0.1.1");
        View.Node leaving = new View.Node("n", "127.0.1.1", false, true);
        return Stream.of(
                new NodeRow(
                        "a node",
                        "{'metadata': {'name': 'n'}, %s}".formatted(address),
                        List.of(eligible)),
                new NodeRow(
                        "cordoned stays",
                        ("{'metadata': {'name': 'n'}, 'spec': {'unschedulable': true, 'taints':"
                                        + " [{'key': 'node.kubernetes.io/unschedulable'}]}, %s}")
                                .formatted(address),
                        List.of(eligible)),
                new NodeRow(
                        "about to be removed by the autoscaler",
                        ("{'metadata': {'name': 'n'}, 'spec': {'taints':"
                                        + " [{'key': 'ToBeDeletedByClusterAutoscaler'}]}, %s}")
                                .formatted(address),
                        List.of(leaving)),
                new NodeRow(
                        "being deleted",
                        "{'metadata': {'name': 'n', 'deletionTimestamp': 'now'}, %s}"
                                .formatted(address),
                        List.of(leaving)),
                new NodeRow("without an address", "{'metadata': {'name': 'n'}}", List.of()));
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void aNodeIsItsInternalAddress(NodeRow row) {
        assertThat(of(List.of(json(row.node())), List.of(), List.of(), List.of()).nodes())
                .isEqualTo(row.seen());
    }

    private static final String SLICE =
            """
            {'metadata': {'namespace': '%s', 'name': 's', 'labels': {'kubernetes.io/service-name': '%s'}},
             'ports': [{'name': 'http', 'port': 8080}, {'name': 'https', 'port': 8443}],
             'endpoints': [
               {'addresses': ['10.244.1.2'], 'nodeName': 'n1',
                'conditions': {'ready': true, 'serving': true, 'terminating': false}},
               {'addresses': ['10.244.2.2'], 'nodeName': 'n2',
                'conditions': {'ready': false, 'serving': true, 'terminating': true}}]}
            """;

    @Test
    void aServiceHasTheEndpointsOfItsSlicesByTheNameOfThePort() {
        JsonNode service =
                json(
                        """
                        {'metadata': {'namespace': 'default', 'name': 'web'},
                         'spec': {'clusterIP': '10.96.0.10', 'externalTrafficPolicy': 'Local',
                                  'healthCheckNodePort': 32000, 'sessionAffinity': 'ClientIP',
                                  'ports': [{'name': 'http', 'port': 80, 'nodePort': 30080, 'protocol': 'TCP'},
                                            {'name': 'dns', 'port': 53, 'protocol': 'UDP'}]}}
                        """);
        List<JsonNode> slices =
                Stream.of(
                                SLICE.formatted("default", "web"),
                                SLICE.formatted("default", "other"),
                                SLICE.formatted("elsewhere", "web"))
                        .map(ViewsTest::json)
                        .toList();

        assertThat(of(List.of(), List.of(service), slices, List.of()).services())
                .containsExactly(
                        new View.Service(
                                new ServiceKey("default", "web"),
                                "10.96.0.10",
                                List.of(
                                        new View.Port(
                                                Protocol.TCP,
                                                80,
                                                30_080,
                                                List.of(
                                                        View.Endpoint.ready(
                                                                "10.244.1.2", 8_080, "n1"),
                                                        new View.Endpoint(
                                                                "10.244.2.2",
                                                                8_080,
                                                                "n2",
                                                                false,
                                                                true,
                                                                true))),
                                        new View.Port(Protocol.UDP, 53, 0, List.of())),
                                TrafficPolicy.LOCAL,
                                TrafficPolicy.CLUSTER,
                                32_000,
                                new Affinity.ClientIp(Duration.ofHours(3))));
    }

    @Test
    void aServiceWithoutMuchHasKubernetesDefaults() {
        JsonNode service =
                json(
                        "{'metadata': {'namespace': 'default', 'name': 'web'}, 'spec': {'ports': [{'port': 80}]}}");

        assertThat(of(List.of(), List.of(service), List.of(), List.of()).services())
                .containsExactly(
                        new View.Service(
                                new ServiceKey("default", "web"),
                                "",
                                List.of(new View.Port(Protocol.TCP, 80, 0, List.of())),
                                TrafficPolicy.CLUSTER,
                                TrafficPolicy.CLUSTER,
                                0,
                                new Affinity.None()));
    }

    private record PodRow(String name, String speaks, String ports, List<View.App> apps) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<PodRow> pods() {
        List<View.App> usual = List.of(View.App.http(8_080));
        return Stream.of(
                new PodRow("no port", "", "", usual),
                new PodRow(
                        "ports of its containers",
                        "",
                        "{'containerPort': 80}, {'containerPort': 81}",
                        List.of(View.App.http(80), View.App.http(81))),
                new PodRow(
                        "as it says",
                        "80=http,443=HTTPS,9000=peer,53=udp",
                        "{'containerPort': 1}",
                        List.of(
                                View.App.http(80),
                                new View.App(443, View.Speaks.HTTPS, false),
                                new View.App(9_000, View.Speaks.PEER, false),
                                new View.App(53, View.Speaks.UDP, false))),
                new PodRow(
                        "behind the PROXY protocol",
                        "80=http+proxy",
                        "",
                        List.of(new View.App(80, View.Speaks.HTTP, true))),
                new PodRow("what does not read so says nothing", "80=gopher,=http,x", "", usual));
    }

    @ParameterizedTest
    @MethodSource("pods")
    void aPodSpeaksAsItsAnnotationSaysOrHttp(PodRow row) {
        JsonNode pod =
                json(
                        ("{'metadata': {'namespace': 'default', 'name': 'web-1', 'annotations':"
                                        + " {'origo.dev/dev-speaks': '%s'}}, 'spec': {'nodeName': 'n1',"
                                        + " 'containers': [{'ports': [%s]}]}, 'status': {'podIP':"
                                        + " '10.244.1.2'}}")
                                .formatted(row.speaks(), row.ports()));

        assertThat(of(List.of(), List.of(), List.of(), List.of(pod)).pods())
                .containsExactly(new View.Pod("default/web-1", "10.244.1.2", "n1", row.apps()));
    }

    @Test
    void aPodWithoutAddressIsNotThereYet() {
        JsonNode pod = json("{'metadata': {'namespace': 'default', 'name': 'web-1'}}");

        assertThat(of(List.of(), List.of(), List.of(), List.of(pod)).pods()).isEmpty();
    }
}
