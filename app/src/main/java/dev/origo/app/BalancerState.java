package dev.origo.app;

import dev.origo.model.Condition;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Claim;
import dev.origo.reconcile.Conditions;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// How far the load balancer of one Service is, by what its conditions say. Pure.
enum BalancerState {
    /// Accepted and not provisioned yet.
    PENDING,
    /// Provisioned; at least one target is healthy, or nobody looked yet.
    READY,
    /// Provisioned, but no target is healthy.
    NOT_SERVING,
    /// The Service cannot be served as it stands.
    REFUSED,
    /// The last try failed.
    FAILED,
    /// On its way out.
    DELETING;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Counts the Services that are ours.
    static Map<BalancerState, Integer> count(List<ServiceSnapshot> services, Claim claim) {
        Map<BalancerState, Integer> counts = new EnumMap<>(BalancerState.class);
        for (ServiceSnapshot service : services) {
            of(service, claim).ifPresent(state -> counts.merge(state, 1, Integer::sum));
        }
        return counts;
    }

    private static Optional<BalancerState> of(ServiceSnapshot service, Claim claim) {
        return switch (claim.of(service)) {
            case OURS -> Optional.of(of(service));
            case RELEASED, LEFT -> Optional.of(DELETING);
            case DOUBTFUL, FOREIGN -> Optional.empty();
        };
    }

    private static BalancerState of(ServiceSnapshot service) {
        if (is(service, Conditions.ACCEPTED, Condition.Status.FALSE)) {
            return REFUSED;
        }
        if (is(service, Conditions.PROVISIONED, Condition.Status.TRUE)) {
            return is(service, Conditions.SERVING, Condition.Status.FALSE) ? NOT_SERVING : READY;
        }
        boolean waits =
                condition(service, Conditions.PROVISIONED)
                        .map(Condition::reason)
                        .filter(reason -> !reason.equals("Absent") && !reason.equals("Pending"))
                        .isEmpty();
        return waits ? PENDING : FAILED;
    }

    private static boolean is(ServiceSnapshot service, String type, Condition.Status status) {
        return condition(service, type).filter(c -> c.status() == status).isPresent();
    }

    private static Optional<Condition> condition(ServiceSnapshot service, String type) {
        return service.status().conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst();
    }
}
