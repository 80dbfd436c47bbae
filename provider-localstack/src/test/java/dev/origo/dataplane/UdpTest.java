package dev.origo.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.dataplane.Listener.Rules;
import dev.origo.dataplane.Listener.Transport;
import dev.origo.dataplane.Status.Reason;
import dev.origo.model.Carrier;
import dev.origo.model.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UdpTest {
    private static final int BIG_BYTES = 60_000;

    /// Answers each datagram with its sender's address and the same bytes.
    private static DatagramSocket backend() throws IOException {
        DatagramSocket socket = bound(Wanted.NODE);
        Thread.ofVirtual()
                .start(() -> {
                    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
                    while (!socket.isClosed()) {
                        try {
                            packet.setLength(65_535);
                            socket.receive(packet);
                            socket.send(answer(packet));
                        } catch (IOException _) {
                            return;
                        }
                    }
                });
        return socket;
    }

    private static DatagramPacket answer(DatagramPacket packet) {
        String text =
                packet.getAddress().getHostAddress()
                        + " "
                        + new String(
                                packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return new DatagramPacket(bytes, bytes.length, packet.getSocketAddress());
    }

    @ParameterizedTest
    @CsvSource({"PACKET, 127.0.0.77", "NONE, 127.77."})
    void reachesTheTargetAsWanted(Carrier carrier, String peer) throws IOException {
        try (DatagramSocket backend = backend();
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                DatagramSocket client = bound(Wanted.CLIENT)) {
            InetSocketAddress at = place(plane, backend, carrier, Rules.DEFAULT);

            assertThat(ask(client, at, "hello")).startsWith(peer).endsWith(" hello");
            String big = "x".repeat(BIG_BYTES);
            assertThat(ask(client, at, big)).endsWith(big);
            Status.Counts counts = Wanted.status(plane).counts();
            assertThat(counts.connections()).isEqualTo(1);
            assertThat(counts.bytesIn()).isEqualTo(BIG_BYTES + 5);
        }
    }

    @Test
    void hasBoundedSessionsThatEndWhenIdle() throws IOException {
        Config one = new Config(10, 10, 1, Duration.ofSeconds(5), Duration.ofMillis(5), true);
        Rules impatient = new Rules(List.of(), Duration.ofMillis(300), false, Duration.ZERO, true);
        try (DatagramSocket backend = backend();
                DataPlane plane = DataPlane.start(one);
                DatagramSocket first = bound(Wanted.CLIENT);
                DatagramSocket second = bound(Wanted.CLIENT)) {
            InetSocketAddress at = place(plane, backend, Carrier.NONE, impatient);
            assertThat(ask(first, at, "1")).endsWith(" 1");
            second.send(packet("2", at));
            Wanted.awaitEnded(plane, Reason.LIMIT_OF_BALANCER, 1);
            Wanted.awaitEnded(plane, Reason.IDLE, 1);
            assertThat(ask(second, at, "2")).endsWith(" 2");
        }
    }

    @Test
    void countsWhatNobodyTakes() throws IOException {
        Target closed = Target.of("n1", InetAddress.ofLiteral(Wanted.NODE), Wanted.closedPort());
        try (DataPlane plane = DataPlane.start(Wanted.CONFIG);
                DatagramSocket client = bound(Wanted.CLIENT)) {
            Listener listener = Wanted.with(Wanted.listener(Carrier.NONE, closed), Transport.UDP);
            client.send(packet("?", Wanted.place(plane, listener)));

            Wanted.awaitEnded(plane, Reason.TARGET_REFUSED, 1);
        }
    }

    @Test
    void sharesThePortWithTcp() throws IOException {
        try (DatagramSocket backend = backend();
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Placed placed =
                    plane.carry(
                            Wanted.balancer(
                                    Wanted.with(
                                            Wanted.listener(Carrier.PACKET, target(backend)),
                                            Transport.TCP_UDP)));

            assertThat(placed.reachable())
                    .extracting(r -> r.protocol() + " " + r.at().getPort())
                    .containsExactly("TCP 7070", "UDP 7070");
            assertThat(placed.findings()).isEmpty();
        }
    }

    @Test
    void movesAndTellsWhenThePortIsInUse() throws IOException {
        InetAddress own = Addresses.of("web", Set.of());
        try (DatagramSocket taken = new DatagramSocket(7_070, own);
                DatagramSocket backend = backend();
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                DatagramSocket client = bound(Wanted.CLIENT)) {
            Placed placed =
                    plane.carry(
                            Wanted.balancer(
                                    Wanted.with(
                                            Wanted.listener(Carrier.NONE, target(backend)),
                                            Transport.UDP)));

            assertThat(placed.findings())
                    .extracting(f -> f.problem().code())
                    .containsExactly(Code.LISTENER_MOVED);
            assertThat(ask(client, placed.reachable().getFirst().at(), "x")).endsWith(" x");
            assertThat(taken.isBound()).isTrue();
        }
    }

    private static Target target(DatagramSocket backend) {
        return Target.of("n1", backend.getLocalAddress(), backend.getLocalPort());
    }

    private static InetSocketAddress place(
            DataPlane plane, DatagramSocket backend, Carrier carrier, Rules rules) {
        Listener udp = Wanted.with(Wanted.listener(carrier, target(backend)), Transport.UDP);
        return Wanted.place(plane, Wanted.with(udp, rules));
    }

    private static DatagramSocket bound(String address) {
        try {
            DatagramSocket socket = new DatagramSocket(0, InetAddress.ofLiteral(address));
            socket.setSoTimeout(20_000);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DatagramPacket packet(String text, InetSocketAddress to) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return new DatagramPacket(bytes, bytes.length, to);
    }

    private static String ask(DatagramSocket client, InetSocketAddress at, String text)
            throws IOException {
        client.send(packet(text, at));
        DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
        client.receive(answer);
        return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
    }
}
