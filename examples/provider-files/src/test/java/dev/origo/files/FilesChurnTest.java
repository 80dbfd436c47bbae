package dev.origo.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.testkit.Churn;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random life on a directory, by fixed seeds and fresh ones, which are the tests' names.
class FilesChurnTest {
    private static String live(long seed) {
        try (FilesStage stage = new FilesStage()) {
            return new Churn(
                            stage,
                            number -> stage.cloud().node(number),
                            4,
                            FilesStage.web(),
                            (_, service, whole) -> stage.strike(service, whole),
                            Churn.Weather.FAIR)
                    .live(seed);
        }
    }

    static LongStream seeds() {
        return LongStream.concat(
                LongStream.rangeClosed(1, 30),
                new SplittableRandom().longs(10, 1_000, Long.MAX_VALUE));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void survives(long seed) {
        live(seed);
    }

    @Test
    void theSameSeedLivesTheSameLife() {
        assertThat(live(3)).isEqualTo(live(3));
    }
}
