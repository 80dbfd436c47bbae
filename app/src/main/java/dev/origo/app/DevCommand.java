package dev.origo.app;

import ch.qos.logback.classic.Level;
import dev.origo.app.dev.DevEnvironment;
import dev.origo.app.dev.DevEnvironment.Where;
import dev.origo.dataplane.Config;
import dev.origo.dataplane.DataPlane;
import dev.origo.kube.ClusterAccess;
import dev.origo.localstack.LocalstackProviderFactory;
import dev.origo.loop.VirtualTasks;
import dev.origo.reconcile.KubernetesException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
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
    private static final int ANY = 0;
    private static final int PORT_MAX = 65_535;
    private static final int CONNECT_MILLIS_MAX = 5_000;

    @Option(names = "--serve", description = "Stay up, for kubectl and a browser")
    private boolean serve;

    @Option(
            names = "--page-port",
            paramLabel = "PORT",
            converter = PortWord.class,
            description = "With --serve: the page's port on 127.0.0.1, 1 to 65535 (default: any)")
    private int pagePort = ANY;

    @Option(
            names = "--endpoint-url",
            paramLabel = "URL",
            converter = UrlWord.class,
            description =
                    "The AWS emulator to keep the balancers at, as http://127.0.0.1:4566 (default: one"
                            + " in this process). What stands at the end of --serve stays there")
    private String endpointUrl = "";

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description =
                    "A cluster to work on (default: one in this process). One without nodes gets three,"
                            + " and loses them in the end; one with nodes goes with --serve")
    private String kubeconfig = "";

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "With --kubeconfig: the context in it (default: its current one)")
    private String context = "";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Override
    public Integer call() {
        if (pagePort != ANY && !serve) {
            throw CommandFailure.badOption(
                    "--page-port goes with --serve: without it there is no page",
                    new IllegalArgumentException("--page-port"));
        }
        if (!context.isEmpty() && kubeconfig.isEmpty()) {
            throw CommandFailure.badOption(
                    "--context goes with --kubeconfig: without it the cluster is in this process",
                    new IllegalArgumentException("--context"));
        }
        Logging.configure(LogFormat.TEXT, Level.ERROR);
        AtomicReference<ExitCode> code =
                new AtomicReference<>(serve ? ExitCode.OK : ExitCode.FINDINGS);
        try (StopSignal stop = StopSignal.ofProcess(code::get)) {
            stop.begin();
            run(stop, code);
        } catch (IOException e) {
            throw CommandFailure.badOption("the environment cannot start: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.badOption("--kubeconfig: " + e.getMessage(), e);
        } catch (KubernetesException e) {
            throw CommandFailure.clusterUnreachable(String.valueOf(e.getMessage()), e);
        }
        return code.get().number();
    }

    private void run(StopSignal stop, AtomicReference<ExitCode> code) throws IOException {
        requireAnswer();
        PrintStream out = System.out;
        try (VirtualTasks tasks = new VirtualTasks(Throwable::printStackTrace);
                DataPlane dataPlane = DataPlane.start(Config.DEFAULT);
                DevEnvironment environment = DevEnvironment.open(where(), tasks, dataPlane, out)) {
            requirePlayable(environment);
            if (serve) {
                servePage(environment);
            } else {
                tasks.start("tutorial", () -> play(environment, code, stop));
            }
            StopSignal controllerStop = new StopSignal();
            // Without the controller nothing happens here: its end is the end.
            CompletableFuture<Void> controller =
                    controller(environment, dataPlane, controllerStop)
                            .whenComplete((_, _) -> stop.ask());
            stop.await();
            environment.leave();
            controllerStop.ask();
            controller.join();
        }
    }

    private Where where() {
        return new Where(
                kubeconfig.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new ClusterAccess(kubeconfig, context)),
                endpointUrl);
    }

    private void requirePlayable(DevEnvironment environment) {
        if (!serve) {
            environment
                    .unplayable()
                    .ifPresent(why -> {
                        throw CommandFailure.badOption(
                                "--kubeconfig: the tutorials cannot be played: %s; give --serve to have its Services served"
                                        .formatted(why),
                                new IllegalArgumentException("--kubeconfig"));
                    });
        }
    }

    private static void play(
            DevEnvironment environment, AtomicReference<ExitCode> code, StopSignal stop) {
        try {
            if (environment.play()) {
                code.set(ExitCode.OK);
            }
        } finally {
            stop.ask();
        }
    }

    private void requireAnswer() {
        if (endpointUrl.isEmpty()) {
            return;
        }
        URI uri = URI.create(endpointUrl);
        int port = uri.getPort() > 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(uri.getHost(), port), CONNECT_MILLIS_MAX);
        } catch (IOException e) {
            throw CommandFailure.badOption(
                    "--endpoint-url: nothing answers at %s (%s); start the emulator, or leave the option away for the one in this process"
                            .formatted(endpointUrl, e.getMessage()),
                    e);
        }
    }

    private void servePage(DevEnvironment environment) throws IOException {
        try {
            environment.serve(pagePort);
        } catch (BindException e) {
            throw CommandFailure.badOption(
                    "--page-port: port %d of 127.0.0.1 cannot be had (%s); give another one, or leave it away for any that is free"
                            .formatted(pagePort, e.getMessage()),
                    e);
        }
    }

    /// Starts the controller on the environment; the answer ends with it.
    static CompletableFuture<Void> controller(
            DevEnvironment environment, DataPlane dataPlane, StopSignal stop) {
        RunCommand run = new RunCommand();
        List<String> options =
                new ArrayList<>(
                        List.of(
                                "--provider=localstack",
                                "--kubeconfig=" + environment.access().kubeconfig(),
                                "--aws-region=" + environment.region(),
                                "--aws-endpoint-url=" + environment.endpointUrl(),
                                "--leader-elect=false",
                                "--audit-interval=15s", // calls to an emulator cost nothing
                                "--log-level=error",
                                "--listen=127.0.0.1:0"));
        if (environment.servesUnclassed()) {
            options.add("--claim-unclassed");
        }
        if (!environment.access().context().isEmpty()) {
            options.add("--context=" + environment.access().context());
        }
        if (!environment.vpc().isEmpty()) {
            options.add("--aws-vpc-id=" + environment.vpc());
        }
        new CommandLine(run).parseArgs(options.toArray(String[]::new));
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

    /// Reads `--page-port`.
    static final class PortWord extends Word<Integer> {
        PortWord() {
            super(text -> count(text, PORT_MAX));
        }
    }

    /// Reads `--endpoint-url`.
    static final class UrlWord extends Word<String> {
        UrlWord() {
            super(text -> {
                if (!text.matches("https?://[^/?#@]+/?") || URI.create(text).getHost() == null) {
                    throw new IllegalArgumentException(
                            "'%s' is not http://HOST:PORT".formatted(text));
                }
                return text;
            });
        }
    }
}
