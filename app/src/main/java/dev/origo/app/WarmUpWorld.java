package dev.origo.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/// The least of a Kubernetes API server and of AWS that a short life needs, on one port: one
/// Service, one node, and [an account](WarmUpCloud).
final class WarmUpWorld implements AutoCloseable {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final String META =
            "\"metadata\":{\"name\":\"%s\",\"uid\":\"0\",\"resourceVersion\":\"1\"%s}";

    private final HttpServer server;
    private final Path kubeconfig;

    private WarmUpWorld(HttpServer server, Path kubeconfig) {
        this.server = server;
        this.kubeconfig = kubeconfig;
    }

    static WarmUpWorld open() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", WarmUpWorld::aws);
        server.createContext("/api/", e -> send(e, core(e.getRequestURI().getPath())));
        server.createContext("/apis/", WarmUpWorld::lease);
        server.start();
        // The SDK reads credentials from here before anywhere else.
        System.setProperty("aws.accessKeyId", "warm-up");
        System.setProperty("aws.secretAccessKey", "warm-up");
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        Path file = Files.createTempFile("origo-warm-up", ".kubeconfig");
        Files.writeString(file, kubeconfig(url));
        return new WarmUpWorld(server, file);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    @Override
    public void close() throws IOException {
        server.stop(0);
        Files.deleteIfExists(kubeconfig);
    }

    private static String kubeconfig(String url) {
        return Json.text(
                Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Config",
                        "current-context",
                        "warm-up",
                        "contexts",
                        List.of(named("context", Map.of("cluster", "warm-up", "user", "warm-up"))),
                        "clusters",
                        List.of(named("cluster", Map.of("server", url))),
                        "users",
                        List.of(named("user", Map.of("token", "warm-up")))));
    }

    private static Map<String, Object> named(String kind, Map<String, String> content) {
        return Map.of("name", "warm-up", kind, content);
    }

    private static String core(String path) {
        if (path.endsWith("/namespaces/kube-system")) {
            return "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\","
                    + META.formatted("kube-system", "")
                    + "}";
        }
        if (path.endsWith("/services")) {
            return list(
                    "Service",
                    "{"
                            + META.formatted("warm-up", ",\"namespace\":\"default\"")
                            + ",\"spec\":{\"type\":\"LoadBalancer\",\"loadBalancerClass\":\"origo.dev/aws\",\"ports\":"
                            + "[{\"port\":80,\"nodePort\":30080,\"protocol\":\"TCP\"}],\"ipFamilies\":[\"IPv4\"]}}");
        }
        if (path.endsWith("/nodes")) {
            return list(
                    "Node",
                    "{"
                            + META.formatted("node", "")
                            + ",\"spec\":{\"providerID\":\"aws:///a/i-0\"},\"status\":{\"addresses\":"
                            + "[{\"type\":\"InternalIP\",\"address\":\"10.0.0.1\"}]}}");
        }
        return "{}";
    }

    private static String list(String kind, String item) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"%sList\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[%s]}"
                .formatted(kind, item);
    }

    /// There is no lease; one that is made is answered as it came, with a version.
    private static void lease(HttpExchange exchange) throws IOException {
        String body = body(exchange);
        if (exchange.getRequestMethod().equals("GET")) {
            send(exchange, NOT_FOUND, "{\"kind\":\"Status\",\"code\":404}");
            return;
        }
        send(exchange, body.replace("\"metadata\":{", "\"metadata\":{\"resourceVersion\":\"1\","));
    }

    private static void aws(HttpExchange exchange) throws IOException {
        send(exchange, WarmUpCloud.answer(body(exchange)));
    }

    private static String body(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, String text) throws IOException {
        send(exchange, OK, text);
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
