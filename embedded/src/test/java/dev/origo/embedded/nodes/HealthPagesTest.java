package dev.origo.embedded.nodes;

import static dev.origo.embedded.nodes.Lab.CLIENT;
import static dev.origo.embedded.nodes.Lab.HEALTH;
import static dev.origo.embedded.nodes.Lab.get;
import static dev.origo.embedded.nodes.Lab.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.embedded.nodes.View.Endpoint;
import dev.origo.embedded.nodes.View.Node;
import dev.origo.embedded.nodes.View.Port;
import dev.origo.embedded.nodes.View.Service;
import dev.origo.model.Affinity;
import dev.origo.model.Protocol;
import dev.origo.model.TrafficPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HealthPagesTest {
    private static final Node NODE = Node.of("node-1", node(1));

    private final Lab lab = new Lab();

    @AfterEach
    void end() {
        lab.close();
    }

    /// Source: TestServer in kubernetes `pkg/proxy/healthcheck/healthcheck_test.go`.
    @Test
    void aServicesPageFollowsKubeProxysOwnTest() throws IOException {
        String at = "node-1";
        sees(NODE, HEALTH, ready(0, at), "503 weight 0 healthy true");
        sees(NODE, HEALTH, ready(18, at), "200 weight 18 healthy true");
        sees(NODE, HEALTH, ready(18, "node-2"), "503 weight 0 healthy true");
        sees(NODE, HEALTH, ready(11, at), "200 weight 11 healthy true");

        lab.apply(new View(List.of(NODE), List.of(), List.of()));
        assertThatThrownBy(() -> get(CLIENT, node(1), HEALTH))
                .as("without the Service nobody listens")
                .isInstanceOf(ConnectException.class);

        sees(NODE, HEALTH + 1, ready(0, at), "503 weight 0 healthy true");
        sees(NODE, HEALTH + 1, ready(18, at), "200 weight 18 healthy true");
        assertThatThrownBy(() -> get(CLIENT, node(1), HEALTH))
                .as("the old port is closed")
                .isInstanceOf(ConnectException.class);

        Node late = new Node("node-1", node(1), true, false);
        sees(late, HEALTH + 1, ready(18, at), "503 weight 18 healthy false");
        sees(NODE, HEALTH + 1, ready(18, at), "200 weight 18 healthy true");
    }

    private static List<Endpoint> ready(int count, String node) {
        return IntStream.range(0, count)
                .mapToObj(i -> Endpoint.ready(Lab.pod(1 + i), 80, node))
                .toList();
    }

    private void sees(Node node, int port, List<Endpoint> endpoints, String expected)
            throws IOException {
        lab.apply(new View(List.of(node), List.of(service(port, endpoints)), List.of()));
        String answer = get(CLIENT, node(1), port, "/healthz");
        String[] words = expected.split(" ", -1);
        assertThat(answer)
                .startsWith("HTTP/1.1 " + words[0])
                .contains("\r\nContent-Type: application/json\r\n")
                .contains("\r\nX-Content-Type-Options: nosniff\r\n")
                .contains("\r\nX-Load-Balancing-Endpoint-Weight: " + words[2] + "\r\n")
                .endsWith(
                        """
                        \r\n\r\n{
                        \t"service": {
                        \t\t"namespace": "default",
                        \t\t"name": "web"
                        \t},
                        \t"localEndpoints": %s,
                        \t"serviceProxyHealthy": %s
                        }\
                        """
                                .formatted(words[2], words[4]));
    }

    private static Service service(int healthPort, List<Endpoint> endpoints) {
        return new Service(
                Lab.WEB,
                "None",
                List.of(
                        new Port(Protocol.TCP, 80, 30080, endpoints),
                        // A pod with two ports counts once.
                        new Port(Protocol.TCP, 443, 30443, endpoints)),
                TrafficPolicy.LOCAL,
                TrafficPolicy.CLUSTER,
                healthPort,
                new Affinity.None());
    }

    @Test
    void aPodThatOnlyServesUntilItsEndDoesNotCount() throws IOException {
        Endpoint leaving = new Endpoint(Lab.pod(1), 80, "node-1", false, true, true);

        sees(NODE, HEALTH, List.of(leaving), "503 weight 0 healthy true");
    }

    record Row(String name, Node node, String path, int status, String body) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        Node leaving = new Node("node-1", node(1), false, true);
        Node late = new Node("node-1", node(1), true, false);
        return Stream.of(
                new Row("good", NODE, "/healthz", 200, "\"nodeEligible\":true,\"healthy\":true"),
                new Row(
                        "leaving",
                        leaving,
                        "/healthz",
                        503,
                        "\"nodeEligible\":false,\"healthy\":true"),
                new Row("late", late, "/healthz", 503, "\"nodeEligible\":true,\"healthy\":false"),
                new Row("alive", NODE, "/livez", 200, ",\"healthy\":true"),
                new Row("leaving, alive", leaving, "/livez", 200, "Z\",\"healthy\":true"),
                new Row("late, not alive", late, "/livez", 503, "Z\",\"healthy\":false"),
                new Row("elsewhere", NODE, "/", 404, "404 page not found"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void kubeProxySaysHowItIs(Row row) throws IOException {
        lab.apply(new View(List.of(row.node()), List.of(), List.of()));

        assertThat(get(CLIENT, node(1), 10256, row.path()))
                .startsWith("HTTP/1.1 %d ".formatted(row.status()))
                .contains("\r\nX-Content-Type-Options: nosniff\r\n")
                .contains(row.body());
    }
}
