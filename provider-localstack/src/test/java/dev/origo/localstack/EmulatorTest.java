package dev.origo.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What an endpoint is taken for.
final class EmulatorTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration BOUND = Duration.ofSeconds(1);

    /// @param answers by path; every other path is not found
    private record Row(String name, String server, Map<String, String> answers, Emulator emulator) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Row> rows() {
        String healthy = "{\"services\": {\"ec2\": \"available\"}}";
        return Stream.of(
                new Row("ours", "origo-embedded-aws", Map.of(), Emulator.ORIGO),
                new Row(
                        "LocalStack",
                        "TwistedWeb/24",
                        Map.of("/_localstack/health", healthy),
                        Emulator.LOCALSTACK),
                new Row(
                        "MiniStack answers for LocalStack, too",
                        "uvicorn",
                        Map.of("/_localstack/health", healthy, "/_ministack/health", healthy),
                        Emulator.MINISTACK),
                new Row(
                        "moto",
                        "Werkzeug/3",
                        Map.of("/moto-api/", "<title>Moto</title>"),
                        Emulator.MOTO),
                new Row(
                        "a page for every path is not moto",
                        "nginx",
                        Map.of("/", "<title>Welcome</title>", "/moto-api/", "<title>Hi</title>"),
                        Emulator.UNKNOWN),
                new Row("nothing but not found", "floci", Map.of(), Emulator.UNKNOWN));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isKnownByWhatItAnswers(Row row) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    String answer = row.answers().get(exchange.getRequestURI().getPath());
                    byte[] body = String.valueOf(answer).getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Server", row.server());
                    exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        try {
            assertThat(Emulator.ask(at(server.getAddress().getPort()), BOUND))
                    .isEqualTo(row.emulator());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whoIsNotThereIsUnknown() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
            port = free.getLocalPort();
        }

        assertThat(Emulator.ask(at(port), BOUND)).isEqualTo(Emulator.UNKNOWN);
    }

    /// The kernel accepts the connection, and nobody ever answers.
    @Test
    void whoHangsIsUnknownInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, LOOPBACK)) {
            long began = System.nanoTime();

            Emulator found = Emulator.ask(at(silent.getLocalPort()), Duration.ofMillis(50));

            assertThat(found).isEqualTo(Emulator.UNKNOWN);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(BOUND);
        }
    }

    @ParameterizedTest
    @EnumSource(Emulator.class)
    void tellsWhatIsWrongAndWhoCopes(Emulator emulator) {
        assertThat(emulator.quirks()).contains(Emulator.Quirk.NO_TRAFFIC);
        assertThat(emulator.report()).contains("Origo's data plane does").doesNotContain("null");
    }

    private static URI at(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }
}
