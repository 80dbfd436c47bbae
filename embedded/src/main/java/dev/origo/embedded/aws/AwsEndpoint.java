package dev.origo.embedded.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.origo.embedded.aws.Wire.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// An account over HTTP on loopback, for the SDKs, the CLI and whatever else speaks to AWS: ELBv2
/// and EC2 on one port, each in its own query protocol. Any credentials and any signature are
/// accepted, none is not; the region of the request is not looked at.
///
/// The emulator that vanishes and comes back empty: [#close] it and [#start] another on the same
/// port with a new account.
///
/// What a [CallHook] throws as SdkClientException ends the connection without an answer.
///
/// Thread-safe. One virtual thread for each request, at most [#IN_FLIGHT_MAX] at a time.
public final class AwsEndpoint implements AutoCloseable {
    /// More requests than this at a time are answered with ServiceUnavailable.
    public static final int IN_FLIGHT_MAX = 256;

    /// What every answer's `Server` header says, for those who want to know whom they talk to.
    public static final String SERVER = "origo-embedded-aws";

    private static final int BODY_BYTES_MAX = 4 << 20;
    private static final int TOO_LARGE = 413;

    private final HttpServer server;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(IN_FLIGHT_MAX);
    private final Wire wire;

    private AwsEndpoint(HttpServer server, EmbeddedAws aws) {
        this.server = server;
        wire = new Wire(aws);
    }

    /// Serves the account on 127.0.0.1 from now on. Port 0 takes one that is free; throws
    /// IOException when the port is in use.
    public static AwsEndpoint start(EmbeddedAws aws, int port) throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        HttpServer server = HttpServer.create(new InetSocketAddress(loopback, port), 0);
        AwsEndpoint endpoint = new AwsEndpoint(server, aws);
        server.setExecutor(endpoint.workers);
        server.createContext("/", endpoint::serve);
        server.start();
        return endpoint;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /// What clients take as endpoint: `http://127.0.0.1:PORT`.
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /// Drops all connections, also those that wait for an answer.
    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
        workers.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!places.tryAcquire()) {
                send(exchange, wire.busy());
                return;
            }
            try {
                answer(exchange);
            } finally {
                places.release();
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
        if (body.length > BODY_BYTES_MAX) {
            exchange.sendResponseHeaders(TOO_LARGE, -1);
            return;
        }
        String query = orEmpty(exchange.getRequestURI().getRawQuery());
        String form = query + "&" + new String(body, StandardCharsets.UTF_8);
        String signed = orEmpty(exchange.getRequestHeaders().getFirst("Authorization"));
        send(exchange, wire.answer(form, signed));
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] xml = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/xml;charset=UTF-8");
        exchange.getResponseHeaders().set("Server", SERVER);
        exchange.getResponseHeaders().set("x-amzn-RequestId", answer.requestId());
        exchange.sendResponseHeaders(answer.status(), xml.length);
        exchange.getResponseBody().write(xml);
    }

    private static String orEmpty(@Nullable String text) {
        return Objects.requireNonNullElse(text, "");
    }
}
