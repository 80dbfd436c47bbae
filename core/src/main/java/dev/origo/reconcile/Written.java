package dev.origo.reconcile;

import dev.origo.model.Condition;
import dev.origo.model.Ingress;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.ServicePatch.FinalizerChange;
import dev.origo.reconcile.ServicePatch.IngressChange;
import dev.origo.reconcile.ServicePatch.KeepIngress;
import dev.origo.reconcile.ServicePatch.ReplaceIngress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// What this process last wrote on each Service. The watched cache may not show it yet, so that a
/// write is needless only if both tell that it is there already.
///
/// Thread rule: any thread, one Service at a time.
final class Written {
    private final ConcurrentMap<ServiceKey, Last> lastByKey = new ConcurrentHashMap<>();

    /// @param ingress as it was last replaced, if it was
    private record Last(
            String uid,
            boolean released,
            IngressChange ingress,
            Map<String, Condition> conditions) {}

    /// Sends the patch and keeps in mind what it says: also when the answer is a failure, for the
    /// patch may have had its effect.
    void send(Kubernetes kubernetes, ServiceSnapshot service, ServicePatch patch) {
        Last before = last(service);
        Map<String, Condition> conditions = new HashMap<>(before.conditions());
        patch.conditions().forEach(condition -> conditions.put(condition.type(), condition));
        conditions.keySet().removeAll(patch.conditionsRemoved());
        IngressChange ingress =
                patch.ingress() instanceof ReplaceIngress replaced ? replaced : before.ingress();
        boolean released = before.released() || patch.finalizer() == FinalizerChange.REMOVE;
        String uid = service.meta().uid();
        lastByKey.put(service.key(), new Last(uid, released, ingress, conditions));
        kubernetes.patch(service, patch);
        if (patch.finalizer() == FinalizerChange.ADD) {
            lastByKey.put(service.key(), new Last(uid, false, ingress, conditions));
        }
    }

    /// Whether the finalizer is there for certain.
    boolean isFinalized(ServiceSnapshot service) {
        return service.meta().finalizers().contains(ServicePatch.FINALIZER)
                && !last(service).released();
    }

    /// Whether this ingress is there for certain.
    boolean isPublished(ServiceSnapshot service, List<Ingress> wanted) {
        boolean otherwise =
                last(service).ingress() instanceof ReplaceIngress(List<Ingress> mine)
                        && !mine.equals(wanted);
        return wanted.equals(service.status().ingress()) && !otherwise;
    }

    /// Whether this condition is there for certain, whenever it was written.
    boolean isTold(ServiceSnapshot service, Condition wanted) {
        return service.status().conditions().stream().anyMatch(wanted::tellsTheSame)
                && Optional.ofNullable(last(service).conditions().get(wanted.type()))
                        .filter(mine -> !mine.tellsTheSame(wanted))
                        .isEmpty();
    }

    /// Types of conditions that may be there.
    Set<String> types(ServiceSnapshot service) {
        Set<String> types = new HashSet<>(last(service).conditions().keySet());
        service.status().conditions().forEach(condition -> types.add(condition.type()));
        return types;
    }

    /// Whether an ingress may be there.
    boolean mayPublish(ServiceSnapshot service) {
        boolean mine =
                last(service).ingress() instanceof ReplaceIngress(List<Ingress> all)
                        && !all.isEmpty();
        return mine || !service.status().ingress().isEmpty();
    }

    /// There is no Service of that name any more.
    void forget(ServiceKey key) {
        lastByKey.remove(key);
    }

    private Last last(ServiceSnapshot service) {
        String uid = service.meta().uid();
        return Optional.ofNullable(lastByKey.get(service.key()))
                .filter(last -> last.uid().equals(uid))
                .orElseGet(() -> new Last(uid, false, new KeepIngress(), Map.of()));
    }
}
