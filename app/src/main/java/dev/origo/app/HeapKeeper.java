package dev.origo.app;

import dev.origo.spi.Tasks;
import java.time.Duration;

/// Keeps the heap near what lives in it. The JVM's serial collector takes memory up to its limit
/// before it looks for garbage among old objects, so a burst of Services would leave the process at
/// that limit for good, however little of it is in use.
///
/// Thread rule: one task at a time, its own.
final class HeapKeeper {
    private static final Duration LOOK = Duration.ofMillis(250);

    /// Room above what lives, beside an eighth of it: enough for the young generation and a burst.
    private static final long ROOM_BYTES = 5L << 20;

    private final Tasks tasks;
    private long limitBytes = 4 * ROOM_BYTES;

    private HeapKeeper(Tasks tasks) {
        this.tasks = tasks;
    }

    /// Looks four times a second for as long as the tasks run.
    static void start(Tasks tasks) {
        new HeapKeeper(tasks).lookLater();
    }

    private void lookLater() {
        tasks.after(LOOK, "heap", this::look);
    }

    private void look() {
        if (usedBytes() > limitBytes) {
            System.gc();
            limitBytes = usedBytes() * 9 / 8 + ROOM_BYTES;
        }
        lookLater();
    }

    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
