package dev.origo.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.dataplane.Listener.Transport;
import dev.origo.model.Carrier;
import dev.origo.model.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Client, balancer and node have three addresses, so that none is mistaken for another.
final class ClientAddressTest {
    private static final String BALANCER_NET = "127.77.";

    private record Row(Carrier carrier, String peer, String header) {
        @Override
        public String toString() {
            return carrier.toString();
        }
    }

    private static List<Row> rows() {
        return List.of(
                new Row(Carrier.PACKET, Wanted.CLIENT, ""),
                new Row(Carrier.NONE, BALANCER_NET, ""),
                new Row(
                        Carrier.PROXY_PROTOCOL_V1,
                        BALANCER_NET,
                        "PROXY TCP4 127.0.0.77 BALANCER CPORT BPORT\r\n"),
                new Row(Carrier.PROXY_PROTOCOL_V2, BALANCER_NET, "\r\n\r\n\0\r\nQUIT\n"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void reachesTheTargetAsWanted(Row row) throws IOException {
        try (Backend backend = Backend.echo(Wanted.NODE);
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            InetSocketAddress at =
                    Wanted.place(plane, Wanted.listener(row.carrier(), backend.target("n1")));
            assertThat(at.getAddress().getHostAddress()).startsWith(BALANCER_NET);
            backend.peers.clear();

            try (Socket client = Wanted.client(at)) {
                String seen = exchange(client, "hello");
                String header =
                        row.header()
                                .replace("BALANCER", at.getAddress().getHostAddress())
                                .replace("CPORT", String.valueOf(client.getLocalPort()))
                                .replace("BPORT", String.valueOf(at.getPort()));
                assertThat(seen).startsWith(header).endsWith("hello");
            }
            assertThat(backend.peers)
                    .anyMatch(p -> p.getAddress().getHostAddress().startsWith(row.peer()));
        }
    }

    @Test
    void isLostAndToldWhenItIsNotBound() throws IOException {
        Config unbound = new Config(10, 10, 10, Duration.ofSeconds(5), Duration.ofMillis(5), false);
        try (Backend backend = Backend.echo(Wanted.NODE);
                DataPlane plane = DataPlane.start(unbound)) {
            Placed placed =
                    plane.carry(
                            Wanted.balancer(Wanted.listener(Carrier.PACKET, backend.target("n1"))));
            backend.peers.clear();

            try (Socket client = Wanted.client(placed.reachable().getFirst().at())) {
                assertThat(exchange(client, "hello")).isEqualTo("hello");
            }
            assertThat(backend.peers)
                    .noneMatch(p -> p.getAddress().getHostAddress().equals(Wanted.CLIENT));
            assertThat(placed.findings())
                    .extracting(f -> f.problem().code())
                    .containsExactly(Code.PACKET_DELIVERY_UNAVAILABLE);
            assertThat(Wanted.status(plane).targets().getFirst().carrier()).isEqualTo(Carrier.NONE);
        }
    }

    @Test
    void isToldAsLostToTargetsThatAreNotOnLoopback() {
        Target elsewhere = Target.of("n1", InetAddress.ofLiteral("192.0.2.1"), 80);
        try (DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Placed placed =
                    plane.carry(Wanted.balancer(Wanted.listener(Carrier.PACKET, elsewhere)));

            assertThat(placed.reachable()).hasSize(1);
            assertThat(placed.findings().getFirst().problem().message()).contains("192.0.2.1");
        }
    }

    @Test
    void isInTheCheckOnlyWhenAskedFor() {
        Check prefixed = new Check(new Check.Tcp(), Wanted.FAST, true);
        try (Backend backend = Backend.answering(Wanted.NODE, "HTTP/1.1 200 OK\r\n\r\n");
                Backend strict = strictlyProxied();
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Listener bare = Wanted.listener(Carrier.PROXY_PROTOCOL_V2, strict.target("n1"));
            Check http = new Check(Wanted.HTTP.probe(), Wanted.FAST, true);

            Wanted.place(plane, Wanted.with(bare, http));
            Wanted.awaitHealth(plane, "n1", Health.State.HEALTHY);
            Wanted.place(plane, Wanted.with(bare, Wanted.HTTP));
            Wanted.awaitHealth(plane, "n1", Health.State.UNHEALTHY);
            Wanted.place(plane, Wanted.with(bare, prefixed));
            Wanted.awaitHealth(plane, "n1", Health.State.HEALTHY);
            assertThat(backend.peers).isEmpty();
        }
    }

    @Test
    void mayChangeInPlaceWithoutCuttingWhatIsOpen() throws IOException {
        try (Backend backend = Backend.echo(Wanted.NODE);
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Listener packet = Wanted.listener(Carrier.PACKET, backend.target("n1"));
            InetSocketAddress at = Wanted.place(plane, packet);
            try (Socket old = Wanted.client(at)) {
                old.getOutputStream().write('a');
                assertThat(old.getInputStream().read()).isEqualTo('a');

                Listener none = Wanted.listener(Carrier.NONE, backend.target("n1"));
                assertThat(Wanted.place(plane, none)).isEqualTo(at);
                backend.peers.clear();
                try (Socket fresh = Wanted.client(at)) {
                    assertThat(exchange(fresh, "x")).isEqualTo("x");
                }
                assertThat(backend.peers)
                        .noneMatch(p -> p.getAddress().getHostAddress().equals(Wanted.CLIENT));
                assertThat(exchange(old, "b")).isEqualTo("b");
            }
        }
    }

    @Test
    void isNotGivenByAProxyHeaderOverUdp() {
        Target target = Target.of("n1", InetAddress.ofLiteral(Wanted.NODE), 9);
        try (DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Placed placed =
                    plane.carry(
                            Wanted.balancer(
                                    Wanted.with(
                                            Wanted.listener(Carrier.PROXY_PROTOCOL_V2, target),
                                            Transport.TCP_UDP)));

            assertThat(placed.reachable()).isEmpty();
            assertThat(placed.findings())
                    .extracting(f -> f.problem().code())
                    .containsExactly(Code.PROXY_PROTOCOL_NEEDS_TCP);
        }
    }

    /// Ends a connection whose first byte is not a PROXY header's.
    private static Backend strictlyProxied() {
        return Backend.of(
                Wanted.NODE,
                socket -> {
                    byte[] request = new byte[4_096];
                    int length = socket.getInputStream().read(request);
                    String text =
                            new String(
                                    request, 0, Math.max(0, length), StandardCharsets.ISO_8859_1);
                    if (text.startsWith("\r\n\r\n\0\r\nQUIT\n ") || length < 0) {
                        socket.getOutputStream()
                                .write(
                                        "HTTP/1.1 200 OK\r\n\r\n"
                                                .getBytes(StandardCharsets.US_ASCII));
                    }
                });
    }

    static String exchange(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        client.shutdownOutput();
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
