package dev.origo.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "10m, PT10M",
        "1h30m, PT1H30M",
        "500ms, PT0.5S",
        "90s, PT1M30S",
        "1m500ms, PT1M0.5S"
    })
    void reads(String text, Duration meant) {
        assertThat(Durations.parse(text)).isEqualTo(meant);
    }

    @Test
    void readsALongOne() {
        assertThat(Durations.parse("1s".repeat(20_000))).hasSeconds(20_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "m", "-1s", "1.5h", "10 m", "1d", "10m ", "1h x 2m"})
    void refuses(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'%s'", text);
    }
}
