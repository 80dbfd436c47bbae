package dev.origo.embedded.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.origo.embedded.nodes.Http.Response;
import dev.origo.embedded.nodes.SimulatedCluster.Config;
import dev.origo.fuzz.Inputs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// What clients send to the pods and health pages of the embedded cluster.
final class HttpServerFuzzTest {
    private static final Config CONFIG =
            new Config(true, 1, Duration.ofMinutes(1), () -> Instant.EPOCH, new Random(1), _ -> {});

    static Stream<byte[]> requests() {
        return Inputs.of(
                List.of(
                        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                        "HEAD /x?y HTTP/1.0\r\n\r\n",
                        "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n\r\n",
                        "POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\nhello",
                        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        "POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n",
                        "GET / HTTP/2\r\n\r\n"));
    }

    /// Each request is answered or refused, and the page says back what came without a line break
    /// that a client could use for headers of its own.
    @MethodSource("requests")
    @FuzzTest
    void aRequestIsAnsweredOrRefused(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Http.serve(
                new Conversation(new ByteArrayInputStream(bytes), out),
                CONFIG,
                request -> {
                    request.headers()
                            .forEach(h ->
                                    assertThat(h.name() + h.value())
                                            .doesNotContain("\r", "\n", "\0"));
                    return Response.text(200, request.method());
                });
        String said = out.toString(StandardCharsets.ISO_8859_1);
        assertThat(bytes.length == 0 || said.startsWith("HTTP/1.1 ")).as(said).isTrue();
    }

    /// A connection without a network.
    private static final class Conversation extends Socket {
        private final InputStream in;
        private final OutputStream out;

        Conversation(InputStream in, OutputStream out) {
            this.in = in;
            this.out = out;
        }

        @Override
        public InputStream getInputStream() {
            return in;
        }

        @Override
        public OutputStream getOutputStream() {
            return out;
        }

        @Override
        public void setSoTimeout(int millis) {
            // Nothing waits here.
        }

        @Override
        public void shutdownOutput() {
            // Nobody listens.
        }
    }
}
