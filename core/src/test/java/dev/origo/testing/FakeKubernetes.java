package dev.origo.testing;

import dev.origo.model.Condition;
import dev.origo.model.Ingress;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Event;
import dev.origo.reconcile.Kubernetes;
import dev.origo.reconcile.ServicePatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// A cluster that shows what a test puts there, and what was patched since; it writes down what it
/// is told.
public final class FakeKubernetes implements Kubernetes {
    public final SortedMap<ServiceKey, ServiceSnapshot> services = new TreeMap<>();
    public final List<NodeSnapshot> nodes = new ArrayList<>();
    public final List<ServicePatch> patches = new ArrayList<>();
    public final List<Event> events = new ArrayList<>();

    public void put(Samples.Service service) {
        services.put(service.key(), service.build());
    }

    @Override
    public Optional<ServiceSnapshot> service(ServiceKey key) {
        return Optional.ofNullable(services.get(key));
    }

    @Override
    public List<ServiceSnapshot> services() {
        return List.copyOf(services.values());
    }

    @Override
    public List<NodeSnapshot> nodes() {
        return List.copyOf(nodes);
    }

    @Override
    public void patch(ServiceSnapshot service, ServicePatch patch) {
        patches.add(patch);
        services.computeIfPresent(service.key(), (_, shown) -> patched(shown, patch));
    }

    private static ServiceSnapshot patched(ServiceSnapshot shown, ServicePatch patch) {
        Set<String> finalizers = new HashSet<>(shown.meta().finalizers());
        switch (patch.finalizer()) {
            case KEEP -> {}
            case ADD -> finalizers.add(ServicePatch.FINALIZER);
            case REMOVE -> finalizers.remove(ServicePatch.FINALIZER);
        }
        List<Ingress> ingress =
                switch (patch.ingress()) {
                    case ServicePatch.KeepIngress() -> shown.status().ingress();
                    case ServicePatch.ReplaceIngress(List<Ingress> all) -> all;
                };
        SortedMap<String, Condition> conditions = new TreeMap<>();
        shown.status().conditions().forEach(c -> conditions.put(c.type(), c));
        patch.conditions().forEach(c -> conditions.put(c.type(), c));
        conditions.keySet().removeAll(patch.conditionsRemoved());
        return Samples.Service.of(shown)
                .finalized(finalizers.toArray(String[]::new))
                .published(ingress, conditions.values().toArray(Condition[]::new))
                .build();
    }

    @Override
    public void event(ServiceSnapshot service, Event event) {
        events.add(event);
    }
}
