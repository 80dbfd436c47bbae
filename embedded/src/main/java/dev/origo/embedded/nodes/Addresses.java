package dev.origo.embedded.nodes;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/// Where Kubernetes' addresses are on this machine: pods (10.244.0.0/16) and cluster IPs
/// (10.96.0.0/12) keep their last three bytes and begin with 127. A real API server refuses
/// loopback addresses as endpoints, and without root there are no others to listen on. Addresses
/// that are on loopback already, as those of nodes and clients, stay as they are.
///
/// Source of the ranges: kubeadm's and flannel's defaults.
public final class Addresses {
    private static final int KUBERNETES = 10;
    private static final int LOOPBACK = 127;

    private Addresses() {}

    /// `10.244.1.2` is at `127.244.1.2`; empty for an address outside of the simulated network.
    public static Optional<InetAddress> loopback(String kubernetes) {
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(kubernetes);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
        return address instanceof Inet4Address && address.isLoopbackAddress()
                ? Optional.of(address)
                : moved(address, KUBERNETES, LOOPBACK);
    }

    /// `127.244.1.2` is known as `10.244.1.2`; any other address as itself.
    public static String kubernetes(InetAddress peer) {
        return moved(peer, LOOPBACK, KUBERNETES).orElse(peer).getHostAddress();
    }

    static boolean isPod(String kubernetes) {
        return kubernetes.startsWith(KUBERNETES + ".244.");
    }

    private static Optional<InetAddress> moved(InetAddress address, int from, int to) {
        byte[] bytes = address.getAddress();
        boolean ours =
                bytes.length == 4
                        && bytes[0] == from
                        && ((bytes[1] & 0xFF) == 244 || (bytes[1] & 0xF0) == 96);
        if (!ours) {
            return Optional.empty();
        }
        String text = address.getHostAddress();
        return Optional.of(InetAddress.ofLiteral(to + text.substring(text.indexOf('.'))));
    }
}
