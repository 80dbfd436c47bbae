package dev.origo.app;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Takes options that are not on the command line from the environment: `--audit-interval` from
/// `ORIGO_AUDIT_INTERVAL`, and a few from the variables that a cloud's own tools read.
///
/// @param environment the process's
record EnvironmentDefaults(Map<String, String> environment) implements IDefaultValueProvider {
    private static final Map<String, List<String>> FOREIGN =
            Map.of(
                    "--aws-region", List.of("AWS_REGION", "AWS_DEFAULT_REGION"),
                    "--aws-endpoint-url", List.of("AWS_ENDPOINT_URL"),
                    "--gcp-project", List.of("GOOGLE_CLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"),
                    "--gcp-region", List.of("GOOGLE_CLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"));

    /// The variables of an option; earlier ones win.
    static List<String> variables(String option) {
        String ours = "ORIGO_" + option.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
        return Stream.concat(Stream.of(ours), FOREIGN.getOrDefault(option, List.of()).stream())
                .toList();
    }

    /// The variable that gives the option its value, if one does. An empty one gives none.
    Optional<String> source(OptionSpec option) {
        return variables(option.longestName()).stream()
                .filter(name -> !environment.getOrDefault(name, "").isEmpty())
                .findFirst();
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option && !option.usageHelp()
                ? source(option).map(environment::get).orElse(null)
                : null;
    }
}
