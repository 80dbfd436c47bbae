package dev.origo.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Times are seconds of a monotonic clock that begins at an odd place.
class TokenBucketTest {
    private static final long ORIGIN = -7_000_000_000L;
    private static final Offset<Double> CLOSE = within(0.001);

    /// Burst 5, start 10/s, ceiling 20/s, floor 1/s: rises 0.2/s each second.
    private static final RateLimits LIMITS = new RateLimits(5, 10, 20, 1, Duration.ofSeconds(2));

    private final TokenBucket bucket = new TokenBucket(LIMITS, ORIGIN);

    private static long at(double seconds) {
        return ORIGIN + (long) (seconds * 1e9);
    }

    private double waitAt(double atSeconds) {
        return bucket.take(at(atSeconds)).orElseThrow() / 1e9;
    }

    private void takeBurst(double atSeconds) {
        for (int i = 0; i < LIMITS.burst(); i++) {
            assertThat(waitAt(atSeconds)).isZero();
        }
    }

    @Test
    void aFullBucketLetsItsBurstThroughAtOnce() {
        takeBurst(0);
        assertThat(waitAt(0)).isEqualTo(0.1, CLOSE);
    }

    @Test
    void whoComesNextWaitsBehindThoseBefore() {
        takeBurst(0);
        assertThat(waitAt(0)).isEqualTo(0.1, CLOSE);
        assertThat(waitAt(0)).isEqualTo(0.2, CLOSE);
        assertThat(waitAt(0.1)).isEqualTo(0.2, CLOSE);
    }

    @Test
    void anIdleBucketFillsToItsBurstAndNoFurther() {
        takeBurst(0);
        takeBurst(100);
        assertThat(waitAt(100)).isPositive();
    }

    @Test
    void whoWouldWaitLongerThanTheLimitIsSentBackAndTakesNoToken() {
        takeBurst(0);
        long taken = IntStream.range(0, 100).filter(_ -> bucket.take(at(0)).isPresent()).count();
        assertThat(taken).isEqualTo(20);
        assertThat(bucket.take(at(0))).isEmpty();
        assertThat(waitAt(0.1)).isEqualTo(2.0, within(0.01));
    }

    @Test
    void throttlingHalvesTheRateAndEmptiesTheBucket() {
        bucket.throttled(at(0));
        assertThat(bucket.perSecond()).isEqualTo(5, CLOSE);
        assertThat(waitAt(0)).isEqualTo(0.2, CLOSE);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 5.1", "0.999, 5.1998", "1.0, 2.6", "1.5, 2.65"})
    void aSecondThrottlingHalvesOnlyAfterASecond(double atSeconds, double perSecond) {
        bucket.throttled(at(0));
        bucket.throttled(at(atSeconds));
        assertThat(bucket.perSecond()).isEqualTo(perSecond, CLOSE);
    }

    @Test
    void theRateNeverFallsBelowTheFloor() {
        for (int second = 0; second < 20; second++) {
            bucket.throttled(at(second));
            assertThat(bucket.perSecond()).isGreaterThanOrEqualTo(LIMITS.floorPerSecond());
        }
        bucket.throttled(at(20));
        assertThat(bucket.perSecond()).isEqualTo(1, CLOSE);
    }

    @Test
    void theRateRisesByTheSameStepEachSecond() {
        bucket.throttled(at(0));
        waitAt(10);
        assertThat(bucket.perSecond()).isEqualTo(7, CLOSE);
        waitAt(20);
        assertThat(bucket.perSecond()).isEqualTo(9, CLOSE);
    }

    @Test
    void theRateNeverRisesAboveTheCeiling() {
        waitAt(10_000);
        assertThat(bucket.perSecond()).isEqualTo(20, CLOSE);
    }

    @Test
    void aClockThatStandsStillOrStepsBackHarmsNothing() {
        takeBurst(1);
        assertThat(waitAt(0.5)).isEqualTo(1 / 10.2, CLOSE);
        assertThat(bucket.perSecond()).isEqualTo(10.2, CLOSE);
    }

    @ParameterizedTest
    @CsvSource({"0, 10, 20, 1", "1, 10, 20, 0", "1, 0.5, 20, 1", "1, 30, 20, 1"})
    void limitsThatContradictEachOtherAreRefused(
            int burst, double start, double ceiling, double floor) {
        assertThatThrownBy(() -> new RateLimits(burst, start, ceiling, floor, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("burst " + burst);
    }
}
