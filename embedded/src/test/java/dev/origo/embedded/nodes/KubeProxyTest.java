package dev.origo.embedded.nodes;

import static dev.origo.embedded.nodes.Lab.CLIENT;
import static dev.origo.embedded.nodes.Lab.NODE_PORT;
import static dev.origo.embedded.nodes.Lab.answeredBy;
import static dev.origo.embedded.nodes.Lab.clusterIp;
import static dev.origo.embedded.nodes.Lab.get;
import static dev.origo.embedded.nodes.Lab.node;
import static dev.origo.embedded.nodes.Lab.pod;
import static dev.origo.embedded.nodes.Lab.runs;
import static dev.origo.embedded.nodes.Lab.seen;
import static dev.origo.embedded.nodes.Lab.view;
import static dev.origo.embedded.nodes.Lab.web;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.embedded.nodes.SimulatedCluster.Outcome;
import dev.origo.embedded.nodes.SimulatedCluster.Tally;
import dev.origo.embedded.nodes.View.App;
import dev.origo.embedded.nodes.View.Pod;
import dev.origo.embedded.nodes.View.Port;
import dev.origo.embedded.nodes.View.Service;
import dev.origo.embedded.nodes.View.Speaks;
import dev.origo.model.Affinity;
import dev.origo.model.Protocol;
import dev.origo.model.TrafficPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Rows K1 to K3 and L4 of the tutorials, with real connections.
class KubeProxyTest {
    private final Lab lab = new Lab();
    private final Pod two = runs(2, App.http(80));
    private final Pod three = runs(3, App.http(80));

    @AfterEach
    void end() {
        lab.close();
    }

    @Test
    void k1ThePodSeesTheClientPodThroughAClusterIp() throws IOException {
        lab.apply(view(web(TrafficPolicy.CLUSTER, List.of(two)), List.of(two)));

        assertThat(seen(get(pod(9), clusterIp(), 8080))).isEqualTo(pod(9));
        assertThat(get(CLIENT, node(1), 10249, "/proxyMode")).endsWith("\r\n\r\nnftables");
    }

    @Test
    void k2PolicyClusterShowsTheAddressOfTheNode() throws IOException {
        lab.apply(view(web(TrafficPolicy.CLUSTER, List.of(two)), List.of(two)));

        for (int n = 1; n <= 3; n++) {
            assertThat(seen(get(CLIENT, node(n), NODE_PORT))).isEqualTo(node(n));
        }
    }

    @Test
    void k3PolicyLocalShowsTheClientWhereThereIsAPodAndRefusesElsewhere() throws IOException {
        lab.apply(view(web(TrafficPolicy.LOCAL, List.of(two)), List.of(two)));

        assertThat(seen(get(CLIENT, node(3), NODE_PORT))).isEqualTo(CLIENT);
        for (int n = 1; n <= 2; n++) {
            int other = n;
            assertThatThrownBy(() -> get(CLIENT, node(other), NODE_PORT))
                    .isInstanceOf(SocketException.class);
        }
        assertThatThrownBy(() -> get(CLIENT, node(1), NODE_PORT))
                .isInstanceOf(SocketException.class);

        assertThat(lab.log)
                .as("told once a node")
                .hasSize(2)
                .allMatch(line -> line.contains("the real kube-proxy drops the packets"));
        Tally dropped = new Tally("node-1", "default/web TCP/8080", Outcome.WOULD_BE_DROPPED);
        assertThat(lab.cluster.tallies()).containsEntry(dropped, 2L);
    }

