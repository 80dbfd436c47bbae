package dev.origo.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Answers `/metrics`, `/livez` and `/readyz`.
final class HealthServer implements AutoCloseable {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final int NOT_FOUND = 404;

    private final HttpServer server;
    private final ExecutorService threads;

    private HealthServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /// Listens from now on.
    ///
    /// @throws CommandFailure naming `--listen` if the address cannot be had
    static HealthServer start(
            ListenAddress listen, PrometheusMetrics metrics, Supplier<Live> live) {
        try {
            HttpServer server = HttpServer.create(listen.socketAddress(), 0);
            ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
            server.setExecutor(threads);
            server.createContext("/metrics", new MetricsHandler(metrics.registry()));
            server.createContext("/livez", e -> answer(e, Health.ailments(live.get())));
            server.createContext("/readyz", e -> answer(e, Health.unreadiness(live.get())));
            server.createContext(
                    "/", e -> send(e, NOT_FOUND, "there are /metrics, /livez and /readyz\n"));
            server.start();
            return new HealthServer(server, threads);
        } catch (IOException e) {
            throw CommandFailure.badOption(
                    "--listen %s cannot be listened at: %s".formatted(listen, e.getMessage()), e);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void answer(HttpExchange exchange, List<String> complaints) throws IOException {
        if (complaints.isEmpty()) {
            send(exchange, OK, "ok\n");
            return;
        }
        send(exchange, UNAVAILABLE, String.join("\n", complaints) + "\n");
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
