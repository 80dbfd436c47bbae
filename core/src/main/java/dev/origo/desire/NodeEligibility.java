package dev.origo.desire;

import dev.origo.model.Backend;
import dev.origo.model.NodeSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which nodes take traffic. NotReady and cordoned nodes stay in: health checks drain them. Source:
/// KEP-3458.
public final class NodeEligibility {
    public static final String EXCLUDE_LABEL =
            "node.kubernetes.io/exclude-from-external-load-balancers";
    public static final String AUTOSCALER_TAINT = "ToBeDeletedByClusterAutoscaler";

    /// What Go's strconv.ParseBool takes for false; any other value of the label excludes. Source:
    /// k8s.io/cloud-provider controllers/service, nodeIncludedPredicate
    private static final Set<String> FALSE_WORDS = Set.of("0", "f", "F", "false", "False", "FALSE");

    private NodeEligibility() {}

    /// Eligible nodes in the order given.
    public static List<Backend> backends(List<NodeSnapshot> nodes) {
        return nodes.stream()
                .filter(NodeEligibility::isEligible)
                .map(node ->
                        new Backend(
                                node.name(), node.providerId(), node.internalIps(), node.labels()))
                .toList();
    }

    public static boolean isEligible(NodeSnapshot node) {
        boolean excluded =
                Optional.ofNullable(node.labels().get(EXCLUDE_LABEL))
                        .filter(value -> !FALSE_WORDS.contains(value))
                        .isPresent();
        return !node.deleting() && !excluded && !node.taints().contains(AUTOSCALER_TAINT);
    }
}
