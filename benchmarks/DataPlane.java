import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Measures the data plane beside HAProxy: the same clients, the same backend, turn by turn in one
/// run. `benchmarks/dataplane` starts it. Arguments: the path of haproxy, the number of rounds, and
/// the command that serves the data plane.
///
/// - throughput: two downloads of 512 MiB at a time
/// - new connections: 16 clients, one request of 64 bytes a connection, for 3 s
/// - p99: the same request at 500 a second for 3 s, from the moment that it is due
final class DataPlane {
    private static final String NODE = "127.0.1.1";
    private static final int DOWNLOADS = 2;
    private static final long DOWNLOAD_BYTES = 512L << 20;
    private static final int CLIENTS = 16;
    private static final int SMALL_BYTES = 64;
    private static final int RATE = 500;
    private static final long SECONDS = 3;
    private static final int SOURCES = 10;
    private static final int FIRST_HAPROXY_PORT = 8_081;
    private static final byte[] BYTES = new byte[256 << 10];
    private static final AtomicInteger turn = new AtomicInteger();

    /// What is measured: the way there, and how HAProxy is told to do it.
    private enum Way {
        NONE("bytes as they are", "tcp", ""),
        PROXY_PROTOCOL_V1("PROXY v1", "tcp", "send-proxy"),
        PROXY_PROTOCOL_V2("PROXY v2", "tcp", "send-proxy-v2"),
        FORWARDED_HEADER("X-Forwarded-For", "http", ""),
        PACKET("client's own address", "", "");

        private final String title;
        private final String mode;
        private final String option;

        Way(String title, String mode, String option) {
            this.title = title;
            this.mode = mode;
            this.option = option;
        }
    }

    private record Result(double gigabytes, double connections, double p99Millis) {}

    public static void main(String[] arguments) throws Exception {
        String haproxy = arguments[0];
        int rounds = Integer.parseInt(arguments[1]);
        List<String> command = new ArrayList<>(Arrays.asList(arguments).subList(2, arguments.length));
        Path directory = Files.createTempDirectory("origo-benchmark-");
        try (ServerSocket backend = new ServerSocket()) {
            backend.bind(new InetSocketAddress(InetAddress.ofLiteral(NODE), 0), 4_096);
            Thread.ofPlatform().daemon().start(() -> serve(backend));
            int port = backend.getLocalPort();
            for (Way way : Way.values()) {
                command.add("%s=%s@%s:%d".formatted(way, way, NODE, port));
            }
            Process theirs = haproxy(haproxy, directory, port);
            Process ours = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try {
                Map<String, InetSocketAddress> subjects = new LinkedHashMap<>();
                subjects.put("no proxy", new InetSocketAddress(NODE, port));
                Map<String, InetSocketAddress> places = places(ours);
                for (Way way : Way.values()) {
                    if (!way.mode.isEmpty()) {
                        subjects.put(
                                "HAProxy, " + way.title,
                                new InetSocketAddress("127.0.2.1", FIRST_HAPROXY_PORT + way.ordinal()));
                    }
                    subjects.put("Origo, " + way.title, places.get(way.name()));
                }
                print(measure(subjects, rounds));
            } finally {
                ours.destroy();
                theirs.destroy();
                ours.waitFor();
                theirs.waitFor();
            }
        } finally {
            Files.deleteIfExists(directory.resolve("haproxy.cfg"));
            Files.delete(directory);
        }
    }

    private static Process haproxy(String program, Path directory, int port) throws IOException {
        StringBuilder config =
                new StringBuilder(
                        "global\n  maxconn 8000\ndefaults\n  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n");
        for (Way way : Way.values()) {
            if (!way.mode.isEmpty()) {
                config.append(
                        "listen %s\n  mode %s\n  bind 127.0.2.1:%d\n  %s\n  server s %s:%d %s\n"
                                .formatted(
                                        way,
                                        way.mode,
                                        FIRST_HAPROXY_PORT + way.ordinal(),
                                        way.mode.equals("http") ? "option forwardfor" : "",
                                        NODE,
                                        port,
                                        way.option));
            }
        }
        Path file = Files.writeString(directory.resolve("haproxy.cfg"), config);
        return new ProcessBuilder(program, "-db", "-f", file.toString()).inheritIO().start();
    }

    private static Map<String, InetSocketAddress> places(Process ours) throws IOException {
        Map<String, InetSocketAddress> places = new LinkedHashMap<>();
        BufferedReader lines = ours.inputReader();
        for (Way _ : Way.values()) {
            String[] words = lines.readLine().split(" at |:");
            places.put(words[0], new InetSocketAddress(words[1], Integer.parseInt(words[2])));
        }
        return places;
    }

