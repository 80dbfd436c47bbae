package dev.origo.app;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// That the process is asked to end. On SIGTERM and SIGINT the JVM would end at once with 143 or
/// 130; this lets the work end first, and makes an asked-for end a success if nothing else is said.
///
/// Thread rule: any thread.
final class StopSignal implements AutoCloseable {
    /// Longer than the work may take to end, shorter than a pod's grace of 30 s.
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread hook = Thread.ofPlatform().name("stop").unstarted(this::onShutdown);
    private final Supplier<ExitCode> code;
    private volatile boolean awaited;

    StopSignal() {
        this(() -> ExitCode.OK);
    }

    private StopSignal(Supplier<ExitCode> code) {
        this.code = code;
    }

    /// Listens to the process's signals.
    static StopSignal ofProcess() {
        return ofProcess(() -> ExitCode.OK);
    }

    /// Listens to the process's signals.
    ///
    /// @param code of the process when a signal has ended it
    static StopSignal ofProcess(Supplier<ExitCode> code) {
        StopSignal signal = new StopSignal(code);
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

    /// The work begins. From now on its end is waited for.
    void begin() {
        awaited = true;
    }

    /// Blocks until the end is asked for.
    void await() {
        begin();
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
        Runtime.getRuntime().halt(code.get().number());
    }
}
