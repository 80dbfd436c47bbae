package dev.origo.reconcile;

import dev.origo.model.Condition;
import dev.origo.model.Ingress;
import java.util.List;
import java.util.Set;

/// A change of one Service's finalizer and status.
///
/// @param conditions set or replaced by type; others stay
/// @param conditionsRemoved types that go
public record ServicePatch(
        FinalizerChange finalizer,
        IngressChange ingress,
        List<Condition> conditions,
        Set<String> conditionsRemoved) {
    /// Shared by convention among load-balancer controllers. Source: k8s.io/cloud-provider, service
    /// helpers.
    public static final String FINALIZER = "service.kubernetes.io/load-balancer-cleanup";

    public ServicePatch {
        conditions = List.copyOf(conditions);
        conditionsRemoved = Set.copyOf(conditionsRemoved);
    }

    /// What happens to our finalizer; others are never touched.
    public enum FinalizerChange {
        KEEP,
        ADD,
        REMOVE
    }

    /// What happens to `status.loadBalancer.ingress`.
    public sealed interface IngressChange {}

    /// It stays as it is.
    public record KeepIngress() implements IngressChange {}

    /// It is replaced as a whole; an empty list clears it.
    public record ReplaceIngress(List<Ingress> ingress) implements IngressChange {
        public ReplaceIngress {
            ingress = List.copyOf(ingress);
        }
    }

    public static ServicePatch claim(Condition accepted) {
        return new ServicePatch(
                FinalizerChange.ADD, new KeepIngress(), List.of(accepted), Set.of());
    }

    public boolean isEmpty() {
        return finalizer == FinalizerChange.KEEP
                && ingress instanceof KeepIngress
                && conditions.isEmpty()
                && conditionsRemoved.isEmpty();
    }
}
