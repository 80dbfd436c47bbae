package dev.origo.embedded.nodes;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The open connections of a node or a pod, at most so many. They end with it.
///
/// Thread-safe: its monitor guards the set; nothing is closed under it.
final class Gate {
    private final Set<Closeable> open = new HashSet<>();
    private int max;

    Gate(int max) {
        this.max = max;
    }

    /// False if it is full or closed; then the connection is the caller's to refuse.
    synchronized boolean admit(Closeable connection) {
        return open.size() < max && open.add(connection);
    }

    void release(Closeable connection) {
        synchronized (this) {
            open.remove(connection);
        }
        close(connection);
    }

    void close() {
        List<Closeable> all;
        synchronized (this) {
            max = 0;
            all = new ArrayList<>(open);
        }
        all.forEach(Gate::reset);
    }

    /// Ends a connection so that the peer sees a reset instead of an orderly end.
    static void reset(Closeable connection) {
        if (connection instanceof Socket socket) {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException _) {
                // It is closed already.
            }
        }
        close(connection);
    }

    static void close(Closeable connection) {
        try {
            connection.close();
        } catch (IOException _) {
            // Nobody is left to be told.
        }
    }
}
