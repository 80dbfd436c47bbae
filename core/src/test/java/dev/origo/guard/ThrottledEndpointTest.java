package dev.origo.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.testing.VirtualTimeTasks;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// How well the guard finds the rate of an endpoint that does not tell it, in virtual time: a token
/// bucket on the other side, calls that take their time, and workers that put back what failed.
class ThrottledEndpointTest {
    private static final int WORKERS = 20;
    private static final Duration LATENCY = Duration.ofMillis(150);

    /// @param writes how many are to be done
    /// @param withinShare of what the endpoint's rate allows
    record Row(String name, double perSecond, int burst, int writes, double withinShare) {
        @Override
        public String toString() {
            return name;
        }

        /// The burst comes at once, the rest at the rate.
        Duration ideal() {
            return Duration.ofMillis((long) ((writes - burst) / perSecond * 1000));
        }
    }

    static List<Row> rows() {
        return List.of(
                new Row("a slow endpoint, a few Services", 3, 20, 200, 0.9),
                new Row("a slow endpoint, many Services", 3, 20, 1000, 0.9),
                new Row("a very slow endpoint", 1, 5, 100, 0.9),
                new Row("AWS's documented reads", 8, 40, 400, 0.9),
                new Row("an endpoint in between", 25, 40, 1000, 0.9));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void reachesMostOfTheRateThatAnEndpointAllows(Row row) {
        Run run = new Run(row.perSecond(), row.burst(), row.writes());
        Duration took = run.all();
        assertThat(row.ideal().toMillis() / (double) took.toMillis())
                .isGreaterThanOrEqualTo(row.withinShare());
    }

    @Test
    void aThousandWritesToAnEndpointThatNeverThrottlesTakeTenSeconds() {
        Run run = new Run(1e6, 1_000_000, 1000);
        assertThat(run.all()).isLessThanOrEqualTo(Duration.ofSeconds(11));
    }

    @Test
    void fewCallsAreGivenBackToTheQueueWhileTheRateIsFound() {
        Run run = new Run(3, 20, 200);
        run.all();
        assertThat(run.givenBack).isLessThanOrEqualTo(10);
    }

    /// One run of the workers.
    private static final class Run {
        private final VirtualTimeTasks tasks = new VirtualTimeTasks(7);
        private final Guard guard = new Guard(tasks, RateLimits.DEFAULT, () -> true, _ -> {});
        private final Deque<Integer> todo = new ArrayDeque<>();
        private final double perSecond;
        private final int burst;
        private double tokens;
        private long filledAt;
        private int calls;
        private int givenBack;
        private Duration lastDone = Duration.ZERO;

        Run(double perSecond, int burst, int writes) {
            this.perSecond = perSecond;
            this.burst = burst;
            this.tokens = burst;
            for (int i = 0; i < writes; i++) {
                todo.add(i);
            }
        }

        Duration all() {
            for (int i = 0; i < WORKERS; i++) {
                tasks.start("worker", this::work);
            }
            tasks.runAll();
            assertThat(tasks.bugs()).isEmpty();
            assertThat(todo).isEmpty();
            return lastDone;
        }

        private void work() {
            while (!todo.isEmpty()) {
                Integer one = todo.remove();
                try {
                    guard.write("elbv2", "Create", false, this::endpoint);
                    lastDone = tasks.elapsed();
                } catch (CloudException e) {
                    givenBack++;
                    todo.add(one);
                    tasks.pause(Duration.ofSeconds(1));
                }
            }
        }

        private Integer endpoint() {
            calls++;
            tokens = Math.min(burst, tokens + (tasks.nanoTime() - filledAt) / 1e9 * perSecond);
            filledAt = tasks.nanoTime();
            tasks.pause(LATENCY);
            if (tokens < 1) {
                throw new CloudException("Create", new CloudFailure.Throttled(Duration.ZERO));
            }
            tokens -= 1;
            return calls;
        }
    }
}
