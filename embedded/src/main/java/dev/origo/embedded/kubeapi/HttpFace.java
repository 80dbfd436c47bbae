package dev.origo.embedded.kubeapi;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.origo.embedded.kubeapi.Rest.Content;
import dev.origo.embedded.kubeapi.Rest.Plain;
import dev.origo.embedded.kubeapi.Rest.Reply;
import dev.origo.embedded.kubeapi.Rest.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The wire: HTTP/1.1 on loopback, without TLS and without credentials. A web page of another
/// origin reaches loopback too, so requests that a browser makes for one are refused, as `kubectl
/// proxy` does.
///
/// Thread-safe: the monitor guards the watches.
final class HttpFace implements AutoCloseable {
    /// Source: Kubernetes, apiserver `MaxRequestBodyBytes`.
    private static final int BODY_BYTES_MAX = 3 * 1024 * 1024;

    /// One more ends the oldest; its client begins anew.
    private static final int WATCHES_MAX = 500;

    private static final Pattern OWN_HOST =
            Pattern.compile("(localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[::1])(:\\d+)?");

    private final Registry registry;
    private final Rest rest;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Deque<Watch> watches = new ArrayDeque<>();

    HttpFace(Registry registry, Rest rest, int port) throws IOException {
        this.registry = registry;
        this.rest = rest;
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        server = HttpServer.create(new InetSocketAddress(loopback, port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        synchronized (this) {
            watches.forEach(Watch::end);
        }
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                if ("websocket".equals(exchange.getRequestHeaders().getFirst("Upgrade"))) {
                    exchange.sendResponseHeaders(200, -1); // The client then asks without.
                    return;
                }
                Request request = request(exchange);
                if (request.watches() && request.method().equals("GET")) {
                    watch(exchange, new Watch(registry, rest, request));
                } else {
                    reply(exchange, rest.answer(request));
                }
            } catch (Refusal refusal) {
                reply(exchange, new Reply(refusal.code(), refusal.status(), List.of()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) { // a bug of ours must not leave the client without answer
                Refusal bug = Refusal.internal("Internal error occurred: " + e);
                reply(exchange, new Reply(bug.code(), bug.status(), List.of()));
            }
        }
    }

    private static Request request(HttpExchange exchange) throws IOException {
        Headers headers = exchange.getRequestHeaders();
        String host = String.valueOf(headers.getFirst("Host"));
        String own = "http://" + host; // fabric8 names it when it watches
        boolean foreign =
                !List.of(own, own + "/")
                        .contains(headers.getOrDefault("Origin", List.of(own)).getFirst());
        if (!OWN_HOST.matcher(host).matches() || foreign) {
            throw Refusal.outsider(
                    "requests for host %s are not served, nor those of web pages".formatted(host));
        }
        byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
        if (body.length > BODY_BYTES_MAX) {
            throw Refusal.tooLarge(BODY_BYTES_MAX);
        }
        String type = Optional.ofNullable(headers.getFirst("Content-Type")).orElse("");
        String accept = Optional.ofNullable(headers.getFirst("Accept")).orElse("");
        String path = exchange.getRequestURI().getPath();
        return new Request(
                exchange.getRequestMethod(),
                path.length() > 1 && path.endsWith("/")
                        ? path.substring(0, path.length() - 1)
                        : path,
                query(exchange.getRequestURI().getRawQuery()),
                new Content(accept, type.split(";", 2)[0].strip(), body));
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
            String[] words = pair.split("=", 2);
            String value = words.length == 2 ? words[1] : "";
            query.put(
                    URLDecoder.decode(words[0], StandardCharsets.UTF_8),
                    URLDecoder.decode(value, StandardCharsets.UTF_8));
        }
        return query;
    }

    private static void reply(HttpExchange exchange, Reply reply) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        byte[] bytes;
        switch (reply.body()) {
            case Plain(String type, String text) -> {
                headers.set("Content-Type", type);
                bytes = text.getBytes(StandardCharsets.US_ASCII);
            }
            case JsonNode json -> {
                headers.set("Content-Type", "application/json");
                bytes = Json.bytes(json);
            }
            default -> throw new IllegalStateException("neither JSON nor plain: " + reply.body());
        }
        reply.warnings()
                .forEach(w ->
                        headers.add("Warning", "299 - \"%s\"".formatted(w.replace("\"", "\\\""))));
        exchange.sendResponseHeaders(reply.code(), bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void watch(HttpExchange exchange, Watch watch)
            throws IOException, InterruptedException {
        synchronized (this) {
            if (watches.size() >= WATCHES_MAX) {
                watches.removeFirst().end();
            }
            watches.addLast(watch);
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.flush();
            watch.run(out);
        } finally {
            synchronized (this) {
                watches.remove(watch);
            }
        }
    }
}
