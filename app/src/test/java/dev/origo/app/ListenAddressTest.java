package dev.origo.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ListenAddressTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0:8080, 0.0.0.0:8080",
        ":8080, 0.0.0.0:8080",
        "[::1]:9, [0:0:0:0:0:0:0:1]:9",
        "127.0.0.1:0, 127.0.0.1:0"
    })
    void reads(String text, String meant) {
        assertThat(ListenAddress.parse(text)).hasToString(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "8080", "localhost:80", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:x"})
    void refuses(String text) {
        assertThatThrownBy(() -> ListenAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'%s'", text);
    }
}
