package dev.origo.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.dataplane.Listener.Rules;
import dev.origo.dataplane.Status.Reason;
import dev.origo.model.Carrier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RelayTest {
    private static final int MANY_BYTES = 64 * 1024 * 1024;

    @ParameterizedTest
    @EnumSource(
            value = Carrier.class,
            names = {"PACKET", "NONE", "PROXY_PROTOCOL_V1", "PROXY_PROTOCOL_V2"})
    void isByteExactOver64MegabytesBothWays(Carrier carrier) throws Exception {
        int header =
                switch (carrier) {
                    case PACKET, NONE, FORWARDED_HEADER -> 0;
                    case PROXY_PROTOCOL_V1 -> -1;
                    case PROXY_PROTOCOL_V2 -> 28;
                };
        try (Backend backend = Backend.of(Wanted.NODE, socket -> echoWithout(header, socket));
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                Socket client =
                        Wanted.client(
                                Wanted.place(
                                        plane, Wanted.listener(carrier, backend.target("n1"))))) {
            CRC32C sent = new CRC32C();
            Thread sender = Thread.ofVirtual().start(() -> send(client, sent));
            CRC32C received = new CRC32C();
            long length = drain(client.getInputStream(), received);
            sender.join();

            assertThat(length).isEqualTo(MANY_BYTES);
            assertThat(received.getValue()).isEqualTo(sent.getValue());
            Status.Counts counts = Wanted.status(plane).counts();
            assertThat(counts.bytesIn()).isEqualTo(MANY_BYTES);
            assertThat(counts.bytesOut()).isEqualTo(MANY_BYTES);
        }
    }

    @Test
    void passesTheEndOfTheClientOn() throws IOException {
        try (Backend backend = Backend.of(Wanted.NODE, RelayTest::countThenTell);
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                Socket client = Wanted.client(placed(plane, backend))) {
            assertThat(ClientAddressTest.exchange(client, "12345")).isEqualTo("5 bytes");
        }
    }

    @Test
    void passesTheEndOfTheTargetOn() throws Exception {
        CountDownLatch rest = new CountDownLatch(7);
        try (Backend backend =
                        Backend.of(
                                Wanted.NODE,
                                socket -> {
                                    socket.getOutputStream().write('!');
                                    socket.shutdownOutput();
                                    while (socket.getInputStream().read() >= 0) {
                                        rest.countDown();
                                    }
                                });
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                Socket client = Wanted.client(placed(plane, backend))) {
            assertThat(client.getInputStream().readAllBytes()).hasSize(1);
            client.getOutputStream().write(new byte[7]);
            rest.await();
            assertThat(rest.getCount()).isZero();
        }
    }

    @Test
    void holdsTheSenderBackWhenTheTargetDoesNotRead() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Backend backend =
                        Backend.of(
                                Wanted.NODE,
                                socket -> {
                                    try {
                                        go.await();
                                    } catch (InterruptedException e) {
                                        throw new IOException(e);
                                    }
                                    countThenTell(socket);
                                });
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                Socket client = Wanted.client(placed(plane, backend))) {
            CRC32C sent = new CRC32C();
            Thread sender = Thread.ofVirtual().start(() -> send(client, sent));
            Await.until("something went", () -> bytesIn(plane) > 0);
            awaitNoMore(plane);
            assertThat(bytesIn(plane)).isLessThan(MANY_BYTES);

            go.countDown();
            assertThat(
                            new String(
                                    client.getInputStream().readAllBytes(),
                                    StandardCharsets.US_ASCII))
                    .isEqualTo(MANY_BYTES + " bytes");
            sender.join();
        }
    }

    @Test
    void passesAResetOfTheTargetOn() throws IOException {
        try (Backend backend =
                        Backend.of(
                                Wanted.NODE,
                                socket -> {
                                    if (socket.getInputStream().read() >= 0) {
                                        socket.setSoLinger(true, 0);
                                    }
                                });
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                Socket client = Wanted.client(placed(plane, backend))) {
            client.getOutputStream().write('x');

            assertThat(broken(client)).isTrue();
            Wanted.awaitEnded(plane, Reason.RESET, 1);
        }
    }

    @Test
    void resetsWhatIsIdle() throws IOException {
        Rules impatient = new Rules(List.of(), Duration.ofMillis(50), false, Duration.ZERO, true);
        try (Backend hanging =
                        Backend.of(Wanted.NODE, socket -> socket.getInputStream().readAllBytes());
                DataPlane plane = DataPlane.start(Wanted.CONFIG);
                Socket client =
                        Wanted.client(
                                Wanted.place(
                                        plane,
                                        Wanted.with(
                                                Wanted.listener(Carrier.NONE, hanging.target("n1")),
                                                impatient)))) {
            assertThat(broken(client)).isTrue();
            Wanted.awaitEnded(plane, Reason.IDLE, 1);
            Await.until("all closed", () -> Wanted.status(plane).counts().active() == 0);
        }
    }

    private static InetSocketAddress placed(DataPlane plane, Backend backend) {
        return Wanted.place(plane, Wanted.listener(Carrier.NONE, backend.target("n1")));
    }

    private static long bytesIn(DataPlane plane) {
        return Wanted.status(plane).counts().bytesIn();
    }

    /// Until 50 looks in a row see the same.
    private static void awaitNoMore(DataPlane plane) {
        long[] seen = {0, 0};
        Await.until(
                "the sender is held back",
                () -> {
                    long now = bytesIn(plane);
                    seen[1] = now == seen[0] ? seen[1] + 1 : 0;
                    seen[0] = now;
                    return seen[1] > 50;
                });
    }

    private static boolean broken(Socket client) {
        try {
            return client.getInputStream().read() < 0;
        } catch (IOException e) {
            return !(e instanceof SocketTimeoutException);
        }
    }

    private static void countThenTell(Socket socket) throws IOException {
        long length = drain(socket.getInputStream(), new CRC32C());
        socket.getOutputStream().write((length + " bytes").getBytes(StandardCharsets.US_ASCII));
    }

    /// @param header its length in bytes; -1 is a line
    private static void echoWithout(int header, Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        if (header < 0) {
            int next = in.read();
            while (next >= 0 && next != '\n') {
                next = in.read();
            }
        } else {
            in.readNBytes(header);
        }
        in.transferTo(socket.getOutputStream());
    }

    private static void send(Socket socket, CRC32C sum) {
        Random random = new Random(4_711);
        byte[] block = new byte[64 * 1024];
        try {
            OutputStream out = socket.getOutputStream();
            for (int sent = 0; sent < MANY_BYTES; sent += block.length) {
                random.nextBytes(block);
                sum.update(block);
                out.write(block);
            }
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long drain(InputStream in, CRC32C sum) throws IOException {
        byte[] block = new byte[64 * 1024];
        long length = 0;
        for (int read = in.read(block); read >= 0; read = in.read(block)) {
            sum.update(block, 0, read);
            length += read;
        }
        return length;
    }
}
