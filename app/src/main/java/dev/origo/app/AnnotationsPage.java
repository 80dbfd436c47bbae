package dev.origo.app;

import dev.origo.desire.AnnotationRegistry;
import dev.origo.model.Setting;
import dev.origo.spi.Annotations;
import dev.origo.spi.ProviderFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The reference page of annotations, in Markdown, made from the registry. Pure.
final class AnnotationsPage {
    private static final Annotations NONE =
            new Annotations(List.of(), List.of(), List.of(), List.of());

    private static final String HEAD =
            """
            # Annotations

            Everything that Origo reads from a Service's `metadata.annotations`. This page is printed by `origo annotations`.

            A value that is not allowed refuses the Service with [ORIGO-1002](conditions-and-codes.md#ORIGO-1002) and leaves
            what stands as it is. An unknown key below one of our prefixes is warned of with the nearest match
            ([ORIGO-1001](conditions-and-codes.md#ORIGO-1001)). Where two keys mean the same, the first in the order of these
            tables wins ([ORIGO-1014](conditions-and-codes.md#ORIGO-1014)).

            A change is applied `in place`, `replaces` the balancer (a new one beside the old, so the address changes), or is
            read only `at creation`.

            """;

    private AnnotationsPage() {}

    /// The whole page. Providers that read the same share a section.
    static String text(List<ProviderFactory> providers) {
        AnnotationRegistry core = new AnnotationRegistry(NONE);
        StringBuilder page = new StringBuilder(HEAD);
        page.append("## With every provider\n\n");
        page.append(settings(core.settings()));
        page.append(aliases(core.aliases()));
        Map<Annotations, List<String>> ids = new LinkedHashMap<>();
        providers.forEach(
                p -> ids.computeIfAbsent(p.annotations(), _ -> new ArrayList<>()).add(p.id()));
        ids.forEach((own, those) -> {
            page.append("\n## With --provider %s\n\n".formatted(String.join(" or ", those)));
            page.append(settings(own.settings()));
            page.append(aliases(own.aliases()));
            page.append(ignored(own.ignored()));
        });
        return page.toString();
    }

    private static String settings(List<Setting<?>> settings) {
        if (settings.isEmpty()) {
            return "";
        }
        return settings.stream()
                .map(s ->
                        row(
                                code(s.name()),
                                code(s.type()),
                                s.defaultText(),
                                mutability(s.mutability()),
                                s.meaning()))
                .collect(
                        Collectors.joining(
                                "",
                                row("Annotation", "Values", "Default", "A change", "Meaning")
                                        + row("---", "---", "---", "---", "---"),
                                ""));
    }

    private static String aliases(List<Setting.Alias<?>> aliases) {
        if (aliases.isEmpty()) {
            return "";
        }
        return aliases.stream()
                .map(alias -> row(code(alias.name()), code(alias.target().name())))
                .collect(
                        Collectors.joining(
                                "", "\n" + row("Also read", "As") + row("---", "---"), ""));
    }

    private static String ignored(List<Setting.Ignored> ignored) {
        if (ignored.isEmpty()) {
            return "";
        }
        return ignored.stream()
                .sorted(Comparator.comparing(Setting.Ignored::name))
                .map(key -> row(code(key.name()), key.why()))
                .collect(
                        Collectors.joining(
                                "",
                                "\n"
                                        + row(
                                                "Known from other controllers, without effect here",
                                                "Why")
                                        + row("---", "---"),
                                ""));
    }

    private static String mutability(Setting.Mutability mutability) {
        return switch (mutability) {
            case IN_PLACE -> "in place";
            case REPLACES -> "replaces";
            case AT_CREATION -> "at creation";
        };
    }

    private static String row(String... cells) {
        return Arrays.stream(cells)
                .map(cell -> cell.replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String code(String text) {
        return "`" + text + "`";
    }
}
