package dev.origo.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.loop.LeaseStore.LeaseRecord;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Times are seconds of a monotonic clock.
class LeaseClockTest {
    private static final Duration DURATION = Duration.ofSeconds(15);
    private static final Duration MARGIN = Duration.ofSeconds(4);
    private static final LeaseClock FRESH = LeaseClock.unknown("me");

    private static long at(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    private static LeaseRecord lease(String holder, String version) {
        return new LeaseRecord(holder, 15, Instant.EPOCH, Instant.EPOCH, 0, version);
    }

    @ParameterizedTest
    @CsvSource({
        "100, true, true",
        "110, true, true",
        "111, true, false",
        "114, true, false",
        "115, false, false",
        "500, false, false"
    })
    void whoRenewedAtSecond100HoldsAndMayWrite(long second, boolean holds, boolean mayWrite) {
        LeaseClock clock = FRESH.renewed(lease("me", "1"), at(100), DURATION);
        assertThat(clock.holds(at(second))).isEqualTo(holds);
        assertThat(clock.mayWrite(at(second), MARGIN)).isEqualTo(mayWrite);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 100, true",
        "me, 100, true",
        "other, 100, false",
        "other, 114, false",
        "other, 115, true",
        "other, 500, true"
    })
    void aLeaseSeenAtSecond100MayBeTaken(String holder, long second, boolean mayTake) {
        assertThat(FRESH.saw(lease(holder, "1"), at(100)).mayTake(at(second))).isEqualTo(mayTake);
    }

    @Test
    void tellsHowLongAnothersLeaseStillStands() {
        LeaseClock clock = FRESH.saw(lease("other", "1"), at(100));
        assertThat(clock.untilFree(at(104))).isEqualTo(Duration.ofSeconds(11));
        assertThat(clock.untilFree(at(120))).isNegative();
        assertThat(FRESH.saw(lease("me", "1"), at(100)).untilFree(at(104))).isZero();
    }

    @Test
    void anUnknownLeaseMayBeTakenButGivesNoRight() {
        assertThat(FRESH.mayTake(at(0))).isTrue();
        assertThat(FRESH.holds(at(0))).isFalse();
        assertThat(FRESH.mayWrite(Long.MIN_VALUE, MARGIN)).isFalse();
    }

    @Test
    void theSameRecordSeenAgainDoesNotStartItsTimeAnew() {
        LeaseClock clock =
                FRESH.saw(lease("other", "1"), at(100)).saw(lease("other", "1"), at(110));
        assertThat(clock.mayTake(at(115))).isTrue();
    }

    @Test
    void aRenewalByItsHolderStartsItsTimeAnew() {
        LeaseClock clock =
                FRESH.saw(lease("other", "1"), at(100)).saw(lease("other", "2"), at(110));
        assertThat(clock.mayTake(at(124))).isFalse();
        assertThat(clock.mayTake(at(125))).isTrue();
    }

    @Test
    void anotherHoldersOwnDurationCounts() {
        var longer = new LeaseRecord("other", 60, Instant.EPOCH, Instant.EPOCH, 0, "1");
        assertThat(FRESH.saw(longer, at(100)).mayTake(at(159))).isFalse();
        assertThat(FRESH.saw(longer, at(100)).mayTake(at(160))).isTrue();
    }

    @Test
    void seeingOurOwnLeaseDoesNotProlongIt() {
        LeaseClock clock =
                FRESH.renewed(lease("me", "1"), at(100), DURATION).saw(lease("me", "1"), at(110));
        assertThat(clock.mayWrite(at(111), MARGIN)).isFalse();
    }

    @Test
    void whoLostTheLeaseMayNotWrite() {
        LeaseClock clock = FRESH.renewed(lease("me", "1"), at(100), DURATION).lost();
        assertThat(clock.holds(at(101))).isFalse();
        assertThat(clock.mayWrite(at(101), MARGIN)).isFalse();
    }

    @Test
    void noWallClockIsAsked() {
        var future =
                new LeaseRecord(
                        "other", 15, Instant.EPOCH, Instant.parse("9999-01-01T00:00:00Z"), 0, "1");
        assertThat(FRESH.saw(future, at(100)).mayTake(at(115))).isTrue();
    }
}
