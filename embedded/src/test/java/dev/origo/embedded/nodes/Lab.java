package dev.origo.embedded.nodes;

import dev.origo.embedded.nodes.SimulatedCluster.Config;
import dev.origo.embedded.nodes.View.App;
import dev.origo.embedded.nodes.View.Endpoint;
import dev.origo.embedded.nodes.View.Node;
import dev.origo.embedded.nodes.View.Pod;
import dev.origo.embedded.nodes.View.Port;
import dev.origo.embedded.nodes.View.Service;
import dev.origo.model.Affinity;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceKey;
import dev.origo.model.TrafficPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// A cluster of three nodes with sockets, and clients with addresses of their own. Another run of
/// these tests on the same machine has other addresses.
final class Lab implements AutoCloseable {
    static final String CLIENT = "127.0.0.77";
    static final ServiceKey WEB = new ServiceKey("default", "web");
    static final int NODE_PORT = 30080;
    static final int HEALTH = 32000;

    private static final int LANE = (int) (ProcessHandle.current().pid() % 200);
    private static final Pattern SEEN = Pattern.compile("client_address=(\\S+)");
    private static final Pattern POD = Pattern.compile("pod=(\\S+)");

    final List<String> log = new CopyOnWriteArrayList<>();
    final SimulatedCluster cluster;

    Lab() {
        this(config -> config);
    }

    Lab(UnaryOperator<Config> change) {
        Config config =
                new Config(
                        false,
                        64,
                        Duration.ofMinutes(1),
                        () -> Instant.parse("2026-01-02T03:04:05Z"),
                        new Random(1),
                        log::add);
        cluster = SimulatedCluster.start(change.apply(config));
    }

    static String node(int number) {
        return "127.0.%d.%d".formatted(20 + LANE, number);
    }

    static String pod(int number) {
        return "10.244.%d.%d".formatted(LANE, number);
    }

    static String clusterIp() {
        return "10.97.%d.1".formatted(LANE);
    }

    static List<Node> nodes() {
        return IntStream.rangeClosed(1, 3).mapToObj(n -> Node.of("node-" + n, node(n))).toList();
    }

    /// The pod of this number is on the node of this number.
    static Pod runs(int number, App... apps) {
        return new Pod(
                "default/web-" + number, pod(number), "node-" + (1 + number % 3), List.of(apps));
    }

    static Endpoint behind(Pod pod) {
        return Endpoint.ready(pod.address(), pod.apps().getFirst().port(), pod.node());
    }

    static Service web(TrafficPolicy policy, List<Pod> pods) {
        List<Endpoint> endpoints = pods.stream().map(Lab::behind).toList();
        return service(policy, new Port(Protocol.TCP, 8080, NODE_PORT, endpoints));
    }

    static Service service(TrafficPolicy policy, Port... ports) {
        return new Service(
                WEB,
                clusterIp(),
                List.of(ports),
                policy,
                TrafficPolicy.CLUSTER,
                policy == TrafficPolicy.LOCAL ? HEALTH : 0,
                new Affinity.None());
    }

    static View view(Service service, List<Pod> pods) {
        return new View(nodes(), List.of(service), pods);
    }

    /// Applies it, and expects that all of it could be had.
    void apply(View view) {
        List<String> faults = cluster.update(view);
        if (!faults.isEmpty()) {
            throw new AssertionError(faults);
        }
    }

    static Socket connect(String from, String to, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(real(from), 0));
        socket.connect(new InetSocketAddress(real(to), port), 10_000);
        socket.setSoTimeout(20_000);
        return socket;
    }

    static InetAddress real(String address) {
        return Addresses.loopback(address).orElseThrow();
    }

    /// All that comes back.
    static String say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.shutdownOutput();
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    static String get(String from, String to, int port) throws IOException {
        return get(from, to, port, "/");
    }

    static String get(String from, String to, int port, String path) throws IOException {
        try (Socket socket = connect(from, to, port)) {
            return say(socket, "GET %s HTTP/1.1\r\nHost: web\r\n\r\n".formatted(path));
        }
    }

    /// The client's address, as the application saw it.
    static String seen(String answer) {
        return first(SEEN, answer);
    }

    static String answeredBy(String answer) {
        return first(POD, answer);
    }

    private static String first(Pattern pattern, String text) {
        Matcher match = pattern.matcher(text);
        if (!match.find()) {
            throw new AssertionError("no " + pattern + " in: " + text);
        }
        return match.group(1);
    }

    @Override
    public void close() {
        cluster.close();
    }
}
