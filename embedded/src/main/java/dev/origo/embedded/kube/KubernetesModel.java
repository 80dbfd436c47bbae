package dev.origo.embedded.kube;

import dev.origo.embedded.kube.Refusal.Reason;
import dev.origo.loop.LeaseStore.LeaseRecord;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.ServiceSnapshot.Meta;
import dev.origo.reconcile.Event;
import dev.origo.reconcile.ServicePatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/// The API server: users write Services and nodes, controllers patch and watch. Each request
/// happens entirely or is refused with a [Refusal].
///
/// Thread-safe: one monitor guards all fields. Watchers are told under it, in the order of the
/// changes; they must only take note.
public final class KubernetesModel {
    private final SortedMap<ServiceKey, ServiceSnapshot> services = new TreeMap<>();
    private final SortedMap<String, NodeSnapshot> nodes = new TreeMap<>();
    private final Map<String, LeaseRecord> leases = new HashMap<>();
    private final List<Told> events = new ArrayList<>();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final ServiceRules rules = new ServiceRules();
    private long versions;
    private int uids;

    /// Told of each change, with the object as it is now; of an object that is gone, as it was.
    public interface Watcher {
        void service(ServiceSnapshot service, boolean gone);

        void node(NodeSnapshot node, boolean gone);
    }

    /// An event, as recorded.
    public record Told(ServiceKey service, String uid, Event event) {
        @Override
        public String toString() {
            return "%s %s %s: %s"
                    .formatted(
                            service,
                            event.warning() ? "Warning" : "Normal",
                            event.reason(),
                            event.message());
        }
    }

    // --- Services, for users

    public synchronized ServiceSnapshot create(ServiceKey key, ServiceDraft draft) {
        if (services.containsKey(key)) {
            throw new Refusal(
                    Reason.ALREADY_EXISTS, "services \"%s\" already exists".formatted(key));
        }
        uids++;
        String uid = "00000000-0000-4000-8000-%012d".formatted(uids);
        Meta meta = new Meta(uid, 0, version(), false, draft.finalizers(), draft.annotations());
        return put(rules.stored(draft, Optional.empty(), new ServiceRules.MetaOf(key, meta)));
    }

    /// Changes a Service; what the controllers wrote stays.
    public synchronized ServiceSnapshot update(ServiceKey key, UnaryOperator<ServiceDraft> edit) {
        ServiceSnapshot before = require(key);
        ServiceDraft draft = edit.apply(ServiceRules.draft(before));
        Meta old = before.meta();
        Meta meta =
                new Meta(
                        old.uid(),
                        0,
                        version(),
                        old.deleting(),
                        draft.finalizers(),
                        draft.annotations());
        ServiceSnapshot after =
                rules.stored(draft, Optional.of(before), new ServiceRules.MetaOf(key, meta));
        return old.deleting() && meta.finalizers().isEmpty() ? drop(after) : put(after);
    }

    /// Deletes a Service: at once, or once its last finalizer is gone.
    public synchronized void delete(ServiceKey key) {
        ServiceSnapshot service = require(key);
        Meta old = service.meta();
        if (old.finalizers().isEmpty()) {
            drop(service);
        } else if (!old.deleting()) {
            Meta meta =
                    new Meta(old.uid(), 0, version(), true, old.finalizers(), old.annotations());
            put(ServiceRules.with(service, meta, service.status()));
        }
    }

    public synchronized Optional<ServiceSnapshot> service(ServiceKey key) {
        return Optional.ofNullable(services.get(key));
    }

    /// Ordered by key.
    public synchronized List<ServiceSnapshot> services() {
        return List.copyOf(services.values());
    }

    // --- Services, for controllers

    /// Patches finalizer and status of the Service with this UID.
    public synchronized void patchStatus(ServiceKey key, String uid, ServicePatch patch) {
        ServiceSnapshot before = require(key);
        if (!before.meta().uid().equals(uid)) {
            throw new Refusal(
                    Reason.NOT_FOUND, "services \"%s\" with uid %s not found".formatted(key, uid));
        }
        ServiceSnapshot after = ServiceRules.patched(before, patch, versions + 1);
        versions++;
        if (after.meta().deleting() && after.meta().finalizers().isEmpty()) {
            drop(after);
        } else {
            put(after);
        }
    }

