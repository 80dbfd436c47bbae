package dev.origo.dataplane;

import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Buffers for bytes on their way. A connection has a small one of its own for each direction, and
/// borrows a large one while it is busy, so that thousands of idle connections stay cheap. Where
/// all large ones are lent, one of middle size is made for as long as it is needed.
final class Buffers {
    private static final int SMALL_BYTES = 1024;
    private static final int MIDDLE_BYTES = 16 * 1024;
    private static final int LARGE_BYTES = 256 * 1024;
    private static final int LARGE_MAX = 128;

    private final BlockingQueue<ByteBuffer> large = new LinkedBlockingQueue<>(LARGE_MAX);
    private final AtomicInteger made = new AtomicInteger();

    ByteBuffer small() {
        return ByteBuffer.allocate(SMALL_BYTES);
    }

    /// What the next read of a connection goes to: a larger one after a full one, the small one
    /// again after little.
    ///
    /// @param buffer what was read to, and is used no more
    /// @param small the connection's own
    ByteBuffer fitting(ByteBuffer buffer, ByteBuffer small, int read) {
        if (read <= small.capacity() && read < buffer.capacity()) {
            giveBack(buffer);
            return small;
        }
        return read == buffer.capacity() ? larger(buffer) : buffer;
    }

    private ByteBuffer larger(ByteBuffer buffer) {
        if (isLarge(buffer)) {
            return buffer;
        }
        ByteBuffer free = large.poll();
        if (free != null) {
            return free;
        }
        if (made.getAndUpdate(n -> Math.min(n + 1, LARGE_MAX)) < LARGE_MAX) {
            return ByteBuffer.allocateDirect(LARGE_BYTES);
        }
        return buffer.capacity() < MIDDLE_BYTES ? ByteBuffer.allocate(MIDDLE_BYTES) : buffer;
    }

    /// Takes a large one back; others are left to the collector.
    void giveBack(ByteBuffer buffer) {
        if (isLarge(buffer)) {
            large.add(buffer);
        }
    }

    private static boolean isLarge(ByteBuffer buffer) {
        return buffer.isDirect();
    }
}
