package dev.origo.dataplane;

import dev.origo.dataplane.Placed.Reachable;
import dev.origo.dataplane.Sockets.NoConnection;
import dev.origo.dataplane.Status.Reason;
import dev.origo.model.Carrier;
import dev.origo.model.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// An open TCP port. Refuses by a reset, and counts why.
final class TcpFront implements Front {
    private static final int BACKLOG_MAX = 4_096;
    private static final long PAUSE_NANOS = 10_000_000;

    private final ServerSocketChannel server;
    private final Reachable reachable;
    private final Port port;
    private final Thread accepting;

    private TcpFront(ServerSocketChannel server, InetSocketAddress at, Port port) {
        this.server = server;
        this.port = port;
        this.reachable = new Reachable(port.pool.listener().port(), Protocol.TCP, at);
        this.accepting = Thread.ofVirtual().name("accept " + at).unstarted(this::accept);
    }

    static TcpFront open(InetSocketAddress at, Port port) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET);
        try {
            server.bind(at, BACKLOG_MAX);
            InetSocketAddress bound = (InetSocketAddress) server.getLocalAddress();
            TcpFront front = new TcpFront(server, bound, port);
            front.accepting.start();
            return front;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public Reachable reachable() {
        return reachable;
    }

    @Override
    public void close() {
        Sockets.close(server);
        // The system listens until the one who accepts has let go.
        Sockets.join(accepting);
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                admit(server.accept());
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException _) {
                // Out of files. The client waits in the backlog; some connection will end.
                port.counters.ended(Reason.FILE_LIMIT);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void admit(SocketChannel client) {
        Optional<Reason> refused = port.engine.enter(port.home.connections());
        if (refused.isPresent()) {
            refuse(client, refused.orElseThrow());
            return;
        }
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        serve(client);
                    } finally {
                        port.engine.leave(port.home.connections());
                    }
                });
    }

    private void serve(SocketChannel client) {
        try (client) {
            InetAddress from = remote(client).getAddress();
            if (!port.pool.listener().rules().admit(from)) {
                refuse(client, Reason.SOURCE_RANGE);
                return;
            }
            if (port.pool.listener().carrier() == Carrier.FORWARDED_HEADER) {
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                port.engine.run(new HttpRelay(client, port));
                return;
            }
            Optional<Member> member = port.pool.choose(from);
            if (member.isEmpty()) {
                refuse(client, Reason.NO_TARGET);
                return;
            }
            relay(client, member.orElseThrow());
        } catch (IOException _) {
            // The client is gone.
            port.counters.ended(Reason.RESET);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void relay(SocketChannel client, Member member)
            throws IOException, InterruptedException {
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Target target = member.target();
        try (SocketChannel upstream =
                Sockets.connect(
                        port.source(remote(client).getAddress(), target),
                        new InetSocketAddress(target.address(), target.port()),
                        port.engine.config.connectTimeout())) {
            member.counters.opened();
            try {
                send(upstream, header(client));
                Flow.Ends ends = new Flow.Ends(client, upstream);
                port.engine.run(new Flow(ends, port, member, port.engine.buffers));
            } finally {
                member.counters.closed();
            }
        } catch (NoConnection e) {
            member.counters.ended(e.reason());
            Sockets.reset(client);
        }
    }

    /// What precedes the client's bytes.
    private byte[] header(SocketChannel client) throws IOException {
        ProxyHeader.Ends ends =
                new ProxyHeader.Ends(remote(client), (InetSocketAddress) client.getLocalAddress());
        return switch (port.pool.listener().carrier()) {
            case PROXY_PROTOCOL_V1 -> ProxyHeader.version1(ends);
            case PROXY_PROTOCOL_V2 -> ProxyHeader.version2(ends, List.of());
            case PACKET, FORWARDED_HEADER, NONE -> new byte[0];
        };
    }

    private void refuse(SocketChannel client, Reason reason) {
        port.counters.ended(reason);
        Sockets.reset(client);
    }

    private static void send(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static InetSocketAddress remote(SocketChannel client) throws IOException {
        return (InetSocketAddress) client.getRemoteAddress();
    }
}
