package dev.origo.app;

import dev.origo.model.Code;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line: verbs, and what is said when it is wrong.
@Command(
        name = "origo",
        mixinStandardHelpOptions = false,
        description = "Load balancers for Kubernetes Services.",
        synopsisSubcommandLabel = "VERB")
final class Commands implements Runnable {
    /// Verbs of the contract that this version does not have yet.
    static final List<String> LATER =
            List.of("plan", "explain", "status", "doctor", "gc", "release", "completion");

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @CommandLine.Spec private CommandSpec spec = CommandSpec.create();

    private Commands() {}

    /// The whole command line.
    static CommandLine of(EnvironmentDefaults environment) {
        CommandLine commands = new CommandLine(new Commands());
        commands.addSubcommand(new RunCommand())
                .addSubcommand(new DevCommand())
                .addSubcommand(new AnnotationsCommand())
                .addSubcommand(new ConformanceCommand())
                .addSubcommand(new VersionCommand())
                .addSubcommand(new WarmUpCommand());
        LATER.forEach(verb -> commands.addSubcommand(verb, later(verb)));
        commands.getCommandSpec()
                .usageMessage()
                .footer("", "Later: " + String.join(", ", LATER) + ".");
        commands.setDefaultValueProvider(environment)
                .setOverwrittenOptionsAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setParameterExceptionHandler((e, args) -> badUsage(e, List.of(args), environment))
                .setExecutionExceptionHandler((e, command, _) -> failed(e, command.getErr()));
        return commands;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no verb is given; " + verbs());
    }

    private static CommandLine later(String verb) {
        CommandSpec spec =
                CommandSpec.wrapWithoutInspection(
                        (Runnable)
                                () -> {
                                    throw CommandFailure.badOption(
                                            "the verb '%s' comes later; this version has the %s"
                                                    .formatted(verb, verbs()),
                                            new IllegalArgumentException(verb));
                                });
        spec.usageMessage().hidden(true);
        spec.parser().unmatchedArgumentsAllowed(true);
        return new CommandLine(spec).setUnmatchedArgumentsAllowed(true);
    }

    private static String verbs() {
        return "verbs: run, dev, annotations, conformance, version";
    }

    private static int badUsage(
            ParameterException e, List<String> args, EnvironmentDefaults environment) {
        PrintWriter err = e.getCommandLine().getErr();
        String message =
                e instanceof UnmatchedArgumentException unmatched
                        ? unmatched(unmatched)
                        : wrongValue(e, args, environment);
        err.println(CommandFailure.text(Code.BAD_OPTION, message));
        return ExitCode.USAGE.number();
    }

    private static String unmatched(UnmatchedArgumentException e) {
        String word = e.getUnmatched().getFirst();
        boolean verb = e.getCommandLine().getParent() == null && !word.startsWith("-");
        Optional<String> nearest = Nearest.of(word, candidates(e.getCommandLine(), verb));
        String kind = word.startsWith("-") ? "the option" : "the word";
        return "%s '%s' is not known%s%s"
                .formatted(
                        verb ? "the verb" : kind,
                        word,
                        nearest.map("; did you mean %s?"::formatted).orElse(""),
                        verb ? "; " + verbs() : "");
    }

    private static List<String> candidates(CommandLine command, boolean verb) {
        return verb
                ? command.getSubcommands().entrySet().stream()
                        .filter(c -> !c.getKey().equals(WarmUpCommand.VERB))
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList()
                : command.getCommandSpec().options().stream().map(OptionSpec::longestName).toList();
    }

    /// Says which option, and, if it came from there, which variable is wrong.
    private static String wrongValue(
            ParameterException e, List<String> args, EnvironmentDefaults environment) {
        ArgSpec argument = e.getArgSpec();
        String text = String.valueOf(e.getMessage());
        if (e instanceof MissingParameterException missing && e.getValue() == null) {
            return missing.getMissing().stream()
                    .filter(OptionSpec.class::isInstance)
                    .map(option -> missing(((OptionSpec) option).longestName()))
                    .findFirst()
                    .orElse(text);
        }
        if (!(argument instanceof OptionSpec option) || e.getValue() == null) {
            return text;
        }
        String name = option.longestName();
        boolean given = args.stream().anyMatch(arg -> arg.split("=", 2)[0].equals(name));
        String from =
                given ? "" : environment.source(option).map(" (from %s)"::formatted).orElse("");
        String why = text.replaceFirst("^Invalid value for option '[^']*'( \\([^)]*\\))?: ", "");
        return name + from + ": " + why;
    }

    private static String missing(String option) {
        return "%s has no value: give %s or set %s"
                .formatted(
                        option, option, String.join(" or ", EnvironmentDefaults.variables(option)));
    }

    private static int failed(Exception e, PrintWriter err) {
        if (e instanceof CommandFailure failure) {
            err.println(failure.text());
            return failure.exitCode().number();
        }
        err.println(CommandFailure.text(Code.INTERNAL_ERROR, e.toString()));
        e.printStackTrace(err);
        return ExitCode.FINDINGS.number();
    }

    /// Every option of a verb by its name, for the reference page.
    static Map<String, OptionSpec> options(CommandLine command) {
        return command.getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp())
                .collect(
                        Collectors.toMap(
                                OptionSpec::longestName, o -> o, (a, _) -> a, TreeMap::new));
    }
}
