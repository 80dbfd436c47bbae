package dev.origo.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.loop.LeasesInMemory.Trouble;
import dev.origo.reconcile.KubernetesException;
import dev.origo.testing.VirtualTimeTasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/// Two replicas, one lease, virtual time. The standard terms: 15 s, tried every 2 s, margin 4 s.
class LeadershipTest {
    static final List<Long> SEEDS = LongStream.rangeClosed(1, 40).boxed().toList();

    private final VirtualTimeTasks tasks = new VirtualTimeTasks();
    private final LeasesInMemory leases = new LeasesInMemory();
    private final Replica a = new Replica("a", tasks);
    private final Replica b = new Replica("b", tasks);

    /// One process. What befalls its requests is set from outside.
    private final class Replica implements Leadership.Listener {
        private final Leadership leadership;
        private final List<String> told = new ArrayList<>();
        private Trouble trouble = Trouble.NONE;
        private boolean listenerFails;

        Replica(String identity, VirtualTimeTasks time) {
            leadership =
                    new Leadership(
                            leases.seenBy(time, () -> trouble),
                            time,
                            Leadership.Terms.standard(identity),
                            this);
        }

        boolean mayWrite() {
            return leadership.mayWrite();
        }

        @Override
        public void elected() {
            told.add("elected");
            if (listenerFails) {
                listenerFails = false;
                throw new IllegalStateException("listener");
            }
        }

        @Override
        public void deposed() {
            told.add("deposed");
        }

        @Override
        public void leaseFailed(KubernetesException e) {
            told.add(e.kind().toString());
        }
    }

    private void seconds(double seconds) {
        tasks.advance(Duration.ofMillis((long) (seconds * 1000)));
    }

    private void aLeadsAndBWaits() {
        a.leadership.start();
        tasks.settle();
        b.leadership.start();
        seconds(10);
        assertThat(a.told).containsExactly("elected");
        assertThat(b.told).isEmpty();
    }

    /// Lets time pass in small pieces, and looks at each that no two may write.
    private double secondsUntilBMayWrite(double secondsMax) {
        for (double passed = 0; passed < secondsMax; passed += 0.05) {
            assertThat(a.mayWrite() && b.mayWrite()).as("both may write").isFalse();
            if (b.mayWrite()) {
                return passed;
            }
            seconds(0.05);
        }
        return secondsMax;
    }

    @Test
    void theFirstOneLeadsAtOnce() {
        a.leadership.start();
        tasks.settle();
        assertThat(a.mayWrite()).isTrue();
        assertThat(a.leadership.isLeader()).isTrue();
        assertThat(leases.holder()).isEqualTo("a");
    }

    @Test
    void aLeaderGoesOnLeadingAndIsToldOnce() {
        aLeadsAndBWaits();
        seconds(3600);
        assertThat(a.told).containsExactly("elected");
        assertThat(b.told).isEmpty();
        assertThat(leases.lease().orElseThrow().transitions()).isZero();
    }

    @Test
    void afterASilentDeathTheOtherLeadsWithinTheLeaseDurationAndOneTry() {
        aLeadsAndBWaits();
        a.trouble = Trouble.DOWN;
        assertThat(secondsUntilBMayWrite(60)).isBetween(11.0, 17.1);
        assertThat(leases.lease().orElseThrow().transitions()).isEqualTo(1);
    }

    @Test
    void afterACleanStopTheOtherLeadsAtItsNextTry() {
        aLeadsAndBWaits();
        a.leadership.stop();
        assertThat(a.mayWrite()).isFalse();
        assertThat(a.leadership.isLeader()).isFalse();
        assertThat(leases.holder()).isEmpty();
        assertThat(secondsUntilBMayWrite(60)).isLessThan(2.1);
    }

    @Test
    void whoStoppedTriesNoMore() {
        aLeadsAndBWaits();
        a.leadership.stop();
        b.leadership.stop();
        seconds(60);
        assertThat(leases.holder()).isEmpty();
        assertThat(a.mayWrite()).isFalse();
    }

    @Test
    void stoppingAStandbyLeavesTheLeaseAlone() {
        aLeadsAndBWaits();
        b.leadership.stop();
        assertThat(leases.holder()).isEqualTo("a");
    }

    @Test
    void aStopDuringARenewalStillGivesTheLeaseBackAndEndsWriting() {
        aLeadsAndBWaits();
        a.trouble = new Trouble(Duration.ofSeconds(1), Duration.ofSeconds(1), false, false);
        seconds(3);
        a.trouble = Trouble.NONE;
        a.leadership.stop();
        assertThat(a.mayWrite()).isFalse();
        seconds(4);
        assertThat(a.mayWrite()).isFalse();
        assertThat(leases.holder()).isNotEqualTo("a");
    }

    @Test
    void aStopDuringTheFirstRenewalGivesTheLeaseBack() {
        a.trouble = new Trouble(Duration.ZERO, Duration.ofSeconds(1), false, false);
        a.leadership.start();
        seconds(1.5);
        a.leadership.stop();
        seconds(5);
        assertThat(a.mayWrite()).isFalse();
        assertThat(leases.holder()).isEmpty();
    }

