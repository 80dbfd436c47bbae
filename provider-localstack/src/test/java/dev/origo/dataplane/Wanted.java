package dev.origo.dataplane;

import dev.origo.dataplane.Check.Codes;
import dev.origo.dataplane.Listener.Rules;
import dev.origo.dataplane.Listener.Transport;
import dev.origo.model.Carrier;
import dev.origo.model.HealthCheck.Timing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

/// Balancers as tests want them, and clients.
final class Wanted {
    static final String CLIENT = "127.0.0.77";
    static final String NODE = "127.0.1.1";
    static final Timing FAST = new Timing(Duration.ofMillis(10), Duration.ofSeconds(5), 2, 2);
    static final Check TCP = new Check(new Check.Tcp(), FAST, false);
    static final Check HTTP =
            new Check(new Check.Http("/healthz", Codes.parse("200")), FAST, false);
    static final Config CONFIG =
            new Config(1_000, 1_000, 64, Duration.ofSeconds(5), Duration.ofMillis(5), true);

    private Wanted() {}

    static Listener listener(Carrier carrier, Target... targets) {
        return new Listener(7_070, Transport.TCP, carrier, TCP, Rules.DEFAULT, List.of(targets));
    }

    static Listener with(Listener l, Check check) {
        return new Listener(l.port(), l.transport(), l.carrier(), check, l.rules(), l.targets());
    }

    static Listener with(Listener l, Rules rules) {
        return new Listener(l.port(), l.transport(), l.carrier(), l.check(), rules, l.targets());
    }

    static Listener with(Listener l, Transport transport) {
        return new Listener(l.port(), transport, l.carrier(), l.check(), l.rules(), l.targets());
    }

    static Listener with(Listener l, int port) {
        return new Listener(port, l.transport(), l.carrier(), l.check(), l.rules(), l.targets());
    }

    static Balancer balancer(Listener... listeners) {
        return new Balancer("web", List.of(listeners));
    }

    static InetSocketAddress place(DataPlane plane, Listener listener) {
        return plane.carry(balancer(listener)).reachable().getFirst().at();
    }

    /// A connection from the client's own address.
    static Socket client(InetSocketAddress to) {
        return client(CLIENT, to);
    }

    static Socket client(String from, InetSocketAddress to) {
        try {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
            socket.connect(to);
            socket.setSoTimeout(20_000);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether the balancer breaks a connection off before a byte.
    static boolean refused(InetSocketAddress to) {
        try (Socket socket = client(to)) {
            return socket.getInputStream().read() < 0;
        } catch (IOException _) {
            return true;
        }
    }

    /// A port on which nobody listens.
    static int closedPort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.ofLiteral(NODE))) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Status.OfListener status(DataPlane plane) {
        return plane.status("web").orElseThrow().listeners().getFirst();
    }

    static void awaitHealth(DataPlane plane, String target, Health.State state) {
        Await.until(
                target + " is " + state,
                () ->
                        status(plane).targets().stream()
                                .anyMatch(t ->
                                        t.target().id().equals(target)
                                                && t.health().state() == state));
    }

    static void awaitEnded(DataPlane plane, Status.Reason reason, long count) {
        Await.until(
                count + " times " + reason,
                () -> status(plane).counts().ended().getOrDefault(reason, 0L) == count);
    }
}
