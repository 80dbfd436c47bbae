package dev.origo.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.origo.fuzz.Inputs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Values of options.
final class OptionsFuzzTest {
    static Stream<byte[]> texts() {
        return Inputs.of(
                List.of(
                        "10m",
                        "1h30m",
                        "500ms",
                        "0s",
                        "999999999h".repeat(3),
                        "1s".repeat(20_000),
                        "127.0.0.1:8080",
                        "[::1]:8080",
                        ":0",
                        "[fe80::1%1]:1",
                        "10.1:80"));
    }

    @MethodSource("texts")
    @FuzzTest
    void aDurationIsReadOrRefused(byte[] bytes) {
        readOrRefused(bytes, Durations::parse);
    }

    @MethodSource("texts")
    @FuzzTest
    void anAddressToListenAtIsReadOrRefused(byte[] bytes) {
        readOrRefused(
                bytes,
                text -> {
                    ListenAddress address = ListenAddress.parse(text);
                    assertThat(ListenAddress.parse(address.toString())).isEqualTo(address);
                    return address;
                });
    }

    private static void readOrRefused(byte[] bytes, Function<String, ?> parser) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            assertThat(parser.apply(text)).isNotNull();
        } catch (IllegalArgumentException refusal) {
            assertThat(refusal).hasMessageContaining(text);
        }
    }
}
