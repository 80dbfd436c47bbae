package dev.origo.dataplane;

import dev.origo.dataplane.Check.Codes;
import dev.origo.dataplane.Health.Failed;
import dev.origo.dataplane.Health.Outcome;
import dev.origo.dataplane.Health.Passed;
import dev.origo.model.Carrier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks targets for their health. Reads at most a status line of an answer, whatever comes.
final class Prober {
    private static final int PROBES_MAX = 64;
    private static final int LINE_BYTES_MAX = 512;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");

    private final Semaphore probes = new Semaphore(PROBES_MAX);

    Outcome ask(Target target, Listener listener) {
        probes.acquireUninterruptibly();
        try {
            long timeout = listener.check().timing().timeout().toNanos();
            return ask(target, listener, System.nanoTime() + timeout);
        } finally {
            probes.release();
        }
    }

    private static Outcome ask(Target target, Listener listener, long deadline) {
        Check check = listener.check();
        try (Socket socket = new Socket()) {
            InetAddress address = target.address();
            InetSocketAddress health = new InetSocketAddress(address, target.healthPort());
            socket.connect(health, leftMillis(deadline));
            if (check.carriesProxyHeader()) {
                socket.getOutputStream().write(header(listener.carrier()));
            }
            return switch (check.probe()) {
                case Check.Tcp _ -> new Passed();
                case Check.Http http -> asked(socket, http, deadline);
                case Check.Https(Check.Http http) -> {
                    socket.setSoTimeout(leftMillis(deadline));
                    String host = address.getHostAddress();
                    try (Socket tls =
                            AnyCertificate.SOCKETS.createSocket(
                                    socket, host, target.healthPort(), false)) {
                        yield asked(tls, http, deadline);
                    }
                }
            };
        } catch (SocketTimeoutException _) {
            return Failed.timedOut();
        } catch (IOException _) {
            return Failed.refused();
        }
    }

    private static Outcome asked(Socket socket, Check.Http http, long deadline) throws IOException {
        InetSocketAddress at = (InetSocketAddress) socket.getRemoteSocketAddress();
        socket.getOutputStream().write(request(http.path(), at));
        return judged(statusLine(socket, deadline), http.codes());
    }

    private static byte[] header(Carrier carrier) {
        return switch (carrier) {
            case PROXY_PROTOCOL_V1 -> ProxyHeader.version1Unknown();
            case PROXY_PROTOCOL_V2 -> ProxyHeader.version2Local();
            case PACKET, FORWARDED_HEADER, NONE -> new byte[0];
        };
    }

    private static byte[] request(String path, InetSocketAddress host) {
        String literal = host.getAddress().getHostAddress();
        String request =
                "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUser-Agent: ELB-HealthChecker/2.0\r\nConnection: close\r\n\r\n"
                        .formatted(
                                path,
                                literal.indexOf(':') < 0 ? literal : "[" + literal + "]",
                                host.getPort());
        return request.getBytes(StandardCharsets.US_ASCII);
    }

    private static Outcome judged(String line, Codes codes) {
        Matcher status = STATUS.matcher(line);
        if (!status.matches()) {
            return Failed.refused();
        }
        int code = Integer.parseInt(status.group(1));
        return codes.passing().contains(code) ? new Passed() : Failed.code(code);
    }

    /// The first line, or what came of it.
    private static String statusLine(Socket socket, long deadline) throws IOException {
        byte[] bytes = new byte[LINE_BYTES_MAX];
        int length = 0;
        while (length < bytes.length) {
            socket.setSoTimeout(leftMillis(deadline));
            int read = socket.getInputStream().read(bytes, length, bytes.length - length);
            if (read < 0) {
                break;
            }
            length += read;
            String line = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
            int end = line.indexOf("\r\n");
            if (end >= 0) {
                return line.substring(0, end);
            }
        }
        return "";
    }

    private static int leftMillis(long deadline) throws SocketTimeoutException {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new SocketTimeoutException();
        }
        return Math.toIntExact(Math.min(left, Integer.MAX_VALUE));
    }
}
