package dev.origo.testkit.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.origo.model.OwnerId;
import dev.origo.testkit.Blueprint;
import dev.origo.testkit.Budget;
import dev.origo.testkit.Budget.Cost;
import dev.origo.testkit.Churn;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random life on the toy cloud, by fixed seeds and fresh ones, which are the tests' names.
class ToyChurnTest {
    private static final Budget BUDGET =
            new Budget(new Cost(4, 3), new Cost(2, 2), new Cost(4, 4), new Cost(3, 3));

    private static Churn churn() {
        ToyStage stage = new ToyStage();
        return new Churn(
                stage,
                ToyStage::node,
                4,
                ToyStage.web(),
                (world, service, whole) ->
                        stage.cloud()
                                .vanish(
                                        new OwnerId(
                                                Blueprint.CLUSTER,
                                                service.key(),
                                                service.meta().uid()),
                                        whole),
                Churn.Weather.FAIR,
                BUDGET);
    }

    static LongStream seeds() {
        return LongStream.concat(
                LongStream.rangeClosed(1, 200),
                new SplittableRandom().longs(50, 1_000, Long.MAX_VALUE));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void survives(long seed) {
        churn().live(seed);
    }

    /// Whoever strikes breaks a law here, so that a Service and a strike are all that it takes.
    @Test
    void aLifeThatBreaksALawIsMadeShort() {
        ToyStage stage = new ToyStage();
        Churn broken =
                new Churn(
                        stage,
                        ToyStage::node,
                        4,
                        ToyStage.web(),
                        (world, service, whole) -> {
                            throw new AssertionError("planted");
                        },
                        Churn.Weather.FAIR,
                        BUDGET);

        Throwable told =
                LongStream.rangeClosed(1, 200)
                        .mapToObj(seed -> catchThrowable(() -> broken.live(seed)))
                        .filter(AssertionError.class::isInstance)
                        .findFirst()
                        .orElseThrow();

        assertThat(told)
                .hasMessageContainingAll(
                        "breaks a law: planted",
                        "It needs 2 of 25 operations",
                        "CREATE_OR_DELETE",
                        "STRIKE");
    }

    @Test
    void theSameSeedLivesTheSameLife() {
        assertThat(churn().live(3)).isEqualTo(churn().live(3));
    }
}
