package dev.origo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Codes, problems, settings, and the small rules of records.
class WordsTest {
    private static final Setting<Integer> COUNT =
            new Setting<>(
                    "t/count", "0..9", "0", Setting.Mutability.IN_PLACE, "", Integer::valueOf);
    private static final Setting<String> WORD =
            new Setting<>("t/word", "word", "", Setting.Mutability.IN_PLACE, "", text -> text);

    @Test
    void everyCodeHasANumberOfItsOwn() {
        assertThat(Arrays.stream(Code.values()).map(Code::id)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(Code.class)
    void everyCodeHasIdReasonAndFix(Code code) {
        assertThat(code.id()).matches("ORIGO-[1-5][0-9]{3}");
        assertThat(code.reason()).matches("([A-Z][a-z0-9]*)+").doesNotContain("_");
        assertThat(code.fix()).isNotBlank().doesNotEndWith(".");
    }

    @Test
    void aReasonIsTheCodesNameInCamelCase() {
        assertThat(Code.INVALID_SOURCE_RANGE.reason()).isEqualTo("InvalidSourceRange");
        assertThat(Code.QUOTA_EXCEEDED.id()).isEqualTo("ORIGO-3005");
    }

    @Test
    void aProblemsTextHasMessageIdAndFix() {
        assertThat(Problem.error(Code.BAD_OPTION, "no --x").withFix("drop it").text())
                .isEqualTo("no --x (ORIGO-5001: drop it)");
    }

    @Test
    void onlyAnErrorBlocks() {
        var warning = Problem.warning(Code.BAD_OPTION, "w");
        var info = Problem.info(Code.BAD_OPTION, "i");
        assertThat(Problem.anyBlocks(List.of(warning, info))).isFalse();
        assertThat(Problem.anyBlocks(List.of(warning, Problem.error(Code.BAD_OPTION, "e"))))
                .isTrue();
    }

    @Test
    void settingsKeepValuesByTypeAndLeaveTheOldOnesAlone() {
        Settings one = Settings.NONE.with(COUNT, 3);
        Settings two = one.with(WORD, "x");
        assertThat(two.get(COUNT)).contains(3);
        assertThat(two.get(WORD)).contains("x");
        assertThat(one.has(WORD)).isFalse();
        assertThat(Settings.NONE.get(COUNT)).isEmpty();
    }

    @Test
    void settingsAreEqualByTheirValues() {
        Settings forth = Settings.NONE.with(COUNT, 3).with(WORD, "x");
        Settings back = Settings.NONE.with(WORD, "x").with(COUNT, 3);
        assertThat(forth).isEqualTo(back).hasSameHashCodeAs(back).hasToString(back.toString());
        assertThat(forth).isNotEqualTo(forth.with(COUNT, 4));
    }

    @Test
    void portsAtTheEndsOfTheirRangesAreTaken() {
        assertThat(new ServicePort("", Protocol.TCP, 1, 0).label()).isEqualTo("TCP/1");
        assertThat(new ServicePort("", Protocol.TCP, 65535, 65535).nodePort()).isEqualTo(65535);
        assertThatThrownBy(() -> new ServicePort("", Protocol.TCP, 1, 65536))
                .hasMessageContaining("65536");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a", "/a", "a/", "a/b/c", "a//b"})
    void aKeyIsNamespaceAndName(String text) {
        assertThatThrownBy(() -> ServiceKey.parse(text)).hasMessageContaining("'" + text + "'");
        assertThat(ServiceKey.parse("a/b")).isEqualTo(new ServiceKey("a", "b"));
    }

    @Test
    void backendsAreOrderedByTheirNodesName() {
        Backend a = new Backend("a", "", List.of(), Map.of());
        Backend b = new Backend("b", "", List.of(), Map.of());
        assertThat(new TreeSet<>(List.of(b, a))).containsExactly(a, b);
    }

    @Test
    void portsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new ServicePort("", Protocol.TCP, 0, 0)).hasMessageContaining("0");
        assertThatThrownBy(() -> new ServicePort("", Protocol.TCP, 65536, 0))
                .hasMessageContaining("65536");
        assertThatThrownBy(() -> new ServicePort("", Protocol.TCP, 1, -1))
                .hasMessageContaining("-1");
        assertThat(new ServicePort("", Protocol.UDP, 53, 0).label()).isEqualTo("UDP/53");
    }

    @Test
    void aNodeIsOutAfterItsLastNeededFailure() {
        var timing = new HealthCheck.Timing(Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 2);
        assertThat(timing.outWithin()).isEqualTo(Duration.ofSeconds(12));
    }

    @Test
    void aConditionTellsTheSameWheneverItWasWritten() {
        var first = new Condition("T", Condition.Status.TRUE, "R", "m", Instant.EPOCH, 1);
        var later = new Condition("T", Condition.Status.TRUE, "R", "m", Instant.MAX, 1);
        assertThat(first.tellsTheSame(later)).isTrue();
        assertThat(
                        first.tellsTheSame(
                                new Condition(
                                        "T", Condition.Status.TRUE, "R", "m", Instant.MAX, 2)))
                .isFalse();
        assertThat(
                        first.tellsTheSame(
                                new Condition(
                                        "T", Condition.Status.FALSE, "R", "m", Instant.EPOCH, 1)))
                .isFalse();
        assertThat(
                        first.tellsTheSame(
                                new Condition(
                                        "T", Condition.Status.TRUE, "R", "x", Instant.EPOCH, 1)))
                .isFalse();
    }
}
