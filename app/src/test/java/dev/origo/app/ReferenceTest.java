package dev.origo.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// The reference pages say what the program does. What is generated is written anew by `mvn -pl app
/// -am test -Dtest=ReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dreference.write=true`.
final class ReferenceTest {
    private static final Path PAGES = Path.of("..", "docs", "reference");

    @Test
    void annotations() throws IOException {
        Path page = PAGES.resolve("annotations.md");
        String wanted = AnnotationsPage.text(Providers.all());
        if (Boolean.getBoolean("reference.write")) {
            Files.writeString(page, wanted);
        }

        assertThat(Files.readString(page)).isEqualTo(wanted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "dev", "conformance"})
    void options(String verb) throws IOException {
        CommandLine command =
                Commands.of(new EnvironmentDefaults(Map.of())).getSubcommands().values().stream()
                        .filter(c -> c.getCommandName().equals(verb))
                        .findFirst()
                        .orElseThrow();
        StringBuilder table =
                new StringBuilder("| Option | Variables | Meaning |\n|---|---|---|\n");
        for (OptionSpec option : Commands.options(command).values()) {
            String variables =
                    EnvironmentDefaults.variables(option.longestName()).stream()
                            .map(name -> "`" + name + "`")
                            .collect(Collectors.joining(", "));
            String label = option.arity().max() == 0 ? "" : " " + option.paramLabel();
            table.append(
                    "| `%s%s` | %s | %s |\n"
                            .formatted(
                                    option.longestName(),
                                    label.replace("|", "\\|"),
                                    variables,
                                    String.join(" ", option.description())));
        }

        holds("cli.md", "options of " + verb, table.toString());
    }

    @Test
    void metrics() throws IOException {
        String table =
                new PrometheusMetrics("0")
                        .described().stream()
                                .map(ReferenceTest::row)
                                .collect(
                                        Collectors.joining(
                                                "",
                                                "| Metric | Type | Labels | Meaning |\n|---|---|---|---|\n",
                                                ""));

        holds("metrics.md", "metrics", table);
    }

    @ParameterizedTest
    @EnumSource(Code.class)
    void everyCodeHasItsSection(Code code) throws IOException {
        String page = Files.readString(PAGES.resolve("conditions-and-codes.md"));
        String head = "### <a id=\"%s\"></a>%s %s\n".formatted(code.id(), code.id(), code.reason());
        assertThat(page).contains(head);
        String section = page.substring(page.indexOf(head) + head.length()).split("\n##", 2)[0];
        assertThat(section)
                .contains("**Cause.** ", "**Verify.** ", "**Fix.** ")
                .hasSizeGreaterThan(200);
    }

    @Test
    void noSectionIsOfACodeThatIsNoMore() throws IOException {
        List<String> known = Arrays.stream(Code.values()).map(Code::id).toList();
        List<String> told =
                Pattern.compile("<a id=\"(ORIGO-[0-9]+)\">")
                        .matcher(Files.readString(PAGES.resolve("conditions-and-codes.md")))
                        .results()
                        .map(found -> found.group(1))
                        .toList();

        assertThat(told).isEqualTo(known);
    }

    private static String row(PrometheusMetrics.Described metric) {
        String labels =
                metric.labels().stream()
                        .map(label -> "`" + label + "`")
                        .collect(Collectors.joining(", "));
        return "| `%s` | %s | %s | %s |\n"
                .formatted(metric.name(), metric.type(), labels, metric.help());
    }

    private static void holds(String name, String what, String wanted) throws IOException {
        Path page = PAGES.resolve(name);
        Pattern place =
                Pattern.compile("(?s)(<!-- generated: %s -->\n).*?(<!-- end -->)".formatted(what));
        String written = Files.readString(page);
        assertThat(written).containsPattern(place);
        String now =
                place.matcher(written)
                        .replaceFirst(found ->
                                Matcher.quoteReplacement(found.group(1) + wanted + found.group(2)));
        if (Boolean.getBoolean("reference.write")) {
            Files.writeString(page, now);
        }

        assertThat(Files.readString(page)).isEqualTo(now);
    }
}
