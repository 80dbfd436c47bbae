package dev.origo.embedded.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.nodes.Purpose.ClusterIp;
import dev.origo.embedded.nodes.Purpose.Entry;
import dev.origo.embedded.nodes.Purpose.NodePort;
import dev.origo.embedded.nodes.Routing.Forward;
import dev.origo.embedded.nodes.Routing.Refuse;
import dev.origo.embedded.nodes.View.Endpoint;
import dev.origo.embedded.nodes.View.Node;
import dev.origo.embedded.nodes.View.Pod;
import dev.origo.embedded.nodes.View.Port;
import dev.origo.embedded.nodes.View.Service;
import dev.origo.model.Affinity;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceKey;
import dev.origo.model.TrafficPolicy;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoutingTest {
    private static final ServiceKey KEY = new ServiceKey("default", "web");
    private static final Entry NODE_1 = new NodePort("n1", KEY, Protocol.TCP, 80);
    private static final Entry CLUSTER_IP = new ClusterIp(KEY, Protocol.TCP, 80);
    private static final String OUTSIDE = "127.0.0.77";
    private static final String POD_ON_1 = "10.244.1.9";

    private static final Endpoint READY_1 = Endpoint.ready("10.244.1.2", 80, "n1");
    private static final Endpoint READY_2 = Endpoint.ready("10.244.2.2", 80, "n2");
    private static final Endpoint LEAVING_1 = leaving("10.244.1.3", "n1", true);
    private static final Endpoint LEAVING_2 = leaving("10.244.2.3", "n2", true);
    private static final Endpoint DONE_1 = leaving("10.244.1.4", "n1", false);
    private static final Endpoint STARTING_1 =
            new Endpoint("10.244.1.5", 80, "n1", false, false, false);

    private static Endpoint leaving(String address, String node, boolean serving) {
        return new Endpoint(address, 80, node, false, serving, true);
    }

    /// @param policy of both kinds
    record Row(
            String name,
            TrafficPolicy policy,
            Entry via,
            String client,
            List<Endpoint> endpoints,
            String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(fromOutside(), whileTheyLeave(), fromInside()).flatMap(rows -> rows);
    }

    private static Stream<Row> fromOutside() {
        return Stream.of(
                cluster("any ready pod", NODE_1, "10.244.1.2 10.244.2.2 as 127.0.1.1"),
                local(
                        "the local pod",
                        OUTSIDE,
                        List.of(READY_1, READY_2),
                        "10.244.1.2 as 127.0.0.77"),
                local("no local pod", OUTSIDE, List.of(READY_2, STARTING_1), "WOULD_BE_DROPPED"),
                local("no pod at all", OUTSIDE, List.of(STARTING_1, DONE_1), "NO_ENDPOINT"));
    }

    /// Source: KEP-1669.
    private static Stream<Row> whileTheyLeave() {
        return Stream.of(
                local(
                        "one still serves",
                        OUTSIDE,
                        List.of(LEAVING_1, READY_2),
                        "10.244.1.3 as 127.0.0.77"),
                local(
                        "a ready one is better",
                        OUTSIDE,
                        List.of(LEAVING_1, READY_1),
                        "10.244.1.2 as 127.0.0.77"),
                local(
                        "one serves elsewhere",
                        OUTSIDE,
                        List.of(DONE_1, LEAVING_2),
                        "WOULD_BE_DROPPED"),
                new Row(
                        "all that still serve",
                        TrafficPolicy.CLUSTER,
                        NODE_1,
                        OUTSIDE,
                        List.of(LEAVING_1, LEAVING_2, DONE_1),
                        "10.244.1.3 10.244.2.3 as 127.0.1.1"));
    }

    private static Stream<Row> fromInside() {
        return Stream.of(
                cluster("cluster IP", CLUSTER_IP, "10.244.1.2 10.244.2.2 as 127.0.0.77"),
                local(
                        "a pod is not bound by the policy",
                        POD_ON_1,
                        List.of(READY_2, STARTING_1),
                        "10.244.2.2 as 10.244.1.9"),
                local(
                        "nor is the node itself",
                        "127.0.1.1",
                        List.of(READY_2, STARTING_1),
                        "10.244.2.2 as 127.0.1.1"),
                local(
                        "another node is",
                        "127.0.2.1",
                        List.of(READY_2, STARTING_1),
                        "WOULD_BE_DROPPED"),
                inside("internal policy Local", POD_ON_1, "10.244.1.2 as 10.244.1.9"),
                inside("internal policy Local on a node", "127.0.2.1", "10.244.2.2 as 127.0.2.1"),
                inside("internal policy Local from nowhere", OUTSIDE, "WOULD_BE_DROPPED"));
    }

    private static Row cluster(String name, Entry via, String expected) {
        return new Row(
                name,
                TrafficPolicy.CLUSTER,
                via,
                OUTSIDE,
                List.of(READY_1, READY_2, LEAVING_1),
                expected);
    }

    private static Row local(
            String name, String client, List<Endpoint> endpoints, String expected) {
        return new Row(name, TrafficPolicy.LOCAL, NODE_1, client, endpoints, expected);
    }

    private static Row inside(String name, String client, String expected) {
        return new Row(
                name, TrafficPolicy.LOCAL, CLUSTER_IP, client, List.of(READY_1, READY_2), expected);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void decidesAsKubeProxyDoes(Row row) {
        Port port = new Port(Protocol.TCP, 80, 30080, row.endpoints());
        Service service =
                new Service(
                        KEY,
                        "10.96.0.10",
                        List.of(port),
                        row.policy(),
                        row.policy(),
                        0,
                        new Affinity.None());
        View view =
                new View(
                        List.of(Node.of("n1", "127.0.1.1"), Node.of("n2", "127.0.2.1")),
                        List.of(service),
                        List.of(new Pod("default/client", POD_ON_1, "n1", List.of())));

        assertThat(text(Routing.route(view, row.via(), row.client()))).isEqualTo(row.expected());
    }

    private static String text(Routing.Route route) {
        return switch (route) {
            case Refuse(SimulatedCluster.Outcome outcome) -> outcome.name();
            case Forward(List<Endpoint> endpoints, String source) ->
                    endpoints.stream().map(Endpoint::address).collect(Collectors.joining(" "))
                            + " as "
                            + source;
        };
    }
}
