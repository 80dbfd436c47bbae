package dev.origo.dataplane;

import dev.origo.dataplane.Placed.Reachable;
import dev.origo.dataplane.Status.Reason;
import dev.origo.model.Protocol;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// An open UDP port: a session per client address and port, with a socket of its own to the target.
/// One thread serves all sessions with one buffer.
final class UdpFront implements Front {
    private static final int DATAGRAM_BYTES_MAX = 65_535;

    /// Source: UDP idle timeout of network load balancers.
    private static final Duration IDLE_MAX = Duration.ofMinutes(2);

    private final DatagramChannel front;
    private final Selector selector;
    private final Reachable reachable;
    private final Port port;
    private final Thread thread;
    private final Map<InetSocketAddress, Session> sessions = new HashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(DATAGRAM_BYTES_MAX);
    private volatile boolean closed;
    private long sweptNanos = System.nanoTime();

    private UdpFront(DatagramChannel front, Selector selector, Port port) throws IOException {
        this.front = front;
        this.selector = selector;
        this.port = port;
        InetSocketAddress at = (InetSocketAddress) front.getLocalAddress();
        this.reachable = new Reachable(port.pool.listener().port(), Protocol.UDP, at);
        this.thread = Thread.ofPlatform().daemon().name("udp " + at).unstarted(this::run);
    }

    private record Session(
            InetSocketAddress client,
            DatagramChannel upstream,
            Member member,
            AtomicLong lastNanos) {
        void touch() {
            lastNanos.set(System.nanoTime());
        }
    }

    static UdpFront open(InetSocketAddress at, Port port) throws IOException {
        DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
        try {
            channel.bind(at);
            channel.configureBlocking(false);
            Selector selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            UdpFront front = new UdpFront(channel, selector, port);
            front.thread.start();
            return front;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Reachable reachable() {
        return reachable;
    }

    /// Ends all sessions, too: there is no end of a UDP session to wait for.
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        Sockets.join(thread);
    }

    private void run() {
        long sweepMillis = Math.max(1, port.engine.config.sweepEvery().toMillis());
        try {
            while (!closed) {
                selector.select(this::ready, sweepMillis);
                sweep(System.nanoTime(), sweepMillis);
            }
        } catch (IOException _) {
            port.counters.ended(Reason.RESET);
        } finally {
            List.copyOf(sessions.values()).forEach(this::end);
            Sockets.close(front);
            Sockets.close(selector);
        }
    }

    private void ready(SelectionKey key) {
        if (key.attachment() instanceof Session session) {
            fromTarget(session);
            return;
        }
        fromClients();
    }

    private void fromClients() {
        try {
            for (var from = receive(); from.isPresent(); from = receive()) {
                session(from.orElseThrow()).ifPresent(this::toTarget);
            }
        } catch (IOException _) {
            port.counters.ended(Reason.RESET);
        }
    }

    private Optional<InetSocketAddress> receive() throws IOException {
        buffer.clear();
        Optional<InetSocketAddress> from =
                Optional.ofNullable((InetSocketAddress) front.receive(buffer));
        buffer.flip();
        return from;
    }

    private Optional<Session> session(InetSocketAddress client) {
        if (!port.pool.listener().rules().admit(client.getAddress())) {
            port.counters.ended(Reason.SOURCE_RANGE);
            return Optional.empty();
        }
        Session known = sessions.get(client);
        return known == null ? begin(client) : Optional.of(known);
    }

    private Optional<Session> begin(InetSocketAddress client) {
        Optional<Member> member = port.pool.choose(client.getAddress());
        if (member.isEmpty()) {
            port.counters.ended(Reason.NO_TARGET);
            return Optional.empty();
        }
        Optional<Reason> refused =
                sessions.size() >= port.engine.config.udpSessionsMax()
                        ? Optional.of(Reason.LIMIT_OF_BALANCER)
                        : port.engine.enter(port.home.connections());
        if (refused.isPresent()) {
            port.counters.ended(refused.orElseThrow());
            return Optional.empty();
        }
        try {
            DatagramChannel upstream = connected(client, member.orElseThrow().target());
            AtomicLong now = new AtomicLong(System.nanoTime());
            Session session = new Session(client, upstream, member.orElseThrow(), now);
            session.upstream.register(selector, SelectionKey.OP_READ, session);
            sessions.put(client, session);
            session.member.counters.opened();
            return Optional.of(session);
        } catch (IOException e) {
            port.engine.leave(port.home.connections());
            Reason reason =
                    e instanceof BindException ? Reason.SOURCE_PORTS : Reason.TARGET_REFUSED;
            member.orElseThrow().counters.ended(reason);
            return Optional.empty();
        }
    }

    private DatagramChannel connected(InetSocketAddress client, Target target) throws IOException {
        DatagramChannel upstream = DatagramChannel.open(Sockets.family(target.address()));
        try {
            var source = port.source(client.getAddress(), target);
            if (source.isPresent()) {
                upstream.bind(new InetSocketAddress(source.orElseThrow(), 0));
            }
            upstream.connect(new InetSocketAddress(target.address(), target.port()));
            upstream.configureBlocking(false);
            return upstream;
        } catch (IOException e) {
            upstream.close();
            throw e;
        }
    }

    private void toTarget(Session session) {
        try {
            int sent = session.upstream.write(buffer);
            session.touch();
            session.member.counters.in(sent);
        } catch (IOException _) {
            end(session, Reason.TARGET_REFUSED);
        }
    }

    private void fromTarget(Session session) {
        try {
            while (session.upstream.read(buffer.clear()) > 0) {
                session.touch();
                int sent = front.send(buffer.flip(), session.client);
                session.member.counters.out(sent);
            }
        } catch (IOException _) {
            end(session, Reason.TARGET_REFUSED);
        }
    }

    private void sweep(long nowNanos, long everyMillis) {
        if (nowNanos - sweptNanos < everyMillis * 1_000_000) {
            return;
        }
        sweptNanos = nowNanos;
        Duration wanted = port.pool.listener().rules().idleTimeout();
        Duration idle = wanted.compareTo(IDLE_MAX) < 0 ? wanted : IDLE_MAX;
        for (Session session : List.copyOf(sessions.values())) {
            session.member
                    .over(nowNanos, session.lastNanos.get(), idle)
                    .ifPresent(reason -> end(session, reason));
        }
    }

    private void end(Session session, Reason reason) {
        session.member.counters.ended(reason);
        end(session);
    }

    private void end(Session session) {
        if (sessions.remove(session.client) == null) {
            return;
        }
        Sockets.close(session.upstream);
        port.engine.leave(port.home.connections());
        session.member.counters.closed();
    }
}
