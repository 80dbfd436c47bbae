package dev.origo.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.dataplane.Health.Failed;
import dev.origo.dataplane.Health.Outcome;
import dev.origo.dataplane.Health.Passed;
import dev.origo.model.HealthCheck.Timing;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class HealthTest {
    private static final Timing THREE_UP_TWO_DOWN =
            new Timing(Duration.ofSeconds(5), Duration.ofSeconds(2), 3, 2);

    /// @param probes `+` passed, `-` refused, `t` timed out, `5` answered 503
    /// @param states first letters of the state after each probe
    private record Row(String name, String probes, String states, String reason) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Row> rows() {
        return List.of(
                new Row("a new target needs one pass", "+", "h", ""),
                new Row("a new target fails in a row", "--", "iu", "Target.FailedHealthChecks"),
                new Row("one failure is forgiven", "+-+-+", "hhhhh", ""),
                new Row("two in a row are not", "+-t", "hhu", "Target.Timeout"),
                new Row("it comes back after three", "--+++", "iuuuh", ""),
                new Row("three in a row", "--++-+++", "iuuuuuuh", ""),
                new Row("the last reason is told", "--5", "iuu", "Target.ResponseCodeMismatch"),
                new Row(
                        "a pass does not change the reason",
                        "55+",
                        "iuu",
                        "Target.ResponseCodeMismatch"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void followsItsProbes(Row row) {
        StringBuilder states = new StringBuilder();
        Health health = Health.INITIAL;
        for (char probe : row.probes().toCharArray()) {
            health = health.after(outcome(probe), THREE_UP_TWO_DOWN);
            states.append(letter(health));
        }

        assertThat(states).hasToString(row.states());
        assertThat(health.reason()).isEqualTo(row.reason());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aDrainingTargetStaysSo(Row row) {
        List<Health> after =
                row.probes()
                        .chars()
                        .mapToObj(c -> Health.DRAINING.after(outcome((char) c), THREE_UP_TWO_DOWN))
                        .distinct()
                        .collect(Collectors.toList());

        assertThat(after).containsExactly(Health.DRAINING);
    }

    private static char letter(Health health) {
        return switch (health.state()) {
            case INITIAL -> 'i';
            case HEALTHY -> 'h';
            case UNHEALTHY -> 'u';
            case DRAINING -> 'd';
            case UNUSED -> 'n';
        };
    }

    private static Outcome outcome(char probe) {
        return switch (probe) {
            case '+' -> new Passed();
            case 't' -> Failed.timedOut();
            case '5' -> Failed.code(503);
            default -> Failed.refused();
        };
    }
}