    @Test
    void aStopWithoutAnApiServerEndsInPeace() {
        aLeadsAndBWaits();
        a.trouble = Trouble.DOWN;
        a.leadership.stop();
        assertThat(a.mayWrite()).isFalse();
        assertThat(a.told).contains("UNREACHABLE");
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "3", "10", "60"})
    void noWriteStartsAfterTheDeadlineLessMarginWhenRenewalsFailOrHang(long hangSeconds) {
        a.leadership.start();
        tasks.settle();
        a.trouble = Trouble.hangs(Duration.ofSeconds(hangSeconds));
        seconds(10.99);
        assertThat(a.mayWrite()).isTrue();
        seconds(0.02);
        assertThat(a.mayWrite()).isFalse();
    }

    @Test
    void whoCannotRenewIsDeposedAndElectedAgainWhenItCan() {
        a.leadership.start();
        tasks.settle();
        a.trouble = Trouble.DOWN;
        seconds(14);
        assertThat(a.told).contains("elected", "UNREACHABLE", "deposed");
        a.trouble = Trouble.NONE;
        seconds(2);
        assertThat(a.told).endsWith("elected");
        assertThat(a.mayWrite()).isTrue();
    }

    @Test
    void aLeaderThatWasPausedMayNotWriteBeforeItRenewed() {
        aLeadsAndBWaits();
        tasks.jump(Duration.ofMinutes(1));
        assertThat(a.mayWrite()).isFalse();
        seconds(0);
        assertThat(a.mayWrite() && b.mayWrite()).isFalse();
    }

    @Test
    void aRenewalThatLostItsAnswerIsNoLoss() {
        aLeadsAndBWaits();
        a.trouble = new Trouble(Duration.ZERO, Duration.ZERO, false, true);
        seconds(4);
        a.trouble = Trouble.NONE;
        seconds(4);
        assertThat(a.mayWrite()).isTrue();
        assertThat(a.told).doesNotContain("deposed");
    }

    @Test
    void whoLosesTheRaceForAFreeLeaseGetsAConflictAndDoesNotWrite() {
        a.trouble = new Trouble(Duration.ofSeconds(1), Duration.ZERO, false, false);
        b.trouble = new Trouble(Duration.ofMillis(1500), Duration.ZERO, false, false);
        a.leadership.start();
        b.leadership.start();
        seconds(4);
        assertThat(b.told).containsExactly("CONFLICT");
        assertThat(a.mayWrite()).isTrue();
        assertThat(b.mayWrite()).isFalse();
    }

    @Test
    void aDeletedLeaseDoesNotMakeASecondWriter() {
        aLeadsAndBWaits();
        seconds(1);
        leases.delete();
        a.trouble = Trouble.hangs(Duration.ofSeconds(30));
        assertThat(secondsUntilBMayWrite(60)).isBetween(10.0, 17.1);
    }

    @Test
    void whoSeesTheLeaseInOtherHandsWritesNoMoreThoughItsTimeIsNotOver() {
        aLeadsAndBWaits();
        leases.giveTo("someone");
        seconds(2);
        assertThat(a.mayWrite()).isFalse();
        assertThat(a.told).endsWith("deposed");
    }

    @Test
    void aFailingListenerDoesNotEndTheTrying() {
        a.listenerFails = true;
        a.leadership.start();
        seconds(60);
        assertThat(a.mayWrite()).isTrue();
        assertThat(tasks.bugs()).hasSize(1);
    }

    @Test
    void termsThatLeaveNoTimeToWriteAreRefused() {
        assertThatThrownBy(() -> terms(6, Duration.ofSeconds(4))).hasMessageContaining("PT6S");
        assertThat(terms(7, Duration.ofSeconds(4)).duration()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aLeaseOfPartsOfSecondsIsRefusedBecauseOthersReadWholeOnes() {
        assertThatThrownBy(() ->
                        new Leadership.Terms(
                                "a",
                                Duration.ofMillis(15500),
                                Duration.ofSeconds(2),
                                Duration.ZERO))
                .hasMessageContaining("PT15.5S");
    }

    private static Leadership.Terms terms(int durationSeconds, Duration margin) {
        return new Leadership.Terms(
                "a", Duration.ofSeconds(durationSeconds), Duration.ofSeconds(2), margin);
    }

    @ParameterizedTest(name = "seed {0}")
    @FieldSource("SEEDS")
    void underAnyTroubleAtMostOneMayWriteAndAfterItSomeoneDoes(long seed) {
        var random = new Random(seed);
        a.leadership.start();
        b.leadership.start();
        for (int event = 0; event < 300; event++) {
            Replica one = random.nextBoolean() ? a : b;
            one.trouble = random.nextInt(3) == 0 ? Trouble.NONE : anyTrouble(random);
            for (int look = random.nextInt(60); look > 0; look--) {
                seconds(0.1);
                assertThat(a.mayWrite() && b.mayWrite())
                        .as("seed %d: both may write after %s", seed, tasks.elapsed())
                        .isFalse();
            }
        }
        a.trouble = Trouble.NONE;
        b.trouble = Trouble.NONE;
        seconds(60);
        assertThat(a.mayWrite() ^ b.mayWrite()).as("seed %d", seed).isTrue();
        assertThat(tasks.bugs()).as("seed %d", seed).isEmpty();
    }

    private static Trouble anyTrouble(Random random) {
        int most = random.nextInt(4) == 0 ? 20_000 : 1_500;
        return new Trouble(
                Duration.ofMillis(random.nextInt(most)),
                Duration.ofMillis(random.nextInt(most)),
                random.nextInt(3) == 0,
                random.nextInt(3) == 0);
    }
}
