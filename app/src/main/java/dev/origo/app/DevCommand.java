package dev.origo.app;

import ch.qos.logback.classic.Level;
import dev.origo.app.dev.DevEnvironment;
import dev.origo.dataplane.Config;
import dev.origo.dataplane.DataPlane;
import dev.origo.localstack.LocalstackProviderFactory;
import dev.origo.loop.VirtualTasks;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `origo dev`: everything in this process.
@Command(
        name = "dev",
        description =
                "A cluster, a cloud and load balancers with real traffic in this process. Plays the"
                        + " Kubernetes tutorials on them and ends.",
        sortOptions = false)
final class DevCommand implements Callable<Integer> {
    private static final int PORT_MAX = 65_535;

    @Option(names = "--serve", description = "Stay up, for kubectl and a browser")
    private boolean serve;

    @Option(
            names = "--page-port",
            paramLabel = "PORT",
            converter = PortWord.class,
            defaultValue = "0",
            description = "With --serve: the page's port on 127.0.0.1 (default: any)")
    private int pagePort;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Override
    public Integer call() {
        Logging.configure(LogFormat.TEXT, Level.ERROR);
        PrintStream out = System.out;
        AtomicInteger code = new AtomicInteger(ExitCode.FINDINGS.number());
        try (StopSignal stop = StopSignal.ofProcess();
                VirtualTasks tasks = new VirtualTasks(Throwable::printStackTrace);
                DataPlane dataPlane = DataPlane.start(Config.DEFAULT);
                DevEnvironment environment = DevEnvironment.open(tasks, dataPlane, out)) {
            StopSignal controllerStop = new StopSignal();
            CompletableFuture<Void> controller = controller(environment, dataPlane, controllerStop);
            if (serve) {
                environment.serve(pagePort);
                code.set(ExitCode.OK.number());
            } else {
                tasks.start(
                        "tutorial",
                        () -> {
                            try {
                                if (environment.play()) {
                                    code.set(ExitCode.OK.number());
                                }
                            } finally {
                                stop.ask();
                            }
                        });
            }
            stop.await();
            controllerStop.ask();
            controller.join();
        } catch (IOException e) {
            throw CommandFailure.badOption("the environment cannot start: " + e.getMessage(), e);
        }
        return code.get();
    }

    /// Starts the controller on the environment; the answer ends with it.
    static CompletableFuture<Void> controller(
            DevEnvironment environment, DataPlane dataPlane, StopSignal stop) {
        RunCommand run = new RunCommand();
        new CommandLine(run)
                .parseArgs(
                        "--provider=localstack",
                        "--kubeconfig=" + environment.kubeconfig(),
                        "--aws-region=" + environment.region(),
                        "--aws-vpc-id=" + environment.vpc(),
                        "--aws-endpoint-url=" + environment.endpointUrl(),
                        "--claim-unclassed",
                        "--leader-elect=false",
                        "--log-level=error",
                        "--listen=127.0.0.1:0");
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("controller")
                .start(() -> {
                    try {
                        run.runUntil(
                                stop,
                                new LocalstackProviderFactory(System::getenv, () -> dataPlane));
                        ended.complete(null);
                    } catch (RuntimeException | Error e) {
                        ended.completeExceptionally(e);
                    }
                });
        return ended;
    }

    /// A port, or 0 for any.
    static final class PortWord extends Word<Integer> {
        PortWord() {
            super(PortWord::port);
        }

        private static int port(String text) {
            int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
            if (port < 0 || port > PORT_MAX) {
                throw new IllegalArgumentException(
                        "'%s' is not a port in 0..%d".formatted(text, PORT_MAX));
            }
            return port;
        }
    }
}
