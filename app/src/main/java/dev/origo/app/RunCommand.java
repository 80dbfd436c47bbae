package dev.origo.app;

import dev.origo.spi.ProviderFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `origo run`.
@Command(
        name = "run",
        description = "Watch Services and keep their load balancers as they ask.",
        sortOptions = false)
final class RunCommand implements Runnable {
    @Mixin private RunOptions options = new RunOptions();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Override
    public void run() {
        try (StopSignal stop = StopSignal.ofProcess()) {
            runUntil(stop);
        }
    }

    /// Runs until the stop is asked for.
    void runUntil(StopSignal stop) {
        runUntil(stop, Providers.byId(options.providerId()));
    }

    /// Runs with a provider of the caller's.
    void runUntil(StopSignal stop, ProviderFactory provider) {
        Logging.configure(options.logFormat(), options.logLevel());
        new ControllerProcess(options, provider, stop).run();
    }
}
