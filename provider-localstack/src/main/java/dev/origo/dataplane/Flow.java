package dev.origo.dataplane;

import dev.origo.dataplane.Status.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/// One TCP connection through a balancer: bytes go both ways unchanged, an end of one direction is
/// passed on and the other goes on. Two virtual threads; a slow reader holds its sender back.
final class Flow implements Live {
    private final SocketChannel client;
    private final SocketChannel upstream;
    private final Port port;
    private final Member member;
    private final Buffers buffers;
    private final AtomicBoolean cut = new AtomicBoolean();
    private volatile long lastNanos = System.nanoTime();

    Flow(Ends ends, Port port, Member member, Buffers buffers) {
        this.client = ends.client();
        this.upstream = ends.upstream();
        this.port = port;
        this.member = member;
        this.buffers = buffers;
    }

    /// The two connections of a flow.
    record Ends(SocketChannel client, SocketChannel upstream) {}

    /// Returns when both directions have ended.
    @Override
    public void run() throws InterruptedException {
        Thread upwards =
                Thread.ofVirtual().start(() -> pump(client, upstream, member.counters::in));
        pump(upstream, client, member.counters::out);
        upwards.join();
    }

    /// Resets both sides. Counted once.
    @Override
    public void cut(Reason reason) {
        if (cut.compareAndSet(false, true)) {
            member.counters.ended(reason);
            Sockets.reset(client);
            Sockets.reset(upstream);
        }
    }

    /// Cuts it where its time is over.
    @Override
    public void sweep(long nowNanos) {
        Duration idle = port.pool.listener().rules().idleTimeout();
        member.over(nowNanos, lastNanos, idle).ifPresent(this::cut);
    }

    private void pump(SocketChannel from, SocketChannel to, LongConsumer count) {
        ByteBuffer small = buffers.small();
        ByteBuffer buffer = small;
        try {
            while (true) {
                int read = from.read(buffer.clear());
                if (read < 0) {
                    to.shutdownOutput();
                    return;
                }
                lastNanos = System.nanoTime();
                count.accept(read);
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer = buffers.fitting(buffer, small, read);
            }
        } catch (IOException _) {
            cut(Reason.RESET);
        } finally {
            buffers.giveBack(buffer);
        }
    }
}
