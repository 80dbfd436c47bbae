package dev.origo.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.dataplane.Status.Reason;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How many connections are let in.
final class EngineTest {
    private static long admitted(Engine engine, AtomicInteger ofBalancer) {
        return IntStream.range(0, 2_000).filter(_ -> engine.enter(ofBalancer).isEmpty()).count();
    }

    @Test
    void oneBalancerLeavesRoomForOthersWhereThereIsLittle() {
        Engine engine = new Engine(Wanted.CONFIG, 100);
        AtomicInteger crowded = new AtomicInteger();

        assertThat(admitted(engine, crowded)).isEqualTo(50);
        assertThat(engine.enter(crowded)).contains(Reason.LIMIT_OF_BALANCER);
        assertThat(admitted(engine, new AtomicInteger())).isEqualTo(50);
        assertThat(engine.enter(new AtomicInteger())).contains(Reason.LIMIT_OF_ALL);
        engine.leave(crowded);
        assertThat(engine.enter(new AtomicInteger())).isEqualTo(Optional.empty());
    }

    @Test
    void whatIsConfiguredHoldsWhereThereIsRoom() {
        assertThat(admitted(new Engine(Wanted.CONFIG, 5_000), new AtomicInteger()))
                .isEqualTo(1_000);
    }
}
