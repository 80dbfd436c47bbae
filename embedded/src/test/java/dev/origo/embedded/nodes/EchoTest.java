package dev.origo.embedded.nodes;

import static dev.origo.embedded.nodes.Lab.CLIENT;
import static dev.origo.embedded.nodes.Lab.pod;
import static dev.origo.embedded.nodes.Lab.runs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.nodes.View.App;
import dev.origo.embedded.nodes.View.Pod;
import dev.origo.embedded.nodes.View.Speaks;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Pods, reached directly.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EchoTest {
    private static final int PLAIN = 8080;
    private static final int PROXY = 8081;
    private static final int TLS = 8443;
    private static final int PROXY_TLS = 8444;
    private static final int PEER = 9000;
    private static final String HEADER = "PROXY TCP4 192.0.2.7 192.0.2.8 1234 80\r\n";

    private static final String GET = "GET / HTTP/1.1\r\nHost: web\r\n\r\n";

    private final Lab lab = new Lab();
    private final Pod pod =
            runs(
                    1,
                    new App(PLAIN, Speaks.HTTP, false),
                    new App(PROXY, Speaks.HTTP, true),
                    new App(TLS, Speaks.HTTPS, false),
                    new App(PROXY_TLS, Speaks.HTTPS, true),
                    new App(PEER, Speaks.PEER, true));

    @BeforeAll
    void start() {
        lab.apply(new View(Lab.nodes(), List.of(), List.of(pod)));
    }

    @AfterAll
    void end() {
        lab.close();
    }

    @Test
    void answersAsTheTutorialsEchoserver() throws IOException {
        String request =
                "POST /a?b=c HTTP/1.1\r\nHost: web:8080\r\nX-Two: 2\r\nContent-Length: 2\r\n\r\nhi";

        assertThat(say(PLAIN, request))
                .startsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain")
                .contains("\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\n")
                .endsWith(
                        """
                        \r\n\r\nCLIENT VALUES:
                        client_address=127.0.0.77
                        command=POST
                        real path=/a
                        query=b=c
                        request_version=1.1
                        request_uri=http://web:8080/a?b=c

                        SERVER VALUES:
                        server_version=origo
                        pod=default/web-1 %s
                        node=node-2

                        HEADERS RECEIVED:
                        content-length=2
                        host=web:8080
                        x-two=2
                        BODY:
                        hi\
                        """
                                .formatted(pod(1)));
    }

    /// @param expected how the answer begins, and after `...` what it holds
    record Row(String name, int port, String request, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(requests(), tooMuch(), proxied()).flatMap(rows -> rows);
    }

    private static Stream<Row> requests() {
        return Stream.of(
                new Row("two on one connection", PLAIN, GET + GET, "HTTP/1.1 200...HTTP/1.1 200"),
                new Row("an empty line before", PLAIN, "\r\n" + GET, "HTTP/1.1 200"),
                new Row(
                        "HTTP/1.0",
                        PLAIN,
                        "GET / HTTP/1.0\r\n\r\n",
                        "HTTP/1.1 200...Connection: close"),
                new Row("nothing", PLAIN, "", ""),
                new Row("half a request", PLAIN, "GET / HT", "HTTP/1.1 400"),
                new Row("another protocol", PLAIN, "HELO web\r\n", "HTTP/1.1 400"),
                new Row(
                        "a header without name",
                        PLAIN,
                        "GET / HTTP/1.1\r\n: x\r\n\r\n",
                        "HTTP/1.1 400"),
                new Row(
                        "a folded header",
                        PLAIN,
                        "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
                        "HTTP/1.1 400"),
                new Row(
                        "a huge header",
                        PLAIN,
                        "GET / HTTP/1.1\r\nA: " + "x".repeat(9000),
                        "HTTP/1.1 431"));
    }

    private static Stream<Row> tooMuch() {
        return Stream.of(
                new Row(
                        "many headers",
                        PLAIN,
                        "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(101) + "\r\n",
                        "HTTP/1.1 431"),
                new Row(
                        "two lengths",
                        PLAIN,
                        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi",
                        "HTTP/1.1 400"),
                new Row(
                        "chunks",
                        PLAIN,
                        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        "HTTP/1.1 411"),
                new Row(
                        "a huge body",
                        PLAIN,
                        "POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n",
                        "HTTP/1.1 413"));
    }

    private static Stream<Row> proxied() {
        String v2 =
                new String(
                        HexFormat.of()
                                .parseHex(
                                        "0d0a0d0a000d0a515549540a2111000cc0000207c000020804d20050"),
                        StandardCharsets.ISO_8859_1);
        return Stream.of(
                new Row(
                        "a PROXY header that nobody asked for",
                        PLAIN,
                        HEADER + GET,
                        "HTTP/1.1 400"),
                new Row("nor one of v2", PLAIN, v2 + GET, "HTTP/1.1 400"),
                new Row(
                        "a PROXY header",
                        PROXY,
                        HEADER + GET,
                        "HTTP/1.1 200...\nPROXY HEADER RECEIVED:\nversion=1\nfamily=TCP4\nsource_address=192.0.2.7\n"),
                new Row(
                        "one of v2",
                        PROXY,
                        v2 + GET,
                        "HTTP/1.1 200...\nversion=2\ncommand=PROXY\n"),
                new Row("a PROXY header that is missing", PROXY, GET, ""),
                new Row(
                        "a raw peer",
                        PEER,
                        HEADER + "bytes",
                        "client_address=127.0.0.77\n...\nbytes"),
                new Row("and its header", PEER, HEADER, "...\nproxy_source_address=192.0.2.7\n"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void answersOrRefuses(Row row) throws IOException {
        String[] parts = row.expected().split("\\.\\.\\.", 2);

        String answer = say(row.port(), row.request());

        assertThat(answer).startsWith(parts[0]).contains(parts[parts.length - 1]);
        assertThat(answer.isEmpty()).isEqualTo(row.expected().isEmpty());
    }

    @Test
    void speaksTlsWithACertificateOfItsOwn() throws IOException, GeneralSecurityException {
        String get = "GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n";

        assertThat(secret(TLS, "", get)).contains("\nclient_address=127.0.0.77\n", "=https://web/");
        assertThat(secret(PROXY_TLS, HEADER, get)).contains("\nsource_address=192.0.2.7\n");
    }

    private static String secret(int port, String before, String request)
            throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
        try (Socket raw = Lab.connect(CLIENT, pod(1), port)) {
            raw.getOutputStream().write(before.getBytes(StandardCharsets.US_ASCII));
            try (SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(raw, "web", port, true)) {
                return Lab.say(socket, request);
            }
        }
    }

    /// As `curl -k`.
    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static String say(int port, String request) throws IOException {
        try (Socket socket = Lab.connect(CLIENT, pod(1), port)) {
            return Lab.say(socket, request);
        }
    }
}
