package dev.origo.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.dataplane.Listener.Rules;
import dev.origo.dataplane.Listener.Transport;
import dev.origo.dataplane.Status.Reason;
import dev.origo.model.Carrier;
import dev.origo.model.Cidr;
import dev.origo.model.Code;
import dev.origo.model.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Where balancers are, and who is let in.
final class PlacesTest {
    private static final Target NOBODY =
            Target.of("n1", InetAddress.ofLiteral(Wanted.NODE), Wanted.closedPort());

    @Test
    void stayOverRestartsAndReCreation() {
        Balancer wanted = Wanted.balancer(Wanted.listener(Carrier.NONE, NOBODY));
        Placed before;
        try (DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            before = plane.carry(wanted);
            assertThat(plane.carry(wanted)).isEqualTo(before);
            plane.drop("web");
            assertThat(plane.status("web")).isEmpty();
            assertThat(plane.carry(wanted)).isEqualTo(before);
        }
        try (DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            assertThat(plane.carry(wanted)).isEqualTo(before);
        }
        assertThat(before.reachable().getFirst().at())
                .isEqualTo(new InetSocketAddress(before.address(), 7_070));
        assertThat(before.findings()).isEmpty();
    }

    @Test
    void moveAndTellWhenThePortIsInUse() throws IOException {
        Listener low = Wanted.with(Wanted.listener(Carrier.NONE, NOBODY), 7_071);
        Listener high = Wanted.with(low, 15_071);
        InetAddress own = Addresses.of("web", Set.of());
        try (ServerSocket taken = new ServerSocket(7_071, 1, own);
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Placed one = plane.carry(Wanted.balancer(low));
            assertThat(one.reachable().getFirst().at().getPort()).isEqualTo(15_071);
            Problem told = one.findings().getFirst().problem();
            assertThat(told.code()).isEqualTo(Code.LISTENER_MOVED);
            assertThat(told.message())
                    .startsWith("TCP port 7071 is open at %s:15071".formatted(own.getHostAddress()))
                    .contains("in use");
            plane.drop("web");

            Placed both = plane.carry(Wanted.balancer(low, high));
            assertThat(both.reachable().getLast().at().getPort()).isEqualTo(15_071);
            assertThat(both.reachable().getFirst().at().getPort()).isGreaterThan(15_071);
            assertThat(taken.isBound()).isTrue();
        }
    }

    @Test
    void tellWhenNothingCanBeOpened() {
        Opening.Opened opened =
                Opening.open(
                        Addresses.shared(),
                        80,
                        _ -> {
                            throw new IOException("Permission denied");
                        });

        assertThat(opened.fronts()).isEmpty();
        assertThat(opened.problems())
                .containsExactly(
                        Problem.error(
                                Code.LISTENER_NOT_OPEN,
                                "port 80 can't be opened on this machine (127.0.0.1:80: Permission denied; "
                                        + "127.0.0.1:8080: Permission denied; 127.0.0.1:0: Permission denied)"));
    }

    @Test
    void doNotEndTlsForTheCloud() {
        try (DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Listener tcp = Wanted.listener(Carrier.NONE, NOBODY);
            Listener tls = Wanted.with(Wanted.with(tcp, 7_443), Transport.TLS);
            Placed placed = plane.carry(Wanted.balancer(tcp, tls));

            assertThat(placed.reachable())
                    .extracting(Placed.Reachable::port)
                    .containsExactly(7_070);
            assertThat(placed.findings())
                    .extracting(f -> f.port() + " " + f.problem().code())
                    .containsExactly("7443 TLS_LISTENER_NOT_CARRIED");
            Status status = plane.snapshot().getFirst();
            assertThat(status.listeners().getLast().targets().getFirst().health().reason())
                    .isEqualTo("Target.NotInUse");
        }
    }

    @Test
    void letOnlySourceRangesIn() throws IOException {
        Rules rules =
                new Rules(
                        List.of(Cidr.parse("2001:db8::/32"), Cidr.parse("127.0.0.128/25")),
                        Duration.ofMinutes(1),
                        false,
                        Duration.ZERO,
                        true);
        try (Backend backend = Backend.echo(Wanted.NODE);
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Listener listener = Wanted.listener(Carrier.NONE, backend.target("n1"));
            InetSocketAddress at = Wanted.place(plane, Wanted.with(listener, rules));

            assertThat(Wanted.refused(at)).isTrue();
            Wanted.awaitEnded(plane, Reason.SOURCE_RANGE, 1);
            try (Socket inside = Wanted.client("127.0.0.129", at)) {
                assertThat(ClientAddressTest.exchange(inside, "in")).isEqualTo("in");
            }
        }
    }

