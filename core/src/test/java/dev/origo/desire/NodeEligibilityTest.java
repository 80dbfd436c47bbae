package dev.origo.desire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Backend;
import dev.origo.model.NodeSnapshot;
import dev.origo.testing.Samples;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeEligibilityTest {
    private static final String EXCLUDE = "node.kubernetes.io/exclude-from-external-load-balancers";

    @ParameterizedTest
    @ValueSource(strings = {"0", "f", "F", "false", "False", "FALSE"})
    void anExcludeLabelThatGoReadsAsFalseKeepsTheNode(String value) {
        assertThat(eligible(Map.of(EXCLUDE, value))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "t", "T", "true", "True", "TRUE", "", "fALSE", "no", "false "})
    void anyOtherExcludeLabelTakesTheNodeOut(String value) {
        assertThat(eligible(Map.of(EXCLUDE, value))).isFalse();
    }

    @Test
    void aNodeWithoutTheLabelStays() {
        assertThat(eligible(Map.of("kubernetes.io/os", "linux"))).isTrue();
    }

    @Test
    void aNodeThatTheAutoscalerIsAboutToDeleteGoes() {
        assertThat(eligible(Map.of(), "ToBeDeletedByClusterAutoscaler")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "node.kubernetes.io/unschedulable",
                "node.kubernetes.io/not-ready",
                "DeletionCandidateOfClusterAutoscaler",
                "dedicated"
            })
    void anyOtherTaintKeepsTheNode(String taint) {
        assertThat(eligible(Map.of(), taint)).isTrue();
    }

    @Test
    void aNodeBeingDeletedGoes() {
        var node = new NodeSnapshot("n", "", List.of(), Map.of(), Set.of(), true);
        assertThat(NodeEligibility.isEligible(node)).isFalse();
    }

    @Test
    void backendsAreTheEligibleNodesInOrderAlsoThoseWithoutProviderId() {
        List<NodeSnapshot> nodes =
                List.of(
                        new NodeSnapshot(
                                "a", "", List.of("10.0.0.1"), Map.of("x", "y"), Set.of(), false),
                        Samples.node("b", Map.of(EXCLUDE, "true")),
                        Samples.node("c", Map.of()));
        assertThat(NodeEligibility.backends(nodes))
                .containsExactly(
                        new Backend("a", "", List.of("10.0.0.1"), Map.of("x", "y")),
                        new Backend("c", "test://c", List.of("10.0.0.1"), Map.of()));
    }

    private static boolean eligible(Map<String, String> labels, String... taints) {
        return NodeEligibility.isEligible(Samples.node("n", labels, taints));
    }
}
