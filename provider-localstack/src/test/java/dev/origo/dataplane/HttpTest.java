package dev.origo.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.origo.dataplane.Status.Reason;
import dev.origo.model.Carrier;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: web:80\r\n";

    /// A request, and the status that answers it.
    private record Row(String name, String request, String status) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row bad(String name, String request) {
        return new Row(name, request, "HTTP/1.1 400 Bad Request");
    }

    private static Row good(String name, String request) {
        return new Row(name, request, "HTTP/1.1 200 OK");
    }

    private static List<Row> rows() {
        String post = "POST / HTTP/1.1\r\nHost: web\r\n";
        String chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
        return List.of(
                good("plain", GET + "\r\n"),
                good("an empty line before", "\r\n" + GET + "\r\n"),
                good("counted", post + "Content-Length: 2\r\n\r\nok"),
                good("chunked", chunked + "2\r\nok\r\n0\r\n\r\n"),
                good("HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"),
                bad(
                        "both lengths",
                        post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                bad("two lengths", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
                bad("a list of lengths", post + "Content-Length: 1, 2\r\n\r\nab"),
                bad("a signed length", post + "Content-Length: +2\r\n\r\nok"),
                bad("a negative length", post + "Content-Length: -2\r\n\r\nok"),
                bad("a folded header", GET + "X-A: b\r\n c\r\n\r\n"),
                bad("a folded length", post + "Content-Length:\r\n 2\r\n\r\nok"),
                bad("a bare line feed", "GET / HTTP/1.1\nHost: web\n\n"),
                bad("a bare line feed in a header", GET + "X-A: b\nX-C: d\r\n\r\n"),
                bad("a space before the colon", post + "Content-Length : 2\r\n\r\nok"),
                bad("another encoding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
                bad("a masked encoding", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
                bad(
                        "two encodings",
                        post
                                + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
                bad(
                        "chunks of HTTP/1.0",
                        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                bad("a bad chunk size", chunked + "0x2\r\nok\r\n0\r\n\r\n"),
                bad("a chunk size that overflows", chunked + "100000002\r\nok\r\n0\r\n\r\n"),
                bad("a chunk without its end", chunked + "2\r\nokay\r\n0\r\n\r\n"),
                bad("a chunk line with a bare line feed", chunked + "2\nok\r\n0\r\n\r\n"),
                bad("a folded trailer", chunked + "2\r\nok\r\n0\r\nX-A: b\r\n c\r\n\r\n"),
                bad("no host", "GET / HTTP/1.1\r\n\r\n"),
                bad("two hosts", GET + "Host: other\r\n\r\n"),
                bad("a control before", "\0" + GET + "\r\n"),
                bad("another version", "GET / HTTP/2.0\r\nHost: web\r\n\r\n"),
                bad("no HTTP", "\u0016\u0003\u0001 TLS hello\r\n\r\n"),
                bad("a tunnel", "CONNECT web:80 HTTP/1.1\r\nHost: web\r\n\r\n"),
                bad("another server's address", "GET http://x/ HTTP/1.1\r\nHost: web\r\n\r\n"),
                bad("a huge head", GET + "X-A: " + "a".repeat(40_000) + "\r\n\r\n"),
                bad("a huge line", "GET /" + "a".repeat(10_000) + " HTTP/1.1\r\nHost: w\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void takesNoRequestInDoubt(Row row) throws IOException {
        try (Backend backend = Backend.of(Wanted.NODE, HttpTest::acknowledge);
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                Socket client = Wanted.client(place(plane, backend))) {
            assertThat(firstLine(client, row.request())).isEqualTo(row.status());
            if (row.status().contains("400")) {
                Wanted.awaitEnded(plane, Reason.BAD_MESSAGE, 1);
            }
        }
    }

    @Test
    void appendsTheClient() throws IOException {
        try (Backend backend = Backend.of(Wanted.NODE, HttpTest::mirror);
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            InetSocketAddress at = place(plane, backend);
            String request =
                    GET
                            + "X-Forwarded-For: 203.0.113.1\r\n"
                            + "X-Forwarded-For: 203.0.113.2\r\n"
                            + "X-Forwarded-Proto: https\r\n"
                            + "Forwarded: for=203.0.113.1\r\n"
                            + "Connection: close, X-Secret, Host\r\n"
                            + "X-Secret: s\r\n"
                            + "Upgrade: websocket\r\n\r\n";
            try (Socket client = Wanted.client(at)) {
                String seen = ClientAddressTest.exchange(client, request);

                assertThat(seen)
                        .contains("X-Forwarded-For: 203.0.113.1, 203.0.113.2, 127.0.0.77\r\n")
                        .contains("X-Forwarded-Proto: http\r\n", "X-Forwarded-Port: 7070\r\n")
                        .contains(
                                "Forwarded: for=203.0.113.1, for=127.0.0.77;by=%s;host=\"web:80\";proto=http\r\n"
                                        .formatted(at.getAddress().getHostAddress()))
                        .contains("Host: web:80\r\n")
                        .doesNotContain("X-Secret", "Upgrade");
            }
        }
    }

    @Test
    void keepsTheConnectionForMoreRequests() throws IOException {
        try (Backend backend = Backend.of(Wanted.NODE, HttpTest::acknowledge);
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                Socket client = Wanted.client(place(plane, backend))) {
            String post = "POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 5\r\n\r\n";
            String smuggled = post + "GET /";
            String all = GET + "\r\n" + smuggled + GET + "Connection: close\r\n\r\n";

            assertThat(ClientAddressTest.exchange(client, all).split("HTTP/1.1 200 OK", -1))
                    .hasSize(4);
            assertThat(Wanted.status(plane).counts().connections()).isEqualTo(3);
        }
    }

    @Test
    void tellsWhenThereIsNoAnswer() throws IOException {
        Target nobody = Target.of("n1", Addresses.shared(), Wanted.closedPort());
        try (Backend garbled = Backend.answering(Wanted.NODE, "SSH-2.0\r\n\r\n");
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            InetSocketAddress at = Wanted.place(plane, Wanted.listener(Carrier.FORWARDED_HEADER));
            try (Socket client = Wanted.client(at)) {
                assertThat(firstLine(client, GET + "\r\n"))
                        .isEqualTo("HTTP/1.1 503 Service Unavailable");
            }
            Wanted.place(plane, Wanted.listener(Carrier.FORWARDED_HEADER, nobody));
            try (Socket client = Wanted.client(at)) {
                assertThat(firstLine(client, GET + "\r\n")).isEqualTo("HTTP/1.1 502 Bad Gateway");
            }
            place(plane, garbled);
            try (Socket client = Wanted.client(at)) {
                assertThat(firstLine(client, GET + "\r\n")).isEqualTo("HTTP/1.1 502 Bad Gateway");
            }
        }
    }

    /// What has seen an upgrade passes everything on unread: it must not be used again.
    @Test
    void takesNoUpgradeThatNobodyAskedFor() throws IOException {
        String upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nabc";
        try (Backend upgrading = Backend.answering(Wanted.NODE, upgrade);
                Backend usual =
                        Backend.answering(
                                Wanted.NODE, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            for (int i = 0; i < 3; i++) {
                try (Socket client = Wanted.client(place(plane, upgrading))) {
                    assertThat(firstLine(client, GET + "\r\n"))
                            .isEqualTo("HTTP/1.1 502 Bad Gateway");
                }
                try (Socket client = Wanted.client(place(plane, usual))) {
                    assertThat(firstLine(client, GET + "\r\n")).isEqualTo("HTTP/1.1 200 OK");
                }
            }
        }
    }

    @Test
    void neverTakesAPartForTheWhole() throws IOException {
        String part = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345";
        try (Backend backend = Backend.answering(Wanted.NODE, part);
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                Socket client = Wanted.client(place(plane, backend))) {
            client.getOutputStream().write((GET + "\r\n").getBytes(StandardCharsets.US_ASCII));

            assertThat(ended(client)).isFalse();
            Wanted.awaitEnded(plane, Reason.RESET, 1);
        }
    }

    @Test
    void framesABodyThatEndsWithTheConnection() throws IOException {
        try (Backend backend = Backend.answering(Wanted.NODE, "HTTP/1.0 200 OK\r\n\r\nrest");
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                Socket client = Wanted.client(place(plane, backend))) {
            assertThat(ClientAddressTest.exchange(client, GET + "Connection: close\r\n\r\n"))
                    .contains("transfer-encoding: chunked\r\n")
                    .contains("4\r\nrest\r\n")
                    .endsWith("0\r\n\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isByteExactOver64MegabytesBothWays(boolean chunked) throws Exception {
        int many = 64 * 1024 * 1024;
        byte[] block = new byte[64 * 1024];
        new Random(4_711).nextBytes(block);
        String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + many;
        try (HttpMirror mirror = new HttpMirror();
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                Socket client =
                        Wanted.client(
                                Wanted.place(
                                        plane,
                                        Wanted.listener(
                                                Carrier.FORWARDED_HEADER, mirror.target())))) {
            String head = "POST / HTTP/1.1\r\nHost: web\r\n" + framing + "\r\n\r\n";
            CRC32C sent = new CRC32C();
            Thread sender =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    OutputStream out = client.getOutputStream();
                                    out.write(head.getBytes(StandardCharsets.US_ASCII));
                                    for (int i = 0; i < many; i += block.length) {
                                        sent.update(block);
                                        write(out, block, chunked);
                                    }
                                    write(out, new byte[0], chunked);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            InputStream in = new BufferedInputStream(client.getInputStream(), 1 << 16);
            assertThat(head(in)).startsWith("HTTP/1.1 200 OK").contains("hunked");
            CRC32C received = new CRC32C();
            long length = 0;
            for (byte[] chunk = chunk(in); chunk.length > 0; chunk = chunk(in)) {
                received.update(chunk);
                length += chunk.length;
            }
            sender.join();

            assertThat(length).isEqualTo(many);
            assertThat(received.getValue()).isEqualTo(sent.getValue());
        }
    }

    /// A server that sends each body back as it comes.
    private static final class HttpMirror implements AutoCloseable {
        private final HttpServer server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.ofLiteral(Wanted.NODE), 0), 100);
        private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

        HttpMirror() throws IOException {
            server.setExecutor(workers);
            server.createContext(
                    "/",
                    exchange -> {
                        exchange.sendResponseHeaders(200, 0);
                        exchange.getRequestBody().transferTo(exchange.getResponseBody());
                        exchange.close();
                    });
            server.start();
        }

        Target target() {
            return Target.of("n1", server.getAddress().getAddress(), server.getAddress().getPort());
        }

        @Override
        public void close() {
            server.stop(0);
            workers.close();
        }
    }

    private static void write(OutputStream out, byte[] bytes, boolean chunked) throws IOException {
        if (chunked) {
            String size = Integer.toHexString(bytes.length) + "\r\n";
            out.write(size.getBytes(StandardCharsets.US_ASCII));
        }
        out.write(bytes);
        if (chunked) {
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static byte[] chunk(InputStream in) throws IOException {
        StringBuilder size = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            size.append((char) c);
        }
        byte[] bytes = in.readNBytes(Integer.parseInt(size.toString().strip(), 16));
        in.readNBytes(2);
        return bytes;
    }

    private static InetSocketAddress place(DataPlane plane, Backend backend) {
        return Wanted.place(plane, Wanted.listener(Carrier.FORWARDED_HEADER, backend.target("n1")));
    }

    /// Reads to the end of a head and of a body of a known or chunked length, then says so.
    private static void acknowledge(Socket socket) throws IOException {
        String head = head(socket.getInputStream());
        if (head.contains("content-length: 5") || head.contains("Content-Length: 5")) {
            socket.getInputStream().readNBytes(5);
        }
        if (head.contains("chunked")) {
            while (!head.endsWith("0\r\n\r\n")) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    return;
                }
                head += (char) next;
            }
        }
        socket.getOutputStream()
                .write(
                        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
    }

    /// Answers with the head that it got.
    private static void mirror(Socket socket) throws IOException {
        String head = head(socket.getInputStream());
        socket.getOutputStream()
                .write(
                        "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
                                .formatted(head.length(), head)
                                .getBytes(StandardCharsets.US_ASCII));
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static String firstLine(Socket client, String request) throws IOException {
        client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return head(client.getInputStream()).lines().findFirst().orElse("");
    }

    /// Whether the connection ends in order, not by a reset.
    private static boolean ended(Socket client) {
        try {
            client.getInputStream().readAllBytes();
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
