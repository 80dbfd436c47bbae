package dev.origo.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.model.ServiceKey;
import dev.origo.reconcile.Next;
import dev.origo.testing.VirtualTimeTasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class WorkQueueTest {
    private static final ServiceKey A = new ServiceKey("ns", "a");
    private static final ServiceKey B = new ServiceKey("ns", "b");
    private static final ServiceKey C = new ServiceKey("ns", "c");
    static final List<Long> SEEDS = LongStream.rangeClosed(1, 20).boxed().toList();
    private static final Duration RUN = Duration.ofSeconds(1);

    private final VirtualTimeTasks tasks = new VirtualTimeTasks();
    private final List<String> runs = new ArrayList<>();
    private final Set<ServiceKey> running = new HashSet<>();
    private final Map<ServiceKey, Supplier<Next>> outcomes = new HashMap<>();
    private int runningMost;

    private WorkQueue queue(int workers) {
        var queue = new WorkQueue(tasks, workers, this::run);
        queue.open();
        return queue;
    }

    /// Each run takes a second.
    private Next run(ServiceKey key) {
        runs.add(key.name() + "@" + tasks.elapsed().toSeconds());
        assertThat(running.add(key)).as("%s is run twice at once", key).isTrue();
        runningMost = Math.max(runningMost, running.size());
        tasks.pause(RUN);
        running.remove(key);
        return outcomes.getOrDefault(key, Next.Done::new).get();
    }

    private void failing(ServiceKey key) {
        outcomes.put(key, () -> new Next.RetryBackedOff("no luck"));
    }

    private void seconds(long seconds) {
        tasks.advance(Duration.ofSeconds(seconds));
    }

    @Test
    void runsKeysInTheOrderOfTheirComingAndNoMoreAtOnceThanAllowed() {
        WorkQueue queue = queue(2);
        List.of(B, A, C).forEach(queue::add);
        seconds(9);
        assertThat(runs).containsExactly("b@0", "a@0", "c@1");
        assertThat(runningMost).isEqualTo(2);
    }

    @Test
    void aKeyThatWaitsIsHeldOnce() {
        WorkQueue queue = queue(1);
        List.of(A, B, B, B).forEach(queue::add);
        seconds(9);
        assertThat(runs).containsExactly("a@0", "b@1");
    }

    @Test
    void aKeyAddedWhileItRunsIsRunOnceMoreAfterwards() {
        WorkQueue queue = queue(5);
        queue.add(A);
        tasks.settle();
        queue.add(A);
        queue.add(A);
        seconds(9);
        assertThat(runs).containsExactly("a@0", "a@1");
    }

    @Test
    void oneBrokenKeyDelaysNoOther() {
        failing(A);
        WorkQueue queue = queue(1);
        queue.add(A);
        queue.add(B);
        seconds(2);
        assertThat(runs).containsExactly("a@0", "b@1");
    }

    @Test
    void aRetryComesAfterTheTimeGiven() {
        outcomes.put(A, () -> new Next.RetryAfter(Duration.ofSeconds(30), "soon"));
        queue(1).add(A);
        seconds(63);
        assertThat(runs).containsExactly("a@0", "a@31", "a@62");
    }

    @Test
    void whoWaitsForAChangeIsNotRunAgain() {
        outcomes.put(A, () -> new Next.WaitForChange("bad spec"));
        queue(1).add(A);
        tasks.runAll();
        assertThat(runs).containsExactly("a@0");
    }

    @Test
    void backoffDoublesUpToFiveMinutesWithUpToAQuarterByChance() {
        failing(A);
        queue(1).add(A);
        var began = new ArrayList<Duration>();
        outcomes.put(
                A,
                () -> {
                    began.add(tasks.elapsed());
                    return new Next.RetryBackedOff("no luck");
                });
        tasks.advance(Duration.ofHours(8));
        long wanted = 1000;
        for (int i = 1; i < began.size(); i++) {
            Duration delay = began.get(i).minus(began.get(i - 1)).minus(RUN);
            assertThat(delay.toMillis()).as("retry %d", i).isBetween(wanted, wanted * 5 / 4);
            wanted = Math.min(wanted * 2, 300_000);
        }
        assertThat(began).hasSizeGreaterThan(70);
    }

    @Test
    void aSuccessEndsTheBackoff() {
        failing(A);
        WorkQueue queue = queue(1);
        queue.add(A);
        seconds(60);
        outcomes.remove(A);
        queue.add(A);
        seconds(60);
        failing(A);
        runs.clear();
        queue.add(A);
        seconds(3);
        assertThat(runs).hasSize(2);
    }

    @Test
    void aChangeCutsADelayShort() {
        outcomes.put(A, () -> new Next.RetryAfter(Duration.ofMinutes(5), "later"));
        WorkQueue queue = queue(1);
        queue.add(A);
        seconds(10);
        queue.add(A);
        seconds(400);
        assertThat(runs).containsExactly("a@0", "a@10", "a@311");
        assertThat(queue.load().delayed()).isEqualTo(1);
    }

    @Test
    void aRunThatCrashesIsBackedOffAndTold() {
        outcomes.put(
                A,
                () -> {
                    throw new IllegalStateException("bug");
                });
        queue(1).add(A);
        seconds(4);
        assertThat(runs).hasSizeGreaterThan(1);
        assertThat(tasks.bugs()).first().asString().contains("bug");
    }

    @Test
    void nothingRunsBeforeTheQueueOpens() {
        var queue = new WorkQueue(tasks, 1, this::run);
        queue.add(A);
        seconds(5);
        assertThat(runs).isEmpty();
        queue.open();
        seconds(5);
        assertThat(runs).containsExactly("a@5");
    }

    @Test
    void closingDropsWhatWaitsAndLetsARunEnd() {
        outcomes.put(A, () -> new Next.RetryAfter(RUN, "again"));
        WorkQueue queue = queue(1);
        List.of(A, B).forEach(queue::add);
        tasks.settle();
        queue.add(A);
        queue.close();
        assertThat(queue.load().inFlight()).isEqualTo(1);
        seconds(60);
        assertThat(runs).containsExactly("a@0");
        assertThat(queue.load())
                .isEqualTo(new WorkQueue.Load(0, 0, 0, Duration.ZERO, Duration.ZERO));
    }

    @Test
    void closingDropsDelays() {
        failing(A);
        WorkQueue queue = queue(1);
        queue.add(A);
        seconds(2);
        queue.close();
        queue.open();
        seconds(600);
        assertThat(runs).hasSize(1);
    }

    @Test
    void aKeyAddedWhileAnOldRunOfItEndsAfterTheClosingIsNotLost() {
        WorkQueue queue = queue(1);
        queue.add(A);
        tasks.settle();
        queue.close();
        queue.add(A);
        seconds(5);
        queue.open();
        seconds(5);
        assertThat(runs).containsExactly("a@0", "a@5");
    }

    @Test
    void theLoadTellsDepthAndAges() {
        WorkQueue queue = queue(1);
        queue.add(A);
        tasks.settle();
        tasks.advance(Duration.ofMillis(300));
        queue.add(B);
        tasks.advance(Duration.ofMillis(200));
        queue.add(C);
        assertThat(queue.load())
                .isEqualTo(
                        new WorkQueue.Load(
                                2, 1, 0, Duration.ofMillis(200), Duration.ofMillis(500)));
    }

    @Test
    void aQueueWithoutWorkersIsRefused() {
        assertThatThrownBy(() -> new WorkQueue(tasks, 0, this::run)).hasMessageContaining("0");
    }

    @ParameterizedTest(name = "seed {0}")
    @FieldSource("SEEDS")
    void inAnyOrderOfEventsNoKeyRunsTwiceAtOnceAndTheLastAddIsSeen(long seed) {
        var random = new Random(seed);
        var own = new VirtualTimeTasks(seed);
        List<ServiceKey> keys = List.of(A, B, C);
        var now = new HashSet<ServiceKey>();
        var seenAt = new HashMap<ServiceKey, Duration>();
        var addedAt = new HashMap<ServiceKey, Duration>();
        var queue =
                new WorkQueue(
                        own,
                        2,
                        key -> {
                            assertThat(now.add(key)).isTrue();
                            assertThat(now).hasSizeLessThanOrEqualTo(2);
                            seenAt.put(key, own.elapsed());
                            own.pause(Duration.ofMillis(random.nextInt(900)));
                            now.remove(key);
                            return random.nextBoolean()
                                    ? new Next.Done()
                                    : new Next.RetryAfter(
                                            Duration.ofMillis(random.nextInt(900)), "");
                        });
        for (int event = 0; event < 200; event++) {
            ServiceKey key = keys.get(random.nextInt(keys.size()));
            int kind = random.nextInt(20);
            if (kind == 0) {
                queue.close();
                addedAt.clear();
            } else if (kind == 1) {
                queue.open();
            } else {
                queue.add(key);
                addedAt.put(key, own.elapsed());
            }
            own.advance(Duration.ofMillis(random.nextInt(400)));
        }
        queue.open();
        own.advance(Duration.ofMinutes(1));
        assertThat(own.bugs()).as("seed %d", seed).isEmpty();
        addedAt.forEach((key, at) ->
                assertThat(seenAt.get(key)).as("seed %d", seed).isGreaterThanOrEqualTo(at));
    }
}
