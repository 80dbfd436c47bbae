package dev.origo.app;

import ch.qos.logback.classic.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `origo conformance`. The kit is a jar of its own, which a controller does not carry: it is found
/// as a tool of this Java.
@Command(
        name = "conformance",
        description = "Hold a provider against the contract that core has with all of them.")
final class ConformanceCommand implements Callable<Integer> {
    private static final String TOOL = "origo-conformance";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Option(
            names = "--provider",
            required = true,
            paramLabel = "ID",
            description = "The provider, as aws")
    private String provider = "";

    @Option(
            names = "--aws-endpoint-url",
            paramLabel = "URL",
            description =
                    "A moto server to run on, whose content is lost (default: the embedded AWS, in"
                            + " memory and over HTTP)")
    private @Nullable String awsEndpointUrl;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description =
                    "Where conformance.txt, conformance.json and a TEST-*.xml of JUnit's form are"
                            + " written (default: nowhere)")
    private @Nullable Path report;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            converter = OutputWord.class,
            description = "What is printed: text or json (default: text)")
    private LogFormat output = LogFormat.TEXT;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Logging.configure(LogFormat.TEXT, Level.ERROR);
        ToolProvider kit =
                ToolProvider.findFirst(TOOL)
                        .orElseThrow(() ->
                                CommandFailure.badOption(
                                        "the conformance kit is not on the class path; start it"
                                                + " with bin/origo conformance",
                                        new IllegalStateException(TOOL)));
        List<String> arguments = new ArrayList<>(List.of("--provider", provider));
        if (awsEndpointUrl != null) {
            arguments.addAll(List.of("--aws-endpoint-url", awsEndpointUrl));
        }
        if (report != null) {
            arguments.addAll(List.of("--report", report.toString()));
        }
        arguments.addAll(List.of("-o", output.name().toLowerCase(Locale.ROOT)));
        return kit.run(
                spec.commandLine().getOut(),
                spec.commandLine().getErr(),
                arguments.toArray(String[]::new));
    }

    private static final class OutputWord extends Word<LogFormat> {
        OutputWord() {
            super(text -> oneOf(text, LogFormat.values()));
        }
    }
}
