package dev.origo.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.origo.dataplane.HttpHeads.Hop;
import dev.origo.dataplane.HttpInput.BadMessage;
import dev.origo.fuzz.Inputs;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// What clients send to the data plane.
final class HttpFuzzTest {
    private static final Engine ENGINE = new Engine(Config.DEFAULT);
    private static final Hop HOP =
            new Hop(
                    InetAddress.ofLiteral("203.0.113.7"),
                    new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 80),
                    80);

    /// More objects than so many bytes can make.
    private static final int OBJECTS_MAX = 10_000;

    static Stream<byte[]> messages() {
        return Inputs.of(
                List.of(
                        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                        "GET /x?y HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
                        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
                        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
                        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                        "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-A, close\r\nX-A: b\r\n\r\n",
                        "GET / HTTP/1.1\nHost: a\n\n",
                        "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
                        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n00\r\n\r\n",
                        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    /// However the network cuts the bytes, the same is read of them: two readers that differ are
    /// how a request is smuggled past one of them.
    @MethodSource("messages")
    @FuzzTest
    void theSameIsReadHoweverItIsCut(byte[] bytes) throws IOException {
        String whole = read(bytes, Integer.MAX_VALUE);
        assertThat(read(bytes, 1)).as("byte by byte").isEqualTo(whole);
        assertThat(read(bytes, 7)).as("by seven bytes").isEqualTo(whole);
    }

    /// What goes on to a target is one request with one meaning.
    @MethodSource("messages")
    @FuzzTest
    void whatGoesOnHasOneMeaning(byte[] bytes) throws IOException {
        HttpInput input = HttpInput.requests(new Cut(bytes, Integer.MAX_VALUE), ENGINE, _ -> {});
        try {
            for (Optional<HttpObject> next = input.next(); next.isPresent(); next = input.next()) {
                if (next.get() instanceof HttpRequest request) {
                    requireOneMeaning(HttpHeads.forwarded(request, HOP));
                }
            }
        } catch (BadMessage _) {
            // Refused: nothing more goes on.
        }
    }

    private static void requireOneMeaning(HttpRequest request) {
        assertThat(request.headers().getAll("Content-Length")).hasSizeLessThanOrEqualTo(1);
        assertThat(request.headers().getAll("Transfer-Encoding")).hasSizeLessThanOrEqualTo(1);
        assertThat(
                        request.headers().contains("Content-Length")
                                && request.headers().contains("Transfer-Encoding"))
                .as("two lengths")
                .isFalse();
        assertThat(request.headers().getAll("X-Forwarded-For"))
                .singleElement()
                .asString()
                .endsWith("203.0.113.7");
        assertThat(request.headers().getAll("Connection")).containsExactly("close");
        assertThat(request.method().name() + request.uri()).doesNotContainAnyWhitespaces();
        request.headers()
                .forEach(header ->
                        assertThat(header.getKey() + header.getValue())
                                .doesNotContain("\r", "\n", "\0"));
    }

    /// Heads, and bodies joined.
    private static String read(byte[] bytes, int atOnce) throws IOException {
        HttpInput input = HttpInput.requests(new Cut(bytes, atOnce), ENGINE, _ -> {});
        List<String> seen = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        try {
            for (Optional<HttpObject> next = input.next(); next.isPresent(); next = input.next()) {
                if (next.get() instanceof HttpRequest request) {
                    seen.add(request.toString());
                }
                if (next.get() instanceof HttpContent content) {
                    body.append(content.content().toString(StandardCharsets.ISO_8859_1));
                }
                if (next.get() instanceof LastHttpContent last) {
                    seen.add(body + " " + last.trailingHeaders());
                    body.setLength(0);
                }
                assertThat(seen).hasSizeLessThan(OBJECTS_MAX);
            }
        } catch (BadMessage _) {
            seen.add("refused");
            body.setLength(0); // how much of it was passed on before is the network's choice
        }
        return String.join("\n", seen) + body;
    }
}
