package dev.origo.reconcile;

import static dev.origo.model.ServiceSnapshot.Type.CLUSTER_IP;
import static dev.origo.model.ServiceSnapshot.Type.LOAD_BALANCER;
import static dev.origo.reconcile.Claim.Verdict.DOUBTFUL;
import static dev.origo.reconcile.Claim.Verdict.FOREIGN;
import static dev.origo.reconcile.Claim.Verdict.OURS;
import static dev.origo.reconcile.Claim.Verdict.RELEASED;
import static dev.origo.testing.Samples.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Condition;
import dev.origo.reconcile.Claim.Verdict;
import dev.origo.testing.Samples;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The whole table: class x whether the unclassed are claimed x deleting x finalizer x type x as
/// what our Accepted condition says that it was claimed.
class ClaimTest {
    private static final String OTHER = "example.com/other";

    /// @param loadBalancerClass `-` for a Service that is no load balancer
    /// @param claimedAs the first words of the Accepted condition; empty where there is none
    record Row(
            String loadBalancerClass,
            boolean claimUnclassed,
            boolean deleting,
            boolean finalized,
            String claimedAs,
            Verdict expected) {}

    /// The rules, as the Kubernetes documentation and the house's design tell them.
    private static Verdict expected(
            String loadBalancerClass, boolean claimUnclassed, boolean[] flags, String claimedAs) {
        boolean deleting = flags[0];
        boolean finalized = flags[1];
        if (!loadBalancerClass.equals("-")) {
            boolean ours =
                    loadBalancerClass.equals(Samples.CLASS)
                            || (loadBalancerClass.isEmpty() && claimUnclassed);
            if (!ours) {
                return FOREIGN;
            }
            if (!deleting) {
                return OURS;
            }
            return finalized ? RELEASED : FOREIGN;
        }
        if (!finalized) {
            return FOREIGN;
        }
        return switch (claimedAs) {
            case "" -> DOUBTFUL;
            case "unclassed" -> claimUnclassed ? RELEASED : FOREIGN;
            case Samples.CLASS -> RELEASED;
            default -> FOREIGN;
        };
    }

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String loadBalancerClass : List.of(Samples.CLASS, OTHER, "", "-")) {
            for (String claimedAs : List.of("", Samples.CLASS, OTHER, "unclassed")) {
                for (int bits = 0; bits < 8; bits++) {
                    boolean unclassed = (bits & 4) != 0;
                    boolean[] flags = {(bits & 2) != 0, (bits & 1) != 0};
                    rows.add(
                            new Row(
                                    loadBalancerClass,
                                    unclassed,
                                    flags[0],
                                    flags[1],
                                    claimedAs,
                                    expected(loadBalancerClass, unclassed, flags, claimedAs)));
                }
            }
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void tellsWhoseAServiceIs(Row row) {
        boolean balancer = !row.loadBalancerClass().equals("-");
        Samples.Service service =
                balancer
                        ? service().typed(LOAD_BALANCER, row.loadBalancerClass())
                        : service().typed(CLUSTER_IP, "");
        if (row.deleting()) {
            service = service.deleting();
        }
        if (row.finalized()) {
            service = service.finalized(ServicePatch.FINALIZER, "example.com/another");
        }
        if (!row.claimedAs().isEmpty()) {
            service = service.published(List.of(), accepted(row.claimedAs() + ": accepted"));
        }
        var claim = new Claim(Set.of(Samples.CLASS), row.claimUnclassed());
        assertThat(claim.of(service.build())).isEqualTo(row.expected());
    }

    @Test
    void whatWeWriteIsReadAgainAfterTheTypeChange() {
        for (String loadBalancerClass : List.of(Samples.CLASS, "")) {
            var claimed = service().typed(LOAD_BALANCER, loadBalancerClass);
            Condition written = new Conditions(claimed.build(), Instant.EPOCH).accepted(List.of());
            var released =
                    claimed.typed(CLUSTER_IP, "")
                            .finalized(ServicePatch.FINALIZER)
                            .published(List.of(), written);
            assertThat(new Claim(Set.of(Samples.CLASS), true).of(released.build()))
                    .as("class '%s'", loadBalancerClass)
                    .isEqualTo(RELEASED);
        }
    }

    @Test
    void anAcceptedConditionOfAnotherFormLeavesItToTheCloud() {
        var odd =
                service()
                        .typed(CLUSTER_IP, "")
                        .finalized(ServicePatch.FINALIZER)
                        .published(List.of(), accepted("accepted"));
        assertThat(new Claim(Set.of(Samples.CLASS), false).of(odd.build())).isEqualTo(DOUBTFUL);
    }

    private static Condition accepted(String message) {
        return new Condition(
                Conditions.ACCEPTED, Condition.Status.TRUE, "Accepted", message, Instant.EPOCH, 1);
    }
}
