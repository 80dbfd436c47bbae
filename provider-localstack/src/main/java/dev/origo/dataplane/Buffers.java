package dev.origo.dataplane;

import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Buffers for bytes on their way. A connection starts with a small one of its own and borrows a
/// large one while it is busy, so that 10,000 idle connections stay cheap.
final class Buffers {
    static final int SMALL_BYTES = 8 * 1024;
    private static final int LARGE_BYTES = 256 * 1024;
    private static final int LARGE_MAX = 128;

    private final BlockingQueue<ByteBuffer> large = new LinkedBlockingQueue<>(LARGE_MAX);
    private final AtomicInteger made = new AtomicInteger();

    ByteBuffer small() {
        return ByteBuffer.allocate(SMALL_BYTES);
    }

    /// What the next read of a connection goes to: a large one after a full one, the small one
    /// again after little.
    ///
    /// @param buffer what was read to, and is used no more
    /// @param small the connection's own
    ByteBuffer fitting(ByteBuffer buffer, ByteBuffer small, int read) {
        if (!isLarge(buffer)) {
            return read == buffer.capacity() ? largeOr(small) : buffer;
        }
        if (read > small.capacity()) {
            return buffer;
        }
        giveBack(buffer);
        return small;
    }

    /// A large one, or the given one where all are lent.
    private ByteBuffer largeOr(ByteBuffer small) {
        ByteBuffer free = large.poll();
        if (free != null) {
            return free;
        }
        if (made.getAndUpdate(n -> Math.min(n + 1, LARGE_MAX)) >= LARGE_MAX) {
            return small;
        }
        return ByteBuffer.allocateDirect(LARGE_BYTES);
    }

    /// Takes a large one back; small ones are left to the collector.
    void giveBack(ByteBuffer buffer) {
        if (isLarge(buffer)) {
            large.add(buffer);
        }
    }

    private static boolean isLarge(ByteBuffer buffer) {
        return buffer.isDirect();
    }
}
