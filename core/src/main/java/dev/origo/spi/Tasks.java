package dev.origo.spi;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/// Time and threads, passed in: virtual threads and the system clock in production, one task at a
/// time under virtual time in the simulator.
///
/// Thread rule: any thread. `pause`, `await` and `all` block the calling task and may be called
/// only inside one.
public interface Tasks {
    /// Wall-clock time, for what people read. Never compared with a deadline.
    InstantSource clock();

    /// Monotonic nanoseconds, for deadlines and durations.
    long nanoTime();

    /// Numbers that decide nothing but jitter; seeded in the simulator.
    LongSupplier random();

    /// Runs a task on its own (virtual) thread. An exception that it lets out is ours: reported,
    /// the process goes on.
    void start(String name, Runnable task);

    /// Runs a task after a delay; `close` on the answer withdraws it if it has not begun.
    Timer after(Duration delay, String name, Runnable task);

    /// Lets time pass for the calling task.
    void pause(Duration delay);

    /// Waits for a future that another task completes.
    ///
    /// @throws RuntimeException what the future failed with, unwrapped
    <T> T await(CompletableFuture<T> future);

    /// Runs all calls at the same time and waits for each; outcomes are in the order of the calls.
    <T> List<Outcome<T>> all(List<Callable<T>> calls);

    /// A task that waits for its time.
    interface Timer extends AutoCloseable {
        @Override
        void close();
    }

    /// How one of several calls ended.
    sealed interface Outcome<T> {}

    record Success<T>(T value) implements Outcome<T> {}

    record Failure<T>(RuntimeException cause) implements Outcome<T> {}
}
