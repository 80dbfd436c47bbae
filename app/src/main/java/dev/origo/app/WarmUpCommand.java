package dev.origo.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `origo warm-up`, hidden: a short life of `origo run` against stand-ins inside this process, so
/// that a JVM in training writes down what every start loads and links.
@Command(name = WarmUpCommand.VERB, hidden = true, description = "Train the JVM's start-up cache.")
final class WarmUpCommand implements Runnable {
    static final String VERB = "warm-up";

    /// Enough for a first audit, a create and its first look.
    private static final Duration LIFE = Duration.ofSeconds(3);

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
                            "--log-level=error");
            StopSignal stop = new StopSignal();
            CompletableFuture.delayedExecutor(
                            LIFE.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                    .execute(stop::ask);
            run.runUntil(stop);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
