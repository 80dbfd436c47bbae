package dev.origo.dataplane;

import dev.origo.dataplane.Placed.Reachable;

/// An open port: takes connections or datagrams in until it is closed.
sealed interface Front extends AutoCloseable permits TcpFront, UdpFront {
    Reachable reachable();

    /// Returns when the port is free again. Established connections go on.
    @Override
    void close();
}
