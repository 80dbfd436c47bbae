package dev.origo.app.dev;

import dev.origo.embedded.nodes.Addresses;
import dev.origo.spi.Tasks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// What a person at the keyboard does: asks over the network, waits and looks.
///
/// Thread rule: one task.
final class Lab {
    /// Somebody outside of the cluster, with an address that nobody else has.
    static final InetAddress OUTSIDE = InetAddress.ofLiteral("127.0.0.77");

    private static final int TIMEOUT_MILLIS = 3_000;
    private static final int ANSWER_MAX_BYTES = 1 << 20;
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Pattern CLIENT = Pattern.compile("client_address=(\\S+)");

    private final Tasks tasks;

    Lab(Tasks tasks) {
        this.tasks = tasks;
    }

    /// One GET from an address of this machine.
    ///
    /// @param to as people see it: pods and cluster IPs by their Kubernetes addresses
    /// @throws IOException where nobody answers
    static String get(InetAddress from, String to, int port, String path) throws IOException {
        InetAddress address = Addresses.loopback(to).orElseGet(() -> InetAddress.ofLiteral(to));
        try (Socket socket = connected(from, new InetSocketAddress(address, port))) {
            return answer(socket, to, path);
        }
    }

    /// As `curl -k https://`: whatever certificate is shown is taken.
    static String getTls(InetAddress from, String to, int port, String path) throws IOException {
        InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral(to), port);
        try (Socket plain = connected(from, at);
                Socket tls =
                        anyCertificate().getSocketFactory().createSocket(plain, to, port, true)) {
            return answer(tls, to, path);
        }
    }

    private static Socket connected(InetAddress from, InetSocketAddress to) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(to, TIMEOUT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static String answer(Socket socket, String host, String path) throws IOException {
        String request =
                "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, host);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        byte[] bytes = socket.getInputStream().readNBytes(ANSWER_MAX_BYTES);
        if (bytes.length == 0) {
            throw new IOException("the connection ended without an answer");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// The peer that the application says it sees.
    static String seen(String answer) {
        Matcher line = CLIENT.matcher(answer);
        if (!line.find()) {
            throw new Unproven(
                    "the answer names no client: " + answer.lines().findFirst().orElse(""));
        }
        return line.group(1);
    }

    /// The first value that is good, looked for until the time is over.
    ///
    /// @throws Unproven with the last value
    <T> T eventually(String what, Duration max, Supplier<T> look, Predicate<T> good) {
        long until = tasks.nanoTime() + max.toNanos();
        String last = "";
        while (tasks.nanoTime() < until) {
            try {
                T value = look.get();
                if (good.test(value)) {
                    return value;
                }
                last = String.valueOf(value);
            } catch (Unproven e) {
                last = String.valueOf(e.getMessage());
            }
            tasks.pause(LOOK);
        }
        throw new Unproven(
                "%s: not within %d s; last seen: %s".formatted(what, max.toSeconds(), last));
    }

    /// Seconds since a moment, for people.
    double seconds(long sinceNanos) {
        return (tasks.nanoTime() - sinceNanos) / 1e9;
    }

    long now() {
        return tasks.nanoTime();
    }

    private static SSLContext anyCertificate() {
        TrustManager trusting =
                new X509TrustManager() {
                    @Override
                    public void checkClientTrusted(X509Certificate[] chain, String type) {}

                    @Override
                    public void checkServerTrusted(X509Certificate[] chain, String type) {}

                    @Override
                    public X509Certificate[] getAcceptedIssuers() {
                        return new X509Certificate[0];
                    }
                };
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trusting}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
    }
}
