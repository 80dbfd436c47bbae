package dev.origo.conformance.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Code;
import dev.origo.testkit.Blueprint;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.Stage;
import dev.origo.testkit.World;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag;

/// Someone takes our mark off an object by hand: from then on it is someone else's. It is left as
/// it is, the Service tells that it stands in the way, and with the mark it is ours again.
class MarkRemovedTest {
    private static final long SEED = 11;

    /// Longer than it takes from one audit to the end of the next.
    private static final Duration AUDITS = Duration.ofMinutes(24);

    private static final String CLUSTER = "origo.dev/cluster";

    private final AwsStage stage = new AwsStage();

    @ParameterizedTest
    @ValueSource(strings = {":loadbalancer/", ":targetgroup/"})
    void whatHasNoMarkIsLeftAloneAndTold(String kind) {
        Simulation.driven(() -> unmarked(kind));
    }

    private String unmarked(String kind) {
        try (World world = stage.open(SEED)) {
            world.beginsHere();
            stage.boot(world);
            world.create(Stage.SERVICE, AwsStage.web());
            world.settle();
            String whole = world.dump();
            Map.Entry<String, Map<String, String>> marked = marked(kind);
            String arn = marked.getKey();
            Map<String, String> marks = marked.getValue();

            stage.aws().elb().removeTags(r -> r.resourceArns(arn).tagKeys(marks.keySet()));
            world.simulation().advance(AUDITS);

            assertThat(stage.aws().elb().describeTags(r -> r.resourceArns(arn)).tagDescriptions())
                    .singleElement()
                    .satisfies(described -> assertThat(described.tags()).isEmpty());
            assertThat(world.service(Stage.SERVICE).status().conditions())
                    .anyMatch(condition -> condition.reason().equals(Code.NAME_TAKEN.reason()));

            stage.aws().elb().addTags(r -> r.resourceArns(arn).tags(tags(marks)));
            world.simulation().advance(AUDITS);
            world.settle();
            world.checkConverged();
            assertThat(world.dump()).isEqualTo(whole);
            return whole;
        }
    }

    private Map.Entry<String, Map<String, String>> marked(String kind) {
        return stage.aws().tags().entrySet().stream()
                .filter(object -> object.getKey().contains(kind))
                .filter(object -> Blueprint.CLUSTER.mark().equals(object.getValue().get(CLUSTER)))
                .findFirst()
                .orElseThrow();
    }

    private static List<Tag> tags(Map<String, String> marks) {
        return marks.entrySet().stream()
                .map(mark -> Tag.builder().key(mark.getKey()).value(mark.getValue()).build())
                .toList();
    }
}