    private static Map<String, List<Result>> measure(Map<String, InetSocketAddress> subjects, int rounds)
            throws Exception {
        Map<String, List<Result>> results = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (var subject : subjects.entrySet()) {
                Result result =
                        new Result(
                                downloads(subject.getValue()),
                                connections(subject.getValue()),
                                p99(subject.getValue()));
                System.err.printf("round %d of %d: %s: %s%n", round, rounds, subject.getKey(), result);
                if (round > 0) { // the first one warms up
                    results.computeIfAbsent(subject.getKey(), _ -> new ArrayList<>()).add(result);
                }
            }
        }
        return results;
    }

    // --- clients

    /// Gigabytes (10^9) a second.
    private static double downloads(InetSocketAddress to) throws Exception {
        long begun = System.nanoTime();
        together(DOWNLOADS, () -> get(to, DOWNLOAD_BYTES));
        return DOWNLOADS * DOWNLOAD_BYTES / (double) (System.nanoTime() - begun);
    }

    private static double connections(InetSocketAddress to) throws Exception {
        AtomicLong done = new AtomicLong();
        long begun = System.nanoTime();
        long until = begun + SECONDS * 1_000_000_000L;
        together(
                CLIENTS,
                () -> {
                    while (System.nanoTime() < until) {
                        get(to, SMALL_BYTES);
                        done.incrementAndGet();
                    }
                });
        return done.get() * 1e9 / (System.nanoTime() - begun);
    }

    private static double p99(InetSocketAddress to) throws Exception {
        int count = Math.toIntExact(RATE * SECONDS);
        long[] nanos = new long[count];
        long first = System.nanoTime();
        CountDownLatch ended = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            int number = i;
            long due = first + i * 1_000_000_000L / RATE;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    get(to, SMALL_BYTES);
                                    nanos[number] = System.nanoTime() - due;
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                } finally {
                                    ended.countDown();
                                }
                            });
        }
        ended.await();
        Arrays.sort(nanos);
        return nanos[count * 99 / 100] / 1e6;
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void together(int threads, Task task) throws Exception {
        List<Thread> all = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            task.run();
                                        } catch (IOException e) {
                                            synchronized (failures) {
                                                failures.add(e);
                                            }
                                        }
                                    }));
        }
        for (Thread thread : all) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new IOException("a client failed", failures.getFirst());
        }
    }

    /// One connection, one request; fails where the answer is not whole.
    private static void get(InetSocketAddress to, long bytes) throws IOException {
        String from = "127.0.0." + (70 + turn.getAndIncrement() % SOURCES);
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(to, 5_000);
            socket.setSoTimeout(30_000);
            String request = "GET /%d HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n".formatted(bytes);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[bytes > BYTES.length ? BYTES.length : 1_024];
            long got = 0;
            int head = -1;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (head < 0) {
                    head = new String(buffer, 0, Math.min(read, 1_024), StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
                }
                got += read;
            }
            if (head < 4 || got - head != bytes) {
                throw new IOException("%d bytes of %d from %s".formatted(got - head, bytes, to));
            }
        }
    }

    // --- the backend

    private static void serve(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> answer(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void answer(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            byte[] head = new byte[2_048];
            int length = 0;
            String text = "";
            while (!text.endsWith("\r\n\r\n")) {
                int read = socket.getInputStream().read(head, length, head.length - length);
                if (read < 0) {
                    return; // a check
                }
                length += read;
                text = new String(head, 0, length, StandardCharsets.ISO_8859_1);
            }
            long bytes = Long.parseLong(text.replaceFirst("(?s).*GET /(\\d+) .*", "$1"));
            OutputStream out = socket.getOutputStream();
            byte[] start =
                    "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                            .formatted(bytes)
                            .getBytes(StandardCharsets.US_ASCII);
            byte[] first = Arrays.copyOf(start, start.length + (bytes <= SMALL_BYTES ? (int) bytes : 0));
            out.write(first);
            for (long left = bytes - (first.length - start.length); left > 0; ) {
                int part = (int) Math.min(left, BYTES.length);
                out.write(BYTES, 0, part);
                left -= part;
            }
        } catch (IOException e) {
            // the client is gone
        }
    }

    // --- the table

    private static void print(Map<String, List<Result>> results) {
        System.out.println("| | GB/s | of HAProxy | new connections/s | of HAProxy | p99, ms |");
        System.out.println("|---|---|---|---|---|---|");
        results.forEach(
                (name, all) -> {
                    List<Result> theirs =
                            results.getOrDefault(name.replace("Origo, ", "HAProxy, "), results.get("HAProxy, bytes as they are"));
                    boolean ours = name.startsWith("Origo");
                    double[] gigabytes = sorted(all.stream().mapToDouble(Result::gigabytes).toArray());
                    double[] connections = sorted(all.stream().mapToDouble(Result::connections).toArray());
                    double[] p99 = sorted(all.stream().mapToDouble(Result::p99Millis).toArray());
                    System.out.printf(
                            "| %s | %.2f (%.2f-%.2f) | %s | %.0f (%.0f-%.0f) | %s | %.1f (%.1f-%.1f) |%n",
                            name,
                            median(gigabytes), gigabytes[0], gigabytes[gigabytes.length - 1],
                            ours ? share(gigabytes, sorted(theirs.stream().mapToDouble(Result::gigabytes).toArray())) : "",
                            median(connections), connections[0], connections[connections.length - 1],
                            ours ? share(connections, sorted(theirs.stream().mapToDouble(Result::connections).toArray())) : "",
                            median(p99), p99[0], p99[p99.length - 1]);
                });
    }

    private static double[] sorted(double[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).sorted().toArray();
    }

    private static double median(double[] sorted) {
        return sorted[sorted.length / 2];
    }

    private static String share(double[] ours, double[] theirs) {
        return "%.0f %%".formatted(100 * median(ours) / median(theirs));
    }
}
