package dev.origo.desire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.desire.AnnotationRegistry.Parsed;
import dev.origo.model.Code;
import dev.origo.model.Problem;
import dev.origo.model.Scheme;
import dev.origo.model.Setting;
import dev.origo.spi.Annotations;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AnnotationRegistryTest {
    private static final String OLD = "old.example/balancer-";
    private static final Setting<Integer> INTERVAL = setting("origo.dev/test-interval");
    private static final AnnotationRegistry REGISTRY =
            new AnnotationRegistry(
                    new Annotations(
                            List.of(INTERVAL),
                            List.of(
                                    new Setting.Alias<>(
                                            OLD + "internal",
                                            CoreSettings.SCHEME,
                                            AnnotationRegistryTest::internal),
                                    new Setting.Alias<>(
                                            OLD + "scheme",
                                            CoreSettings.SCHEME,
                                            CoreSettings.SCHEME.parser())),
                            List.of(new Setting.Ignored(OLD + "type", "the class decides")),
                            List.of(OLD)));

    private static Setting<Integer> setting(String name) {
        return new Setting<>(name, "1..9", "5", Setting.Mutability.IN_PLACE, "", Integer::valueOf);
    }

    private static Scheme internal(String text) {
        return switch (text) {
            case "true" -> Scheme.INTERNAL;
            case "false" -> Scheme.INTERNET_FACING;
            default -> throw new IllegalArgumentException("'" + text + "' is not a bool");
        };
    }

    record Row(String name, Map<String, String> annotations, List<String> problems) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Row> ROWS =
            List.of(
                    new Row("none", Map.of(), List.of()),
                    new Row(
                            "keys of others are passed over",
                            Map.of("kubectl.kubernetes.io/restarted-at", "x", "a/b", ""),
                            List.of()),
                    new Row("our own mark", Map.of("origo.dev/reconcile-id", "7f"), List.of()),
                    new Row(
                            "unknown key of ours, nearest match",
                            Map.of("origo.dev/shceme", "internal"),
                            List.of(
                                    "WARNING UnknownAnnotation annotation origo.dev/shceme is not known; did you mean"
                                            + " origo.dev/scheme?")),
                    new Row(
                            "unknown key of the provider, nearest match",
                            Map.of(OLD + "schema", "internal"),
                            List.of(
                                    "WARNING UnknownAnnotation annotation old.example/balancer-schema is not known; did you"
                                            + " mean old.example/balancer-scheme?")),
                    new Row(
                            "ignored key",
                            Map.of(OLD + "type", "nlb"),
                            List.of(
                                    "WARNING AnnotationIgnored annotation old.example/balancer-type has no effect: the class"
                                            + " decides")),
                    new Row(
                            "alias and target agree",
                            Map.of("origo.dev/scheme", "internal", OLD + "internal", "true"),
                            List.of()),
                    new Row(
                            "alias and target differ",
                            Map.of("origo.dev/scheme", "internal", OLD + "internal", "false"),
                            List.of(
                                    "WARNING ConflictingAnnotations origo.dev/scheme and old.example/balancer-internal"
                                            + " differ; the first one holds")),
                    new Row(
                            "two aliases differ",
                            Map.of(OLD + "scheme", "internal", OLD + "internal", "false"),
                            List.of(
                                    "WARNING ConflictingAnnotations old.example/balancer-internal and"
                                            + " old.example/balancer-scheme differ; the first one holds")),
                    new Row(
                            "invalid value",
                            Map.of("origo.dev/scheme", "intern"),
                            List.of(
                                    "ERROR InvalidAnnotationValue annotation origo.dev/scheme: 'intern' is refused: 'intern'"
                                            + " is neither internet-facing nor internal")),
                    new Row(
                            "blank value",
                            Map.of("origo.dev/client-address", " "),
                            List.of(
                                    "ERROR InvalidAnnotationValue annotation origo.dev/client-address: '' is refused: ''"
                                            + " is none of auto|packet|proxy-protocol-v1|proxy-protocol-v2|forwarded-header|none")),
                    new Row(
                            "invalid alias names the alias",
                            Map.of(OLD + "internal", "yes"),
                            List.of(
                                    "ERROR InvalidAnnotationValue annotation old.example/balancer-internal: 'yes' is refused:"
                                            + " 'yes' is not a bool")),
                    new Row(
                            "invalid range has its own code",
                            Map.of("origo.dev/source-ranges", "10.0.0.0/33"),
                            List.of(
                                    "ERROR InvalidSourceRange annotation origo.dev/source-ranges: '10.0.0.0/33' is refused:"
                                            + " '10.0.0.0/33' is not a range of addresses: prefix /33 is outside 0..32")),
                    new Row(
                            "errors come by setting, then warnings by key",
                            Map.of(
                                    "origo.dev/z",
                                    "",
                                    "origo.dev/y",
                                    "",
                                    "origo.dev/test-interval",
                                    "x",
                                    "origo.dev/scheme",
                                    "x"),
                            List.of(
                                    "ERROR InvalidAnnotationValue annotation origo.dev/scheme: 'x' is refused: 'x' is neither"
                                            + " internet-facing nor internal",
                                    "ERROR InvalidAnnotationValue annotation origo.dev/test-interval: 'x' is refused: For"
                                            + " input string: \"x\"",
                                    "WARNING UnknownAnnotation annotation origo.dev/y is not known; did you mean"
                                            + " origo.dev/scheme?",
                                    "WARNING UnknownAnnotation annotation origo.dev/z is not known; did you mean"
                                            + " origo.dev/scheme?")));

    static List<Row> rows() {
        return ROWS;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void tellsWhatIsWrongWithAnnotations(Row row) {
        assertThat(REGISTRY.parse(row.annotations()).problems())
                .extracting(p -> p.severity() + " " + p.code().reason() + " " + p.message())
                .containsExactlyElementsOf(row.problems());
    }

    @Test
    void theSettingsOwnKeyWinsOverItsAliases() {
        Parsed parsed =
                REGISTRY.parse(
                        Map.of(
                                OLD + "internal",
                                "true",
                                OLD + "scheme",
                                "internal",
                                "origo.dev/scheme",
                                "internet-facing"));
        assertThat(parsed.settings().get(CoreSettings.SCHEME)).contains(Scheme.INTERNET_FACING);
    }

    @Test
    void theEarlierAliasWinsOverTheLaterOne() {
        Parsed parsed =
                REGISTRY.parse(Map.of(OLD + "internal", "false", OLD + "scheme", "internal"));
        assertThat(parsed.settings().get(CoreSettings.SCHEME)).contains(Scheme.INTERNET_FACING);
    }

    @Test
    void blanksAroundAValueDoNotMatter() {
        Parsed parsed = REGISTRY.parse(Map.of("origo.dev/test-interval", " 7\n"));
        assertThat(parsed.settings().get(INTERVAL)).contains(7);
        assertThat(parsed.problems()).isEmpty();
    }

    @Test
    void aRefusedValueNamesWhatIsAllowed() {
        Problem problem =
                REGISTRY.parse(Map.of("origo.dev/test-interval", "x")).problems().getFirst();
        assertThat(problem.code()).isEqualTo(Code.INVALID_ANNOTATION_VALUE);
        assertThat(problem.fix()).isEqualTo("allowed: 1..9");
    }

    @ParameterizedTest
    @CsvSource({
        "origo.dev/scheme, nonsense, true",
        "old.example/balancer-internal, nonsense, true",
        "origo.dev/scheme, internal, false",
        "origo.dev/shceme, nonsense, false"
    })
    void remembersWhichSettingCouldNotBeRead(String key, String text, boolean unreadable) {
        Parsed parsed = REGISTRY.parse(Map.of(key, text));
        assertThat(parsed.settings().isUnreadable(CoreSettings.SCHEME)).isEqualTo(unreadable);
        assertThat(parsed.settings().isUnreadable(INTERVAL)).isFalse();
    }

    static List<Annotations> doubles() {
        var alias =
                new Setting.Alias<>(
                        "x/internal", CoreSettings.SCHEME, AnnotationRegistryTest::internal);
        var ignored = new Setting.Ignored("x/type", "");
        return List.of(
                new Annotations(List.of(INTERVAL, INTERVAL), List.of(), List.of(), List.of()),
                new Annotations(
                        List.of(setting("origo.dev/scheme")), List.of(), List.of(), List.of()),
                new Annotations(List.of(), List.of(alias, alias), List.of(), List.of()),
                new Annotations(List.of(), List.of(), List.of(ignored, ignored), List.of()),
                new Annotations(
                        List.of(setting("x/type")), List.of(), List.of(ignored), List.of()));
    }

    @ParameterizedTest
    @MethodSource("doubles")
    void refusesAKeyThatIsRegisteredTwice(Annotations annotations) {
        assertThatThrownBy(() -> new AnnotationRegistry(annotations))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is registered twice");
    }

    @Test
    void refusesAnAliasOfASettingThatNobodyReads() {
        var alias = new Setting.Alias<>("x/interval", INTERVAL, Integer::valueOf);
        var annotations = new Annotations(List.of(), List.of(alias), List.of(), List.of());
        assertThatThrownBy(() -> new AnnotationRegistry(annotations))
                .hasMessageContaining("x/interval")
                .hasMessageContaining("origo.dev/test-interval");
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "abc, abc, 0",
        "abc, '', 3",
        "abc, abd, 1",
        "abc, ab, 1",
        "ab, abc, 1",
        "scheme, shceme, 2",
        "kitten, sitting, 3"
    })
    void countsTheEditsBetweenTwoKeys(String from, String to, int edits) {
        assertThat(AnnotationRegistry.distance(from, to)).isEqualTo(edits);
        assertThat(AnnotationRegistry.distance(to, from)).isEqualTo(edits);
    }
}
