package dev.origo.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.origo.model.Code;
import dev.origo.model.Problem;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.testing.VirtualTimeTasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GuardTest {
    private final VirtualTimeTasks tasks = new VirtualTimeTasks();
    private final List<String> observed = new ArrayList<>();
    private final List<Duration> starts = new ArrayList<>();

    private Guard guard(RateLimits limits, BooleanSupplier mayWrite) {
        return new Guard(
                tasks,
                limits,
                mayWrite,
                call ->
                        observed.add(
                                "%s:%s %s %s %s"
                                        .formatted(
                                                call.family(),
                                                call.action(),
                                                call.write() ? "write" : "read",
                                                call.outcome(),
                                                call.took())));
    }

    private final Guard guard = guard(RateLimits.DEFAULT, () -> true);

    private String fail(CloudFailure failure) {
        starts.add(tasks.elapsed());
        throw new CloudException("elbv2:X", failure);
    }

    private CloudFailure failureOf(Runnable call) {
        return catchThrowableOfType(CloudException.class, call::run).failure();
    }

    record Row(CloudFailure failure, int reads, int repeatableWrites, int otherWrites) {}

    static List<Row> rows() {
        return List.of(
                new Row(new CloudFailure.Throttled(Duration.ZERO), 6, 6, 6),
                new Row(new CloudFailure.Unreachable("refused", false), 4, 4, 4),
                new Row(new CloudFailure.Unreachable("reset", true), 4, 4, 1),
                new Row(new CloudFailure.Unknown("500"), 4, 4, 1),
                new Row(new CloudFailure.Conflict(""), 1, 1, 1),
                new Row(new CloudFailure.NotFound(""), 1, 1, 1),
                new Row(new CloudFailure.QuotaExceeded(""), 1, 1, 1),
                new Row(new CloudFailure.Denied(""), 1, 1, 1),
                new Row(new CloudFailure.Unauthenticated(""), 1, 1, 1),
                new Row(new CloudFailure.Rejected(Problem.error(Code.NO_SUBNET, "")), 1, 1, 1),
                new Row(new CloudFailure.Fenced(), 1, 1, 1),
                new Row(new CloudFailure.Postponed(Duration.ZERO), 1, 1, 1));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void repeatsOnlyWhatCannotDoHarm(Row row) {
        assertThat(failureOf(() -> guard.read("f", "X", () -> fail(row.failure()))))
                .isEqualTo(row.failure());
        int reads = starts.size();
        failureOf(() -> guard.write("f", "X", true, () -> fail(row.failure())));
        int repeatable = starts.size() - reads;
        failureOf(() -> guard.write("f", "X", false, () -> fail(row.failure())));
        int others = starts.size() - reads - repeatable;
        assertThat(List.of(reads, repeatable, others))
                .containsExactly(row.reads(), row.repeatableWrites(), row.otherWrites());
    }

    @Test
    void theTableHasEveryFailure() {
        assertThat(rows().stream().map(row -> row.failure().getClass().getName()).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(CloudFailure.class.getPermittedSubclasses())
                                .map(Class::getName)
                                .toList());
    }

    @Test
    void aBugIsNotRepeated() {
        assertThatThrownBy(() ->
                        guard.read(
                                "f",
                                "X",
                                () -> {
                                    starts.add(tasks.elapsed());
                                    throw new IllegalStateException("bug");
                                }))
                .hasMessage("bug");
        assertThat(starts).hasSize(1);
    }

    @Test
    void anAnswerAfterAFailureIsTheAnswer() {
        String answer =
                guard.read(
                        "f",
                        "X",
                        () -> starts.size() < 2 ? fail(new CloudFailure.Unknown("500")) : "found");
        assertThat(answer).isEqualTo("found");
    }

    @Test
    void repetitionsWaitTwiceAsLongEachTimeWithUpToHalfByChance() {
        for (long seed = 0; seed < 50; seed++) {
            var own = new VirtualTimeTasks(seed);
            var began = new ArrayList<Duration>();
            var seeded = new Guard(own, RateLimits.DEFAULT, () -> true, _ -> {});
            failureOf(() ->
                    seeded.read(
                            "f",
                            "X",
                            () -> {
                                began.add(own.elapsed());
                                throw new CloudException("X", new CloudFailure.Unknown("500"));
                            }));
            long wanted = 200;
            for (int i = 1; i < began.size(); i++) {
                assertThat(began.get(i).minus(began.get(i - 1)).toMillis())
                        .as("seed %d, repetition %d", seed, i)
                        .isBetween(wanted, wanted + wanted / 2);
                wanted *= 2;
            }
        }
    }

    @Test
    void whatTheCloudAsksToWaitIsWaited() {
        failureOf(() ->
                guard.read(
                        "f", "X", () -> fail(new CloudFailure.Throttled(Duration.ofSeconds(7)))));
        assertThat(starts.get(1).minus(starts.get(0)))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void whoIsAskedToWaitLongerThanACallMayIsToldInstead() {
        var asked = new CloudFailure.Throttled(Duration.ofMinutes(10));
        assertThat(failureOf(() -> guard.read("f", "X", () -> fail(asked)))).isEqualTo(asked);
        assertThat(starts).hasSize(1);
        assertThat(tasks.elapsed()).isZero();
    }

    @Test
    void aFencedProcessReadsButDoesNotWrite() {
        Guard fenced = guard(RateLimits.DEFAULT, () -> false);
        assertThat(fenced.read("f", "X", () -> "found")).isEqualTo("found");
        assertThat(
                        failureOf(() ->
                                fenced.write(
                                        "f", "X", true, () -> fail(new CloudFailure.Fenced()))))
                .isEqualTo(new CloudFailure.Fenced());
        assertThat(starts).isEmpty();
    }

    @Test
    void theFenceIsAskedAfterTheWaitForTheRate() {
        var slow = new RateLimits(1, 1, 1, 1, Duration.ofSeconds(5));
        Guard fencedSoon = guard(slow, () -> tasks.elapsed().compareTo(Duration.ofMillis(500)) < 0);
        fencedSoon.write("f", "X", true, () -> "first");
        assertThat(failureOf(() -> fencedSoon.write("f", "X", true, () -> "second")))
                .isEqualTo(new CloudFailure.Fenced());
    }

    @Test
    void theFenceIsAskedAgainBeforeARepetition() {
        Guard fencedSoon = guard(RateLimits.DEFAULT, () -> starts.isEmpty());
        var refused = new CloudFailure.Unreachable("refused", false);
        assertThat(failureOf(() -> fencedSoon.write("f", "X", true, () -> fail(refused))))
                .isEqualTo(new CloudFailure.Fenced());
        assertThat(starts).hasSize(1);
    }

    @Test
    void whoFindsNoRoomWithinTheWaitIsPostponed() {
        var slow = new RateLimits(1, 1, 1, 1, Duration.ofMillis(900));
        Guard crowded = guard(slow, () -> true);
        crowded.read("f", "X", () -> "first");
        assertThat(failureOf(() -> crowded.read("f", "X", () -> fail(new CloudFailure.Fenced()))))
                .isEqualTo(new CloudFailure.Postponed(Duration.ofMillis(900)));
        assertThat(starts).isEmpty();
    }

    @Test
    void readsAndWritesAndFamiliesHaveRatesOfTheirOwn() {
        var slow = new RateLimits(1, 1, 1, 1, Duration.ZERO);
        Guard crowded = guard(slow, () -> true);
        crowded.read("a", "X", () -> "");
        crowded.write("a", "X", true, () -> "");
        crowded.read("b", "X", () -> "");
        assertThat(failureOf(() -> crowded.read("a", "Y", () -> "")))
                .isInstanceOf(CloudFailure.Postponed.class);
    }

    @Test
    void everyCallThatStartsIsToldOnceWithItsOwnTime() {
        guard.write(
                "elbv2",
                "Create",
                false,
                () -> {
                    tasks.pause(Duration.ofMillis(150));
                    return starts.isEmpty()
                            ? fail(new CloudFailure.Throttled(Duration.ZERO))
                            : "made";
                });
        assertThat(observed)
                .containsExactly(
                        "elbv2:Create write Throttled PT0.15S", "elbv2:Create write ok PT0.15S");
    }

    @Test
    void aCallThatDoesNotStartIsNotTold() {
        Guard fenced = guard(RateLimits.DEFAULT, () -> false);
        failureOf(() -> fenced.write("f", "X", true, () -> ""));
        assertThat(observed).isEmpty();
    }
}