    public synchronized void event(ServiceSnapshot service, Event event) {
        events.add(new Told(service.key(), service.meta().uid(), event));
    }

    /// In the order of their telling.
    public synchronized List<Told> events() {
        return List.copyOf(events);
    }

    // --- nodes

    /// Adds a node or replaces it.
    public synchronized void node(NodeSnapshot node) {
        nodes.put(node.name(), node);
        watchers.forEach(watcher -> watcher.node(node, false));
    }

    public synchronized void deleteNode(String name) {
        NodeSnapshot node = nodes.remove(name);
        if (node == null) {
            throw new Refusal(Reason.NOT_FOUND, "nodes \"%s\" not found".formatted(name));
        }
        watchers.forEach(watcher -> watcher.node(node, true));
    }

    /// Ordered by name.
    public synchronized List<NodeSnapshot> nodes() {
        return List.copyOf(nodes.values());
    }

    /// A node of an AWS zone, with the labels and addresses that its cloud controller gives it.
    public static NodeSnapshot newNode(String name, String providerId, String ip) {
        return new NodeSnapshot(
                name,
                providerId,
                List.of(ip),
                Map.of("kubernetes.io/hostname", name),
                Set.of(),
                false);
    }

    // --- watches

    /// Has the watcher told of everything from now on. What there is already is in [#services] and
    /// [#nodes].
    public void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    public void unwatch(Watcher watcher) {
        watchers.remove(watcher);
    }

    // --- leases

    public synchronized Optional<LeaseRecord> lease(String name) {
        return Optional.ofNullable(leases.get(name));
    }

    public synchronized LeaseRecord createLease(String name, LeaseRecord lease) {
        if (leases.containsKey(name)) {
            throw new Refusal(
                    Reason.ALREADY_EXISTS, "leases \"%s\" already exists".formatted(name));
        }
        return putLease(name, lease);
    }

    /// Replaces the lease if its version is still the one that `lease` names.
    public synchronized LeaseRecord replaceLease(String name, LeaseRecord lease) {
        LeaseRecord before = leases.get(name);
        if (before == null || !before.version().equals(lease.version())) {
            throw new Refusal(
                    Reason.CONFLICT, "leases \"%s\": the object has been modified".formatted(name));
        }
        return putLease(name, lease);
    }

    private LeaseRecord putLease(String name, LeaseRecord lease) {
        LeaseRecord stored =
                new LeaseRecord(
                        lease.holder(),
                        lease.durationSeconds(),
                        lease.acquired(),
                        lease.renewed(),
                        lease.transitions(),
                        version());
        leases.put(name, stored);
        return stored;
    }

    /// Services without versions, times and addresses: two clusters that were brought to the same
    /// state on different ways dump the same text.
    public synchronized String dump() {
        StringBuilder text = new StringBuilder();
        for (ServiceSnapshot service : services.values()) {
            text.append(
                    "service %s %s '%s' finalizers=%s%s ports=%s %s check=%d ingress=%d\n"
                            .formatted(
                                    service.key(),
                                    service.type(),
                                    service.loadBalancerClass(),
                                    new TreeSet<>(service.meta().finalizers()),
                                    service.meta().deleting() ? " deleting" : "",
                                    service.ports(),
                                    service.policy(),
                                    service.healthCheckNodePort(),
                                    service.status().ingress().size()));
            service.status().conditions().stream()
                    .map(c ->
                            "condition %s %s=%s %s\n"
                                    .formatted(service.key(), c.type(), c.status(), c.reason()))
                    .sorted()
                    .forEach(text::append);
        }
        return text.toString();
    }

    private ServiceSnapshot require(ServiceKey key) {
        ServiceSnapshot service = services.get(key);
        if (service == null) {
            throw new Refusal(Reason.NOT_FOUND, "services \"%s\" not found".formatted(key));
        }
        return service;
    }

    private ServiceSnapshot put(ServiceSnapshot service) {
        services.put(service.key(), service);
        watchers.forEach(watcher -> watcher.service(service, false));
        return service;
    }

    private ServiceSnapshot drop(ServiceSnapshot service) {
        services.remove(service.key());
        rules.release(service);
        watchers.forEach(watcher -> watcher.service(service, true));
        return service;
    }

    private String version() {
        versions++;
        return String.valueOf(versions);
    }
}
