package dev.origo.embedded.nodes;

import static dev.origo.embedded.nodes.Lab.CLIENT;
import static dev.origo.embedded.nodes.Lab.NODE_PORT;
import static dev.origo.embedded.nodes.Lab.node;
import static dev.origo.embedded.nodes.Lab.runs;
import static dev.origo.embedded.nodes.Lab.view;
import static dev.origo.embedded.nodes.Lab.web;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.embedded.nodes.SimulatedCluster.Config;
import dev.origo.embedded.nodes.SimulatedCluster.Connection;
import dev.origo.embedded.nodes.SimulatedCluster.Outcome;
import dev.origo.embedded.nodes.View.App;
import dev.origo.embedded.nodes.View.Pod;
import dev.origo.embedded.nodes.View.Speaks;
import dev.origo.model.Protocol;
import dev.origo.model.TrafficPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a change leaves alone, and what ends.
class ChangesTest {
    private static final App PEER = new App(7000, Speaks.PEER, false);
    private static final List<Pod> TWO = List.of(runs(1, PEER), runs(2, PEER));

    private Lab lab = new Lab();

    @AfterEach
    void end() {
        lab.close();
    }

    /// A client in the middle of a conversation with a pod.
    private record Talk(Socket socket, BufferedReader in, String pod) implements AutoCloseable {
        static Talk through(String node) throws IOException {
            Socket socket = Lab.connect(CLIENT, node, NODE_PORT);
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            in.readLine();
            in.readLine();
            Talk talk = new Talk(socket, in, Lab.answeredBy(in.readLine()));
            in.readLine();
            return talk;
        }

        String hears(String line) throws IOException {
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            return in.readLine();
        }

