package dev.origo.kube;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/// An API server that answers what a test tells it to, and remembers what it was asked. Watches
/// stream over plain HTTP.
final class FakeApiServer implements AutoCloseable {
    private static final String END = "";

    /// A request as it came in.
    record Call(String method, String path, String contentType, String body) {}

    /// What it is answered with.
    record Answer(int code, String body) {
        static Answer ok(String body) {
            return new Answer(200, body);
        }

        static Answer status(int code, String message) {
            return new Answer(
                    code,
                    """
                    {"kind":"Status","apiVersion":"v1","status":"Failure","code":%d,"message":"%s"}
                    """
                            .formatted(code, message));
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Function<Call, Answer>> answers = new ConcurrentHashMap<>();
    private final Map<String, BlockingQueue<String>> streams = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();

    FakeApiServer() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /// How `METHOD /path` is answered from now on.
    void answer(String methodAndPath, Function<Call, Answer> answer) {
        answers.put(methodAndPath, answer);
    }

    void answer(String methodAndPath, Answer answer) {
        answer(methodAndPath, _ -> answer);
    }

    /// A list of one page.
    void list(String path, String kind, String... items) {
        answer(
                "GET " + path,
                Answer.ok(
                        """
                        {"kind":"%sList","apiVersion":"v1","metadata":{"resourceVersion":"100"},"items":[%s]}
                        """
                                .formatted(kind, String.join(",", items))));
    }

    /// Sends an event to the watch of a path.
    void send(String path, String type, String object) {
        stream(path).add("{\"type\":\"%s\",\"object\":%s}".formatted(type, object));
    }

    /// What was asked of a method, in order.
    List<Call> calls(String method) {
        return calls.stream().filter(call -> call.method().equals(method)).toList();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// A connection to it by a kubeconfig of one context.
    ClusterConnection connect(Path directory) {
        try {
            Path kubeconfig = directory.resolve("kubeconfig");
            Files.writeString(
                    kubeconfig,
                    """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: c, cluster: {server: "%s"}}]
                    users: [{name: u, user: {token: t}}]
                    contexts: [{name: fake, context: {cluster: c, user: u}}]
                    current-context: fake
                    """
                            .formatted(url()));
            return ClusterConnection.connect(new ClusterAccess(kubeconfig.toString(), ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        streams.values().forEach(stream -> stream.add(END));
        server.stop(0);
        threads.shutdownNow();
    }

    private BlockingQueue<String> stream(String path) {
        return streams.computeIfAbsent(path, _ -> new LinkedBlockingQueue<>());
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        if ("websocket".equals(exchange.getRequestHeaders().getFirst("Upgrade"))) {
            exchange.sendResponseHeaders(200, -1); // no websocket here: the client falls back
            exchange.close();
            return;
        }
        if (query.contains("watch=true")) {
            watch(exchange, stream(path));
            return;
        }
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String contentType = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        Call call = new Call(exchange.getRequestMethod(), path, contentType, body);
        calls.add(call);
        Answer answer =
                answers.getOrDefault(
                                call.method() + " " + path,
                                _ -> Answer.status(404, path + " not found"))
                        .apply(call);
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.code(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void watch(HttpExchange exchange, BlockingQueue<String> events)
            throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            out.flush();
            for (String event = events.take(); !event.equals(END); event = events.take()) {
                out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
