package dev.origo.dataplane;

import java.net.InetAddress;

/// Where connections are sent to.
///
/// @param id the caller's name for it, as an instance id
/// @param port 1..65535
/// @param healthPort the port that is probed, 1..65535; the traffic's own or another
public record Target(String id, InetAddress address, int port, int healthPort) {
    private static final int PORT_MAX = 65_535;

    public Target {
        requirePort(port);
        requirePort(healthPort);
    }

    /// A target that is probed on the port of the traffic.
    public static Target of(String id, InetAddress address, int port) {
        return new Target(id, address, port, port);
    }

    /// What makes it another target; the health port may change in place.
    Key key() {
        return new Key(id, address, port);
    }

    static void requirePort(int port) {
        if (port < 1 || port > PORT_MAX) {
            throw new IllegalArgumentException(
                    "port %d is outside 1..%d".formatted(port, PORT_MAX));
        }
    }

    record Key(String id, InetAddress address, int port) {}
}
