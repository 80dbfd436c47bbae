package dev.origo.conformance.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.AwsSettings;
import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.model.TrafficPolicy;
import dev.origo.testkit.Crossing;
import dev.origo.testkit.Replica;
import dev.origo.testkit.Stage;
import dev.origo.testkit.World;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What each change of a Service with two TCP ports and policy Local costs the whole controller,
/// shared look-ups warm, polls not counted.
class BudgetTest {
    private final AwsStage stage = new AwsStage();
    private final World world = stage.open(5);

    @BeforeEach
    void warm() {
        stage.boot(world);
        world.settle();
        world.create("default/other", AwsStage.web().withPolicy(TrafficPolicy.LOCAL));
        world.settle();
    }

    @AfterEach
    void close() {
        world.close();
    }

    /// Calls until the last write; what comes after it are looks at health and state.
    private List<Crossing> callsOf(Runnable change) {
        int before = world.traffic().crossings().size();
        change.run();
        world.settle();
        List<Crossing> calls = world.traffic().cloudCallsSince(before);
        int last = 0;
        for (int i = 0; i < calls.size(); i++) {
            last = calls.get(i).write() ? i + 1 : last;
        }
        return calls.subList(0, last);
    }

    private static List<Crossing> writes(List<Crossing> calls) {
        return calls.stream().filter(Crossing::write).toList();
    }

    private void createWeb() {
        world.create(Stage.SERVICE, AwsStage.web().withPolicy(TrafficPolicy.LOCAL));
        world.settle();
    }

    @Test
    void create() {
        List<Crossing> calls = callsOf(this::createWeb);

        assertThat(calls).hasSizeLessThanOrEqualTo(14);
        assertThat(writes(calls)).hasSizeLessThanOrEqualTo(10);
    }

    @Test
    void nothingChanged() {
        createWeb();

        assertThat(callsOf(() -> world.simulation().advance(Duration.ofMinutes(9)))).isEmpty();
        assertThat(callsOf(() -> world.simulation().advance(Duration.ofHours(2)))).isEmpty();
    }

    @Test
    void restart() {
        createWeb();
        world.replicas().forEach(Replica::kill);
        int before = world.traffic().crossings().size();
        stage.boot(world);
        world.settle();

        List<Crossing> calls = world.traffic().cloudCallsSince(before);
        assertThat(writes(calls)).isEmpty();
        // Balancers, target groups, marked groups, rules, tags and instances are read for both
        // Services together; of each its listeners and two targets' health, and the attributes.
        assertThat(calls).as("%s", calls).hasSizeLessThanOrEqualTo(6 + 2 * (1 + 2 + 1 + 2));
    }

    @Test
    void auditWithoutNews() {
        createWeb();
        int before = world.traffic().crossings().size();
        world.simulation().advance(Duration.ofMinutes(12));
        List<Crossing> calls = world.traffic().cloudCallsSince(before);

        // As a restart, and subnets with their routes.
        assertThat(writes(calls)).isEmpty();
        assertThat(calls).as("%s", calls).hasSizeLessThanOrEqualTo(8 + 2 * (1 + 2 + 1 + 2));
    }

    @Test
    void nodeAdded() {
        createWeb();
        world.delete("default/other");
        world.settle();

        assertThat(writes(callsOf(() -> world.node(stage.node(3))))).hasSize(2);
    }

    @Test
    void nodeRemoved() {
        createWeb();
        world.delete("default/other");
        world.settle();

        assertThat(callsOf(() -> world.deleteNode("node-2"))).hasSize(2);
    }

    @Test
    void policyFlips() {
        createWeb();

        assertThat(
                        callsOf(() ->
                                world.update(
                                        Stage.SERVICE, d -> d.withPolicy(TrafficPolicy.CLUSTER))))
                .hasSizeLessThanOrEqualTo(4);
        assertThat(
                        callsOf(() ->
                                world.update(
                                        Stage.SERVICE, d -> d.withPolicy(TrafficPolicy.LOCAL))))
                .hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void delete() {
        createWeb();
        AwsSettings atOnce = stage.aws().settings().with(Delay.GROUP_RELEASE, Duration.ZERO);
        stage.aws().settings(atOnce); // AWS's own waits are not counted
        int before = world.traffic().crossings().size();
        world.delete(Stage.SERVICE);
        world.settle();
        List<Crossing> calls = world.traffic().cloudCallsSince(before);

        assertThat(writes(calls)).as("%s", calls).hasSizeLessThanOrEqualTo(5);
        assertThat(calls).hasSizeLessThanOrEqualTo(8);
    }
}
