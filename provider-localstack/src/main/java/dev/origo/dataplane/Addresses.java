package dev.origo.dataplane;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.zip.CRC32C;

/// A loopback address per balancer, out of 127.77.0.0/16, where no node or pod is. It follows from
/// the id, so it stays over restarts; balancers whose ids meet take the next one in the order in
/// which they come.
final class Addresses {
    private static final int FIRST = 127;
    private static final int SECOND = 77;
    private static final int HOSTS = 65_534;
    private static final int BYTE = 256;

    private Addresses() {}

    /// The address of a balancer, where the addresses taken are others'.
    static InetAddress of(String id, Set<InetAddress> taken) {
        CRC32C hash = new CRC32C();
        hash.update(id.getBytes(StandardCharsets.UTF_8));
        int start = (int) (hash.getValue() % HOSTS);
        for (int step = 0; step < HOSTS; step++) {
            int host = 1 + (start + step) % HOSTS;
            InetAddress address = literal(SECOND, host / BYTE, host % BYTE);
            if (!taken.contains(address)) {
                return address;
            }
        }
        throw new IllegalStateException("all %d addresses are taken".formatted(HOSTS));
    }

    /// The one address that every system has.
    static InetAddress shared() {
        return literal(0, 0, 1);
    }

    /// Whether this system lets a socket be bound to it. Linux does for all of 127/8.
    static boolean bindable(InetAddress address) {
        try (DatagramChannel probe = DatagramChannel.open(Sockets.family(address))) {
            probe.bind(new InetSocketAddress(address, 0));
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static InetAddress literal(int second, int third, int fourth) {
        byte[] bytes = {(byte) FIRST, (byte) second, (byte) third, (byte) fourth};
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