    @Test
    void l4HealthFollowsTheLocalPods() throws IOException {
        lab.apply(view(web(TrafficPolicy.LOCAL, List.of(two)), List.of(two)));

        assertThat(get(CLIENT, node(3), Lab.HEALTH, "/healthz"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nX-Load-Balancing-Endpoint-Weight: 1\r\n");
        assertThat(get(CLIENT, node(1), Lab.HEALTH, "/healthz"))
                .startsWith("HTTP/1.1 503 Service Unavailable\r\n");
        // The true address travels through the node that says 200, and through no other.
        assertThat(seen(get(CLIENT, node(3), NODE_PORT))).isEqualTo(CLIENT);
    }

    @Test
    void aServiceWithoutEndpointsRefuses() {
        lab.apply(view(web(TrafficPolicy.CLUSTER, List.of()), List.of()));

        assertThatThrownBy(() -> get(CLIENT, node(1), NODE_PORT))
                .isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> get(pod(9), clusterIp(), 8080))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void policyClusterSpreadsOverAllPods() throws IOException {
        lab.apply(view(web(TrafficPolicy.CLUSTER, List.of(two, three)), List.of(two, three)));

        assertThat(answers(20)).containsExactlyInAnyOrder(two.name(), three.name());
    }

    @Test
    void aClientStaysWithItsPodByAffinity() throws IOException {
        Service any = web(TrafficPolicy.CLUSTER, List.of(two, three));
        Service kept =
                new Service(
                        any.key(),
                        any.clusterIp(),
                        any.ports(),
                        any.external(),
                        any.internal(),
                        0,
                        new Affinity.ClientIp(Duration.ofHours(3)));
        lab.apply(view(kept, List.of(two, three)));

        assertThat(answers(20)).hasSize(1);
    }

    private static Set<String> answers(int count) throws IOException {
        Set<String> pods = new HashSet<>();
        for (int i = 0; i < count; i++) {
            pods.add(answeredBy(get(CLIENT, node(1), NODE_PORT)));
        }
        return pods;
    }

    @Test
    void aPodThatReachesItselfSeesItsNode() throws IOException {
        lab.apply(view(web(TrafficPolicy.CLUSTER, List.of(two)), List.of(two)));

        assertThat(seen(get(pod(2), clusterIp(), 8080))).isEqualTo(node(3));
    }

    @Test
    void datagramsFollowTheSameRules() throws IOException {
        Pod dns = runs(2, new App(53, Speaks.UDP, false));
        Port port = new Port(Protocol.UDP, 53, 30053, List.of(Lab.behind(dns)));

        lab.apply(view(Lab.service(TrafficPolicy.CLUSTER, port), List.of(dns)));
        assertThat(seen(ask(CLIENT, node(1), 30053))).isEqualTo(node(1));
        assertThat(seen(ask(pod(9), clusterIp(), 53))).isEqualTo(pod(9));

        lab.apply(view(Lab.service(TrafficPolicy.LOCAL, port), List.of(dns)));
        assertThat(seen(ask(CLIENT, node(3), 30053))).isEqualTo(CLIENT);
    }

    @Test
    void aDatagramToANodeWithoutAPodIsDropped() throws IOException {
        Pod dns = runs(2, new App(53, Speaks.UDP, false));
        Port port = new Port(Protocol.UDP, 53, 30053, List.of(Lab.behind(dns)));
        lab.apply(view(Lab.service(TrafficPolicy.LOCAL, port), List.of(dns)));

        try (DatagramChannel client = DatagramChannel.open()) {
            client.bind(new InetSocketAddress(Lab.real(CLIENT), 0)).configureBlocking(false);
            client.send(
                    ByteBuffer.wrap(new byte[] {1}),
                    new InetSocketAddress(Lab.real(node(1)), 30053));
            // A pod is not bound by the policy. Its datagram comes after the other.
            assertThat(seen(ask(pod(9), node(1), 30053))).isEqualTo(pod(9));
            assertThat(client.receive(ByteBuffer.allocate(9))).isNull();
        }
        assertThat(lab.cluster.tallies())
                .containsEntry(
                        new Tally("node-1", "default/web UDP/53", Outcome.WOULD_BE_DROPPED), 1L);
    }

    @Test
    void aFlowOfDatagramsMovesWhenItsPodIsNoLongerReady() throws IOException {
        App app = new App(53, Speaks.UDP, false);
        List<Pod> pods = List.of(runs(2, app), runs(3, app));
        try (DatagramSocket socket = client(CLIENT, node(1), 30053)) {
            for (Pod ready : pods) {
                Port port = new Port(Protocol.UDP, 53, 30053, List.of(Lab.behind(ready)));
                lab.apply(view(Lab.service(TrafficPolicy.CLUSTER, port), pods));
                for (int i = 0; i < 2; i++) {
                    assertThat(answeredBy(ask(socket))).isEqualTo(ready.name());
                }
            }
            assertThat(lab.cluster.tallies())
                    .as("one flow with each pod")
                    .containsEntry(
                            new Tally("node-1", "default/web UDP/53", Outcome.FORWARDED), 2L);
        }
    }

    private static String ask(String from, String to, int port) throws IOException {
        try (DatagramSocket socket = client(from, to, port)) {
            return ask(socket);
        }
    }

    private static DatagramSocket client(String from, String to, int port) throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(Lab.real(from), 0));
        socket.connect(new InetSocketAddress(Lab.real(to), port));
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static String ask(DatagramSocket socket) throws IOException {
        byte[] question = "who am I?".getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(question, question.length));
        DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
        socket.receive(answer);
        String text = new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
        assertThat(text).endsWith("received=who am I?\n");
        return text;
    }

    @Test
    void withOneAddressEverythingIsReachableAndNothingIsKept() throws IOException {
        try (Lab small =
                new Lab(c ->
                        new SimulatedCluster.Config(
                                true,
                                c.connectionsMax(),
                                c.idleTimeout(),
                                c.clock(),
                                c.random(),
                                c.log()))) {
            small.apply(view(web(TrafficPolicy.LOCAL, List.of(two)), List.of(two)));

            int port =
                    small.cluster.reach(Protocol.TCP, node(3), NODE_PORT).orElseThrow().getPort();
            assertThat(seen(get("127.0.0.1", "127.0.0.1", port))).isEqualTo("127.0.0.1");
            assertThat(small.cluster.limits())
                    .anyMatch(line -> line.contains("the client's address is not kept"));
        }
        assertThat(lab.cluster.limits())
                .isNotEmpty()
                .noneMatch(line -> line.contains("the client's address is not kept"));
    }
}