    @Test
    void refuseWhatNoTargetTakes() {
        try (DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            InetSocketAddress at = Wanted.place(plane, Wanted.listener(Carrier.NONE));
            assertThat(Wanted.refused(at)).isTrue();
            Wanted.awaitEnded(plane, Reason.NO_TARGET, 1);

            Wanted.place(plane, Wanted.listener(Carrier.NONE, NOBODY));
            assertThat(Wanted.refused(at)).isTrue();
            Wanted.awaitEnded(plane, Reason.TARGET_REFUSED, 1);
            assertThat(Wanted.status(plane).targets().getFirst().counts().ended())
                    .containsEntry(Reason.TARGET_REFUSED, 1L);
        }
    }

    @Test
    void refuseClearlyWhenNoPortOfTheSourceIsFree() {
        InetAddress notOurs = InetAddress.ofLiteral("192.0.2.1");
        InetSocketAddress target = new InetSocketAddress(InetAddress.ofLiteral(Wanted.NODE), 9);

        assertThatThrownBy(
                        () -> Sockets.connect(Optional.of(notOurs), target, Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(
                        Sockets.NoConnection.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.SOURCE_PORTS));
    }

    @Test
    void refuseBeyondTheLimits() throws IOException {
        Config tight = new Config(3, 2, 1, Duration.ofSeconds(5), Duration.ofMillis(5), true);
        try (Backend backend = Backend.echo(Wanted.NODE);
                DataPlane plane = DataPlane.start(tight)) {
            Listener listener = Wanted.listener(Carrier.NONE, backend.target("n1"));
            InetSocketAddress at = Wanted.place(plane, listener);
            InetSocketAddress other =
                    plane.carry(new Balancer("other", List.of(listener)))
                            .reachable()
                            .getFirst()
                            .at();
            try (Socket first = held(at);
                    Socket second = held(at)) {
                assertThat(Wanted.refused(at)).isTrue();
                Wanted.awaitEnded(plane, Reason.LIMIT_OF_BALANCER, 1);
                try (Socket third = held(other)) {
                    assertThat(Wanted.refused(other)).isTrue();
                    assertThat(third.isConnected()).isTrue();
                }
                assertThat(first.isConnected() && second.isConnected()).isTrue();
            }
            Await.until("room again", () -> !refusedNow(at));
        }
    }

    @Test
    void stopListeningAtOnceAndDrainWhenDropped() throws IOException {
        try (Backend backend = Backend.echo(Wanted.NODE);
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Listener listener = Wanted.listener(Carrier.NONE, backend.target("n1"));
            InetSocketAddress at = Wanted.place(plane, listener);
            try (Socket client = held(at)) {
                plane.drop("web");
                assertThatThrownBy(() -> Wanted.client(at)).hasMessageContaining("refused");
                assertThat(plane.status("web").orElseThrow().draining()).isTrue();
                assertThat(ClientAddressTest.exchange(client, "still")).isEqualTo("still");
            }
            Await.until("nothing is left", () -> plane.status("web").isEmpty());
        }
    }

    @Test
    void leaveNothingOpenWhenClosed() throws IOException {
        try (Backend backend = Backend.echo(Wanted.NODE)) {
            DataPlane plane = DataPlane.start(Wanted.CONFIG);
            Listener listener =
                    Wanted.with(
                            Wanted.listener(Carrier.NONE, backend.target("n1")), Transport.TCP_UDP);
            InetSocketAddress at = Wanted.place(plane, listener);
            Socket client = held(at);
            plane.close();

            Await.until("cut", () -> brokenOff(client));
            new ServerSocket(at.getPort(), 1, at.getAddress()).close();
            assertThatThrownBy(() -> plane.carry(Wanted.balancer(listener)))
                    .hasMessage("the data plane is closed");
            assertThat(plane.snapshot()).isEmpty();
        }
    }

    /// A connection through which a byte went.
    private static Socket held(InetSocketAddress at) throws IOException {
        Socket client = Wanted.client(at);
        client.getOutputStream().write('h');
        assertThat(client.getInputStream().read()).isEqualTo('h');
        return client;
    }

    private static boolean refusedNow(InetSocketAddress at) {
        try (Socket client = Wanted.client(at)) {
            client.getOutputStream().write('h');
            return client.getInputStream().read() != 'h';
        } catch (IOException _) {
            return true;
        }
    }

    private static boolean brokenOff(Socket client) {
        try {
            return client.getInputStream().read() < 0;
        } catch (IOException _) {
            return true;
        }
    }
}
