package dev.origo.dataplane;

import static org.assertj.core.api.Assertions.fail;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for what other threads bring about.
final class Await {
    private static final long BOUND_NANOS = 20_000_000_000L;
    private static final long LOOK_NANOS = 500_000;

    private Await() {}

    static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + BOUND_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                fail("never came: " + what);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
