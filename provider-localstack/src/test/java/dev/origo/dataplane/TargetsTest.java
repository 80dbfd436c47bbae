package dev.origo.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.dataplane.Check.Codes;
import dev.origo.dataplane.Health.State;
import dev.origo.dataplane.Listener.Rules;
import dev.origo.dataplane.Status.Reason;
import dev.origo.model.Carrier;
import dev.origo.model.HealthCheck.Timing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which target gets a connection, and when it gets none any more.
final class TargetsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n\r\n";

    private record Answer(String name, Backend.Service service, State state, String reason) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Answer> answers() {
        return List.of(
                new Answer("good", says(OK), State.HEALTHY, ""),
                new Answer(
                        "another code",
                        says("HTTP/1.1 503 Service Unavailable\r\n\r\n"),
                        State.UNHEALTHY,
                        "Target.ResponseCodeMismatch"),
                new Answer("nothing at all", hang(), State.UNHEALTHY, "Target.Timeout"),
                new Answer(
                        "a byte at a time",
                        TargetsTest::trickle,
                        State.UNHEALTHY,
                        "Target.Timeout"),
                new Answer(
                        "not HTTP",
                        says("SSH-2.0-OpenSSH_9.6\r\n"),
                        State.UNHEALTHY,
                        "Target.FailedHealthChecks"),
                new Answer(
                        "an endless line",
                        TargetsTest::endless,
                        State.UNHEALTHY,
                        "Target.FailedHealthChecks"),
                new Answer("an endless body", TargetsTest::endlessBody, State.HEALTHY, ""),
                new Answer(
                        "an end at once",
                        socket -> socket.shutdownOutput(),
                        State.UNHEALTHY,
                        "Target.FailedHealthChecks"));
    }

    @Test
    void isAskedOverTlsWhereTheCheckSaysSo() throws Exception {
        Check.Http http = new Check.Http("/healthz", Codes.parse("200"));
        Check https = new Check(new Check.Https(http), Wanted.FAST, false);
        try (Backend speaksTls = Backend.of(Wanted.NODE, TestTls.answering(OK));
                Backend speaksHttp = Backend.answering(Wanted.NODE, OK);
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Listener listener =
                    Wanted.listener(Carrier.NONE, speaksTls.target("n1"), speaksHttp.target("n2"));
            Wanted.place(plane, Wanted.with(listener, https));
            Wanted.awaitHealth(plane, "n1", State.HEALTHY);
            Wanted.awaitHealth(plane, "n2", State.UNHEALTHY);
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void isJudgedByItsAnswer(Answer answer) {
        Timing impatient = new Timing(Duration.ofMillis(10), Duration.ofMillis(300), 2, 2);
        Check check = new Check(Wanted.HTTP.probe(), impatient, false);
        try (Backend backend = Backend.of(Wanted.NODE, answer.service());
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Listener listener = Wanted.listener(Carrier.NONE, backend.target("n1"));
            Wanted.place(plane, Wanted.with(listener, check));

            Wanted.awaitHealth(plane, "n1", answer.state());
            assertThat(Wanted.status(plane).targets().getFirst().health().reason())
                    .isEqualTo(answer.reason());
        }
    }

    @Test
    void getsNoNewConnectionWhenUnhealthyUntilAllAre() throws IOException {
        AtomicBoolean firstUp = new AtomicBoolean(true);
        AtomicBoolean secondUp = new AtomicBoolean(true);
        try (Backend first = named("1");
                Backend second = named("2");
                Backend healthOfFirst = healthOf(firstUp);
                Backend healthOfSecond = healthOf(secondUp);
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Listener listener =
                    Wanted.listener(
                            Carrier.NONE,
                            first.target("n1", healthOfFirst),
                            second.target("n2", healthOfSecond));
            InetSocketAddress at = Wanted.place(plane, Wanted.with(listener, Wanted.HTTP));
            Wanted.awaitHealth(plane, "n1", State.HEALTHY);
            Wanted.awaitHealth(plane, "n2", State.HEALTHY);
            assertThat(answering(at)).containsExactlyInAnyOrder("1", "2");

            firstUp.set(false);
            Wanted.awaitHealth(plane, "n1", State.UNHEALTHY);
            assertThat(answering(at)).containsExactly("2");

            secondUp.set(false);
            Wanted.awaitHealth(plane, "n2", State.UNHEALTHY);
            assertThat(answering(at)).containsExactlyInAnyOrder("1", "2");

            firstUp.set(true);
            Wanted.awaitHealth(plane, "n1", State.HEALTHY);
            assertThat(answering(at)).containsExactly("1");
        }
    }

    @Test
    void keepsOrLosesItsConnectionsWhenItTurnsUnhealthy() throws IOException {
        Rules keeping = new Rules(List.of(), Duration.ofMinutes(1), false, Duration.ZERO, false);
        AtomicBoolean up = new AtomicBoolean(true);
        try (Backend backend = Backend.echo(Wanted.NODE);
                Backend health = healthOf(up);
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Listener keeps =
                    Wanted.with(
                            Wanted.with(
                                    Wanted.listener(
                                            Carrier.NONE,
                                            backend.target("n1", health),
                                            Backend.echo(Wanted.NODE).target("n2")),
                                    Wanted.HTTP),
                            keeping);
            // The second target answers health requests with an echo, so it never is healthy.
            InetSocketAddress at = Wanted.place(plane, keeps);
            Wanted.awaitHealth(plane, "n1", State.HEALTHY);
            try (Socket client = Wanted.client(at);
                    Backend other = Backend.answering(Wanted.NODE, OK)) {
                assertThat(echoed(client)).isTrue();
                Target second = other.target("n3");
                Listener both = withTargets(keeps, keeps.targets().getFirst(), second);
                Wanted.place(plane, both);
                Wanted.awaitHealth(plane, "n3", State.HEALTHY);
                up.set(false);
                Wanted.awaitHealth(plane, "n1", State.UNHEALTHY);
                assertThat(echoed(client)).isTrue();

                Wanted.place(plane, Wanted.with(both, Rules.DEFAULT));
                assertThat(brokenOff(client)).isTrue();
                Wanted.awaitEnded(plane, Reason.UNHEALTHY, 1);
            }
        }
    }

    @Test
    void drainsWhenDeregistered() throws IOException {
        try (Backend first = Backend.echo(Wanted.NODE);
                Backend second = named("2");
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Listener listener = Wanted.listener(Carrier.NONE, first.target("n1"));
            InetSocketAddress at = Wanted.place(plane, listener);
            try (Socket client = Wanted.client(at)) {
                assertThat(echoed(client)).isTrue();
                Wanted.place(plane, withTargets(listener, second.target("n2")));
                Wanted.awaitHealth(plane, "n1", State.DRAINING);
                assertThat(answering(at)).containsExactly("2");
                assertThat(echoed(client)).isTrue();
            }
            Await.until("n1 is gone", () -> Wanted.status(plane).targets().size() == 1);
        }
    }

    @Test
    void isCutWhenTheDrainTimeIsOver() throws IOException {
        Rules hasty = new Rules(List.of(), Duration.ofMinutes(1), false, Duration.ZERO, true);
        try (Backend backend = Backend.echo(Wanted.NODE);
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Listener listener =
                    Wanted.with(Wanted.listener(Carrier.NONE, backend.target("n1")), hasty);
            try (Socket client = Wanted.client(Wanted.place(plane, listener))) {
                assertThat(echoed(client)).isTrue();
                Wanted.place(plane, withTargets(listener));

                assertThat(brokenOff(client)).isTrue();
                Wanted.awaitEnded(plane, Reason.DRAINED, 1);
            }
        }
    }

    @Test
    void staysTheSameForAStickyClient() throws IOException {
        Rules sticky = new Rules(List.of(), Duration.ofMinutes(1), true, Duration.ZERO, true);
        try (Backend first = named("1");
                Backend second = named("2");
                DataPlane plane = DataPlane.start(Wanted.CONFIG)) {
            Listener listener =
                    Wanted.listener(Carrier.NONE, first.target("n1"), second.target("n2"));
            InetSocketAddress at = Wanted.place(plane, Wanted.with(listener, sticky));
            Wanted.awaitHealth(plane, "n1", State.HEALTHY);
            Wanted.awaitHealth(plane, "n2", State.HEALTHY);

            Set<String> all = new HashSet<>();
            for (int host = 1; host <= 16; host++) {
                Set<String> one = answering("127.0.5." + host, at);
                assertThat(one).hasSize(1);
                all.addAll(one);
            }
            assertThat(all).containsExactlyInAnyOrder("1", "2");
        }
    }

    private static Listener withTargets(Listener l, Target... targets) {
        return new Listener(
                l.port(), l.transport(), l.carrier(), l.check(), l.rules(), Arrays.asList(targets));
    }

    private static Backend named(String name) {
        return Backend.answering(Wanted.NODE, name);
    }

    private static Backend healthOf(AtomicBoolean up) {
        return Backend.of(
                Wanted.NODE,
                socket -> says(up.get() ? OK : "HTTP/1.1 503 No\r\n\r\n").serve(socket));
    }

    private static Backend.Service says(String text) {
        return socket -> {
            if (socket.getInputStream().read(new byte[4_096]) > 0) {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            }
        };
    }

    private static Backend.Service hang() {
        return socket -> socket.getInputStream().readAllBytes();
    }

    private static void trickle(Socket socket) throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        try {
            do {
                socket.getOutputStream().write('H');
            } while (!never.await(20, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void endless(Socket socket) throws IOException {
        byte[] block = new byte[8_192];
        Arrays.fill(block, (byte) 'a');
        while (!socket.isClosed()) {
            socket.getOutputStream().write(block);
        }
    }

    private static void endlessBody(Socket socket) throws IOException {
        socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
        endless(socket);
    }

    private static Set<String> answering(InetSocketAddress at) throws IOException {
        return answering(Wanted.CLIENT, at);
    }

    /// Who answers ten connections.
    private static Set<String> answering(String from, InetSocketAddress at) throws IOException {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            try (Socket client = Wanted.client(from, at)) {
                names.add(ClientAddressTest.exchange(client, "?"));
            }
        }
        return names;
    }

    private static boolean echoed(Socket client) throws IOException {
        client.getOutputStream().write('e');
        return client.getInputStream().read() == 'e';
    }

    private static boolean brokenOff(Socket client) {
        try {
            return client.getInputStream().read() < 0;
        } catch (IOException _) {
            return true;
        }
    }
}
