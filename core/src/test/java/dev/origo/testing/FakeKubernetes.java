package dev.origo.testing;

import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Event;
import dev.origo.reconcile.Kubernetes;
import dev.origo.reconcile.ServicePatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A cluster that shows what a test puts there and writes down what it is told; patches change
/// nothing.
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
    }

    @Override
    public void event(ServiceSnapshot service, Event event) {
        events.add(event);
    }
}