        /// By a reset, or by an orderly end: if the relay's write to the pod meets the reset before
        /// its read does, the read gets an end of stream (tcp(7): a pending error is told once).
        boolean ended() throws IOException {
            try {
                return hears("there?") == null;
            } catch (SocketException _) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static View local(List<Pod> pods) {
        return view(web(TrafficPolicy.LOCAL, pods), pods);
    }

    @Test
    void killingAPodEndsItsConnectionsAndNoOther() throws IOException {
        lab.apply(local(TWO));
        try (Talk kept = Talk.through(node(2));
                Talk killed = Talk.through(node(3))) {
            assertThat(List.of(kept.pod(), killed.pod()))
                    .containsExactly("default/web-1", "default/web-2");

            lab.apply(local(List.of(TWO.getFirst())));

            assertThat(killed.ended()).isTrue();
            assertThat(kept.hears("there?")).isEqualTo("there?");
        }
    }

    @Test
    void scalingUpAndFlippingThePolicyKeepsConnections() throws IOException {
        lab.apply(local(TWO));
        List<Pod> more = List.of(TWO.get(0), TWO.get(1), runs(3, PEER));
        try (Talk talk = Talk.through(node(2))) {
            lab.apply(local(more));
            lab.apply(view(web(TrafficPolicy.CLUSTER, more), more));

            assertThat(talk.hears("there?")).isEqualTo("there?");
        }
    }

    @Test
    void connectionsOutliveTheServiceButNotTheNode() throws IOException {
        lab.apply(local(TWO));
        try (Talk talk = Talk.through(node(2))) {
            lab.apply(new View(Lab.nodes(), List.of(), TWO));
            assertThat(talk.hears("there?")).isEqualTo("there?");
            assertThatThrownBy(() -> Talk.through(node(2))).isInstanceOf(IOException.class);

            lab.apply(new View(List.of(Lab.nodes().getFirst()), List.of(), TWO));
            assertThat(talk.ended()).isTrue();
        }
    }

    @Test
    void aPodThatStartsToSpeakOtherwiseIsOpenedAnew() throws IOException {
        lab.apply(local(List.of(runs(1, PEER))));
        lab.apply(local(List.of(runs(1, App.http(7000)))));

        assertThat(Lab.get(CLIENT, node(2), NODE_PORT)).startsWith("HTTP/1.1 200");
    }

    @Test
    void openConnectionsAreShown() throws IOException {
        lab.apply(local(TWO));
        try (Talk talk = Talk.through(node(2))) {
            assertThat(lab.cluster.connections())
                    .containsExactly(
                            new Connection(
                                    CLIENT,
                                    talk.socket().getLocalPort(),
                                    "node-2",
                                    Lab.WEB,
                                    Protocol.TCP,
                                    CLIENT,
                                    Lab.pod(1)));
        }
    }

    @Test
    void aHalfClosedConnectionCarriesTheRest() throws IOException {
        lab.apply(local(TWO));
        byte[] bytes = new byte[3_000_000];
        new Random(7).nextBytes(bytes);
        String sent = new String(bytes, StandardCharsets.ISO_8859_1);
        try (Socket socket = Lab.connect(CLIENT, node(2), NODE_PORT)) {
            Thread writer = Thread.ofVirtual().start(() -> send(socket, bytes));
            byte[] got = socket.getInputStream().readAllBytes();
            writer.join();
            assertThat(new String(got, StandardCharsets.ISO_8859_1).endsWith(sent)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void restart(int connectionsMax, Duration idle) {
        lab.close();
        lab = new Lab(c -> new Config(false, connectionsMax, idle, c.clock(), c.random(), c.log()));
        lab.apply(local(TWO));
    }

    @Test
    void aFullNodeRefusesAndSaysSo() throws IOException {
        restart(1, Duration.ofMinutes(1));
        try (Talk talk = Talk.through(node(2))) {
            assertThatThrownBy(() -> Talk.through(node(2)).hears("?"))
                    .isInstanceOf(SocketException.class);
            assertThat(talk.hears("there?")).isEqualTo("there?");
        }
        assertThat(lab.cluster.tallies().keySet()).anyMatch(t -> t.outcome() == Outcome.LIMIT);
        assertThat(lab.log)
                .containsExactly(
                        "node-2, default/web TCP/8080: refused, as there are too many connections");
    }

    @Test
    void anIdleConnectionEnds() throws IOException {
        restart(8, Duration.ofMillis(50));
        try (Talk talk = Talk.through(node(2))) {
            assertThatThrownBy(() -> talk.in().readLine()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aPortInUseIsToldAndTakenOnceItIsFree() throws IOException {
        List<String> faults;
        try (ServerSocket taken = new ServerSocket(NODE_PORT, 1, Lab.real(node(2)))) {
            assertThat(taken.isBound()).isTrue();
            faults = lab.cluster.update(local(TWO));
            Talk.through(node(3)).close();
        }
        assertThat(faults)
                .containsExactly(
                        "default/web TCP/8080 of node-2 can't listen on %s:%d/TCP: Address already in use"
                                .formatted(node(2), NODE_PORT));

        lab.apply(local(TWO));
        Talk.through(node(2)).close();
    }

    @Test
    void anAddressOutsideIsTold() {
        Pod stray = new Pod("default/stray", "192.0.2.1", "node-1", List.of(PEER));

        assertThat(lab.cluster.update(view(web(TrafficPolicy.CLUSTER, TWO), List.of(stray))))
                .singleElement()
                .asString()
                .contains("192.0.2.1:7000/TCP", "10.244.0.0/16");
    }

    @Test
    void closeLeavesNoSocketAndNoThread(@TempDir Path directory) throws Exception {
        List<Talk> talks = new ArrayList<>();
        lab.apply(local(TWO));
        talks.add(Talk.through(node(2)));
        talks.add(Talk.through(node(3)));
        assertThat(threads(directory.resolve("before"))).isNotEmpty();

        lab.close();

        for (Talk talk : talks) {
            assertThat(talk.ended()).isTrue();
            talk.close();
        }
        for (int n = 1; n <= 3; n++) {
            for (int port : new int[] {NODE_PORT, Lab.HEALTH, 10249, 10256}) {
                new ServerSocket(port, 1, Lab.real(node(n))).close();
            }
        }
        assertThat(threads(directory.resolve("after"))).isEmpty();
        assertThatThrownBy(() -> lab.cluster.update(View.EMPTY))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closeEndsWhatMakesACertificate() {
        lab.apply(local(List.of(runs(1, new App(8443, Speaks.HTTPS, false)))));

        lab.close();

        assertThat(ProcessHandle.current().children()).isEmpty();
        assertThat(lab.log).isEmpty();
    }

    /// Ours among the threads of this process, virtual ones included.
    private static List<String> threads(Path file) throws Exception {
        ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class)
                .dumpThreads(
                        file.toString(),
                        com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.contains("origo nodes: ")).toList();
        }
    }
}
