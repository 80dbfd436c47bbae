package dev.origo.embedded.nodes;

import dev.origo.embedded.nodes.SimulatedCluster.Config;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// As much of an HTTP/1.1 server as pods and health pages need: bounded, one request after the
/// other.
///
/// Source: RFC 9112.
final class Http {
    private static final int LINE_BYTES_MAX = 8 * 1024;
    private static final int HEADERS_MAX = 100;
    private static final int BODY_BYTES_MAX = 64 * 1024;

    /// How long to wait for a refused client to finish, so that it reads the answer before a reset.
    private static final Duration LINGER = Duration.ofSeconds(1);

    /// As Go writes it, in which kube-proxy is written.
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private static final Pattern REQUEST_LINE =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP/1\\.([01])");
    private static final Pattern FIELD =
            Pattern.compile(
                    "([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\\x00-\\x08\\x0A-\\x1F\\x7F]*)");

    private Http() {}

    record Header(String name, String value) {}

    record Request(String method, String target, int minor, List<Header> headers, String body) {
        /// All values of a header, separated by commas; empty if there is none.
        String header(String name) {
            return String.join(
                    ",",
                    headers.stream()
                            .filter(h -> h.name().equalsIgnoreCase(name))
                            .map(Header::value)
                            .toList());
        }

        boolean last() {
            String connection = header("Connection");
            return minor == 0 || connection.equalsIgnoreCase("close");
        }
    }

    record Response(int status, List<Header> headers, String body) {
        static Response text(int status, String body) {
            Header type = new Header("Content-Type", "text/plain; charset=utf-8");
            return new Response(status, List.of(type), body);
        }
    }

    /// The client's fault.
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    static void serve(Socket socket, Config config, Function<Request, Response> pages)
            throws IOException {
        socket.setSoTimeout((int) config.idleTimeout().toMillis());
        InstantSource clock = config.clock();
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        try {
            boolean last = false;
            in.mark(1);
            while (!last && in.read() >= 0) {
                in.reset();
                Request request = request(in);
                last = request.last();
                out.write(bytes(pages.apply(request), request.method(), clock, last));
                in.mark(1);
            }
        } catch (Refused e) {
            out.write(bytes(Response.text(e.status, e.getMessage() + "\n"), "GET", clock, true));
            socket.shutdownOutput();
            socket.setSoTimeout((int) LINGER.toMillis());
            in.readNBytes(BODY_BYTES_MAX);
        }
    }

    private static Request request(InputStream in) throws IOException {
        String first = line(in);
        // An empty line may come before a request.
        Matcher start = REQUEST_LINE.matcher(first.isEmpty() ? line(in) : first);
        if (!start.matches()) {
            throw new Refused(400, "this is no request of HTTP/1.0 or 1.1");
        }
        List<Header> headers = headers(in);
        return new Request(
                start.group(1),
                start.group(2),
                Integer.parseInt(start.group(3)),
                headers,
                body(in, headers));
    }

    private static List<Header> headers(InputStream in) throws IOException {
        List<Header> headers = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            Matcher field = FIELD.matcher(line);
            if (!field.matches()) {
                throw new Refused(400, "a header is not of the form NAME: VALUE");
            }
            if (headers.size() == HEADERS_MAX) {
                throw new Refused(431, "there are more than %d headers".formatted(HEADERS_MAX));
            }
            headers.add(new Header(field.group(1), field.group(2).strip()));
        }
        return headers;
    }

    private static String body(InputStream in, List<Header> headers) throws IOException {
        Request framing = new Request("", "", 1, headers, "");
        if (!framing.header("Transfer-Encoding").isEmpty()) {
            throw new Refused(411, "a body needs a Content-Length here");
        }
        String length = framing.header("Content-Length");
        if (!length.matches("\\d{0,9}")) {
            throw new Refused(400, "'%s' is no length".formatted(length));
        }
        int size = length.isEmpty() ? 0 : Integer.parseInt(length);
        if (size > BODY_BYTES_MAX) {
            throw new Refused(413, "the body is over %d bytes".formatted(BODY_BYTES_MAX));
        }
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new Refused(400, "the body ends too early");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new Refused(400, "the request ends too early");
            }
            if (line.length() == LINE_BYTES_MAX) {
                throw new Refused(431, "a line is over %d bytes".formatted(LINE_BYTES_MAX));
            }
            line.append((char) c);
        }
        int end = line.length() - 1;
        return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
    }

    private static byte[] bytes(
            Response response, String method, InstantSource clock, boolean last) {
        byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder();
        head.append("HTTP/1.1 %d %s\r\n".formatted(response.status(), phrase(response.status())));
        response.headers().forEach(h -> head.append("%s: %s\r\n".formatted(h.name(), h.value())));
        head.append(
                "Date: %s\r\n".formatted(DATE.format(clock.instant().atOffset(ZoneOffset.UTC))));
        head.append("Content-Length: %d\r\n".formatted(body.length));
        head.append(last ? "Connection: close\r\n\r\n" : "\r\n");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (!method.equals("HEAD")) {
            all.writeBytes(body);
        }
        return all.toByteArray();
    }

    private static String phrase(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 404 -> "Not Found";
            case 411 -> "Length Required";
            case 413 -> "Content Too Large";
            case 431 -> "Request Header Fields Too Large";
            case 503 -> "Service Unavailable";
            default -> "Bad Request";
        };
    }
}
