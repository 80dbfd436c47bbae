package dev.origo.reconcile;

import dev.origo.model.Condition;
import dev.origo.model.ServiceSnapshot;
import java.util.Optional;
import java.util.Set;

/// Whose a Service is. Pure.
///
/// @param classes load-balancer classes that are ours
/// @param claimUnclassed whether Services without a class are ours, too
public record Claim(Set<String> classes, boolean claimUnclassed) {
    /// How the first word of our Accepted condition names a Service without a class.
    private static final String UNCLASSED = "unclassed";

    public Claim {
        classes = Set.copyOf(classes);
    }

    /// What is to be done with a Service.
    public enum Verdict {
        /// It wants a load balancer from us.
        OURS,
        /// It was ours and wants no load balancer any more.
        RELEASED,
        /// It has the shared finalizer and wants no load balancer; only the cloud can tell whether
        /// it was ours.
        DOUBTFUL,
        /// It was ours and wants a load balancer from someone else now.
        LEFT,
        /// It is not our business.
        FOREIGN
    }

    public Verdict of(ServiceSnapshot service) {
        boolean finalized = service.meta().finalizers().contains(ServicePatch.FINALIZER);
        boolean wantsBalancer = service.type() == ServiceSnapshot.Type.LOAD_BALANCER;
        if (wantsBalancer && matches(service.loadBalancerClass())) {
            if (!service.meta().deleting()) {
                return Verdict.OURS;
            }
            return finalized ? Verdict.RELEASED : Verdict.FOREIGN;
        }
        // The API server clears the class when the type changes, so that what we wrote ourselves
        // has to tell.
        Optional<String> claimedAs = claimedAs(service).map(as -> as.equals(UNCLASSED) ? "" : as);
        boolean wasOurs = claimedAs.filter(this::matches).isPresent();
        if (wantsBalancer) {
            return wasOurs ? Verdict.LEFT : Verdict.FOREIGN;
        }
        if (!finalized) {
            return Verdict.FOREIGN;
        }
        if (claimedAs.isEmpty()) {
            return Verdict.DOUBTFUL;
        }
        return wasOurs ? Verdict.RELEASED : Verdict.FOREIGN;
    }

    /// The first words of every Accepted condition: as what we claimed the Service. [#of] reads it
    /// again.
    static String prefix(ServiceSnapshot service) {
        return (service.loadBalancerClass().isEmpty() ? UNCLASSED : service.loadBalancerClass())
                + ": ";
    }

    private boolean matches(String loadBalancerClass) {
        return loadBalancerClass.isEmpty() ? claimUnclassed : classes.contains(loadBalancerClass);
    }

    private static Optional<String> claimedAs(ServiceSnapshot service) {
        return service.status().conditions().stream()
                .filter(condition -> condition.type().equals(Conditions.ACCEPTED))
                .map(Condition::message)
                .filter(message -> message.contains(": "))
                .map(message -> message.substring(0, message.indexOf(": ")))
                .findFirst();
    }
}
