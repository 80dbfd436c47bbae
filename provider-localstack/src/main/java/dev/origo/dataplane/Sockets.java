package dev.origo.dataplane;

import dev.origo.dataplane.Status.Reason;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Opening and breaking off TCP connections.
final class Sockets {
    private static final int ATTEMPTS_MAX = 16;

    /// Ports for connections from a given address. Chosen here in turn, not by the system: its
    /// choice for a bound address takes milliseconds once thousands of ended connections wait for
    /// late packets. Not in the range for outgoing connections (Linux: 32768 to 60999), where a
    /// port that is bound is lost to every other program; nor where node ports are, 30000 to 32767.
    private static final int PORT_FIRST = 10_240;

    private static final int PORTS = 19_760;
    private static final AtomicInteger TURN = new AtomicInteger();

    private Sockets() {}

    /// A connection could not be made, for a reason that is counted.
    static final class NoConnection extends Exception {
        private static final long serialVersionUID = 1;
        private final Reason reason;

        NoConnection(Reason reason, IOException cause) {
            super(cause);
            this.reason = reason;
        }

        Reason reason() {
            return reason;
        }
    }

    /// Connects from the source address, where there is one, and any of its ports.
    static SocketChannel connect(
            Optional<InetAddress> source, InetSocketAddress target, Duration timeout)
            throws NoConnection {
        for (int attempt = 1; ; attempt++) {
            try {
                return connectOnce(source, target, timeout);
            } catch (BindException e) {
                // The port may still wait for late packets of a connection between the same two;
                // another one may not.
                if (source.isEmpty() || attempt == ATTEMPTS_MAX) {
                    throw new NoConnection(Reason.SOURCE_PORTS, e);
                }
            } catch (SocketTimeoutException e) {
                throw new NoConnection(Reason.TARGET_TIMEOUT, e);
            } catch (IOException e) {
                boolean files = String.valueOf(e.getMessage()).contains("Too many open files");
                throw new NoConnection(files ? Reason.FILE_LIMIT : Reason.TARGET_REFUSED, e);
            }
        }
    }

    static ProtocolFamily family(InetAddress address) {
        return address instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }

    /// Closes so that the peer sees a reset, not an end.
    static void reset(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException _) {
            // Closed by its peer already.
        }
        close(channel);
    }

    static void close(AutoCloseable channel) {
        try {
            channel.close();
        } catch (Exception _) {
            // Nothing is left to do with it.
        }
    }

    /// Waits for a thread that ends by itself.
    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static SocketChannel connectOnce(
            Optional<InetAddress> source, InetSocketAddress target, Duration timeout)
            throws IOException, NoConnection {
        SocketChannel channel = SocketChannel.open(family(target.getAddress()));
        try {
            if (source.isPresent()) {
                // So that ports of ended connections can be had again.
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                bind(channel, source.orElseThrow());
            }
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(target, Math.toIntExact(timeout.toMillis()));
            if (target.equals(channel.getLocalAddress())) {
                throw new ConnectException("connected to itself");
            }
            return channel;
        } catch (IOException | NoConnection e) {
            channel.close();
            throw e;
        }
    }

    /// Binds to the next port of the address that is free.
    private static void bind(SocketChannel channel, InetAddress source)
            throws IOException, NoConnection {
        for (int tried = 1; ; tried++) {
            int port = PORT_FIRST + Math.floorMod(TURN.getAndIncrement(), PORTS);
            try {
                channel.bind(new InetSocketAddress(source, port));
                return;
            } catch (BindException e) {
                if (tried == PORTS) {
                    throw new NoConnection(Reason.SOURCE_PORTS, e);
                }
            }
        }
    }
}
