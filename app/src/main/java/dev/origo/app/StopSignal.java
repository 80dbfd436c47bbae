package dev.origo.app;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// That the process is asked to end. On SIGTERM and SIGINT the JVM would end at once with 143 or
/// 130; this lets the work end first, and makes an asked-for end a success.
///
/// Thread rule: any thread.
final class StopSignal implements AutoCloseable {
    /// Longer than the work may take to end, shorter than a pod's grace of 30 s.
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread hook = Thread.ofPlatform().name("stop").unstarted(this::onShutdown);
    private volatile boolean awaited;

    /// Listens to the process's signals.
    static StopSignal ofProcess() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /// Asks for the end.
    void ask() {
        asked.complete(null);
    }

    /// Whether the work has begun, whose end is waited for.
    boolean isAwaited() {
        return awaited;
    }

    /// Blocks until the end is asked for. From now on the end is waited for.
    void await() {
        awaited = true;
        asked.join();
    }

    /// The work has ended.
    @Override
    public void close() {
        ended.complete(null);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is going down already; the hook ends it.
        }
    }

    private void onShutdown() {
        ask();
        try {
            if (isAwaited()) {
                ended.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (TimeoutException | ExecutionException | InterruptedException e) {
            // Whatever is left ends with the process; the next leader's observing finds it.
        }
        Runtime.getRuntime().halt(ExitCode.OK.number());
    }
}
