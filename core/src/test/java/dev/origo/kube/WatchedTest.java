package dev.origo.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.kube.Watched.Action;
import dev.origo.kube.Watched.Look;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WatchedTest {
    record Row(String name, Look look, Action action) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Look look(boolean running, int unwatched, int age, int restartsInRow) {
        return new Look(
                running, Duration.ofSeconds(unwatched), Duration.ofSeconds(age), restartsInRow);
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row("healthy", look(true, 0, 60, 0), Action.LEAVE),
                new Row("reconnecting", look(true, 30, 600, 0), Action.LEAVE),
                new Row("hangs", look(true, 31, 600, 0), Action.RESTART),
                new Row("new and not yet watching", look(true, 900, 30, 0), Action.LEAVE),
                new Row("hangs again, longer", look(true, 900, 60, 1), Action.LEAVE),
                new Row("hangs again, for long enough", look(true, 900, 61, 1), Action.RESTART),
                new Row("hangs often", look(true, 900, 240, 40), Action.LEAVE),
                new Row("hangs often, 4 min at most", look(true, 900, 241, 40), Action.RESTART),
                new Row("stopped", look(false, 10, 10, 0), Action.RESTART),
                new Row("stopped just after a restart", look(false, 30, 10, 1), Action.LEAVE),
                new Row("stopped after a backoff", look(false, 30, 20, 1), Action.RESTART),
                new Row("stopped often", look(false, 900, 59, 40), Action.LEAVE),
                new Row(
                        "stopped often, backoff at most 1 min",
                        look(false, 900, 60, 40),
                        Action.RESTART),
                new Row("old list", look(true, 0, 7200, 0), Action.RELIST));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void decides(Row row) {
        assertThat(Watched.action(row.look(), Duration.ofHours(2))).isEqualTo(row.action());
    }
}
