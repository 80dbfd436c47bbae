package dev.origo.app;

import dev.origo.loop.VirtualTasks;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `origo warm-up`, hidden: a short life of `origo run` against stand-ins inside this process, so
/// that a JVM in training writes down what every start loads and links.
@Command(name = WarmUpCommand.VERB, hidden = true, description = "Train the JVM's start-up cache.")
final class WarmUpCommand implements Runnable {
    static final String VERB = "warm-up";

    /// Enough for a first audit, a create and its first looks.
    private static final Duration LIFE = Duration.ofSeconds(10);

    private static final Duration START_MAX = Duration.ofSeconds(60);

    @Override
    public void run() {
        try (WarmUpWorld world = WarmUpWorld.open()) {
            RunCommand run = new RunCommand();
            new CommandLine(run)
                    .setErr(new PrintWriter(Writer.nullWriter()))
                    .parseArgs(
                            "--provider=aws",
                            "--kubeconfig=" + world.kubeconfig(),
                            "--aws-region=eu-central-1",
                            "--aws-vpc-id=vpc-0",
                            "--aws-endpoint-url=" + world.url(),
                            "--listen=127.0.0.1:0",
                            "--log-level=info");
            StopSignal stop = new StopSignal();
            Thread.ofVirtual().start(() -> endLater(stop));
            run.runUntil(stop);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void endLater(StopSignal stop) {
        VirtualTasks tasks = new VirtualTasks(_ -> {});
        long until = tasks.nanoTime() + START_MAX.toNanos();
        while (!stop.isAwaited() && tasks.nanoTime() < until) {
            tasks.pause(Duration.ofMillis(50));
        }
        tasks.pause(LIFE);
        stop.ask();
        tasks.close();
    }
}
