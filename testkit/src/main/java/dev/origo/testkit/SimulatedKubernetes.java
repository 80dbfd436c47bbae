package dev.origo.testkit;

import dev.origo.embedded.kube.KubernetesModel;
import dev.origo.embedded.kube.Refusal;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Event;
import dev.origo.reconcile.Kubernetes;
import dev.origo.reconcile.KubernetesException;
import dev.origo.reconcile.ServicePatch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// One process' view of the cluster: caches that follow the API server with a lag, each object in
/// order, now and then told twice, and writes that may fail.
///
/// Thread rule: as [Simulation].
public final class SimulatedKubernetes implements Kubernetes {
    private static final int LAG_MILLIS_MAX = 40;

    /// One change in so many comes late.
    private static final int LATE_ONE_IN = 20;

    private static final int LATE_MILLIS_MAX = 2_000;

    /// One change in so many is told twice.
    private static final int TWICE_ONE_IN = 20;

    private final KubernetesModel model;
    private final SimulatedTasks tasks;
    private final Traffic traffic;
    private final Checks checks;
    private final SortedMap<ServiceKey, ServiceSnapshot> services = new TreeMap<>();
    private final SortedMap<String, NodeSnapshot> nodes = new TreeMap<>();
    private final Map<String, Deque<Runnable>> changes = new HashMap<>();
    private Listener listener = new Listener(_ -> {}, () -> {});
    private int cuts;

    SimulatedKubernetes(
            KubernetesModel model, SimulatedTasks tasks, Traffic traffic, Checks checks) {
        this.model = model;
        this.tasks = tasks;
        this.traffic = traffic;
        this.checks = checks;
    }

    /// What stands between a write and the API server.
    ///
    /// @param beforeRelease called with the Service whose finalizer is about to be taken off
    record Checks(ApiOutage outage, Consumer<ServiceSnapshot> beforeRelease) {}

    /// Who is told of changes, after the caches show them.
    public record Listener(Consumer<ServiceKey> serviceChanged, Runnable nodesChanged) {}

    /// Fills the caches and follows the API server from then on.
    void start(Listener told) {
        tasks.pause(lag());
        KubernetesModel.Watcher watcher = new Follower();
        model.services().forEach(service -> services.put(service.key(), service));
        model.nodes().forEach(node -> nodes.put(node.name(), node));
        model.watch(watcher);
        tasks.whenKilled(() -> model.unwatch(watcher));
        listener = told;
    }

    /// The watches break for a while: what changes meanwhile is never seen, as after 410 Gone.
    public void cut(Duration duration) {
        tasks.simulation().tell("%s watches nothing for %s".formatted(tasks.name(), duration));
        changes.values().forEach(Deque::clear);
        cuts++;
        tasks.after(
                duration,
                "watch",
                () -> {
                    cuts--;
                    relist();
                });
    }

    /// The watches broke and everything is listed again: what is in between is never seen.
    public void relist() {
        changes.values().forEach(Deque::clear);
        List<ServiceSnapshot> fresh = model.services();
        List<ServiceSnapshot> gone =
                services.values().stream()
                        .filter(old -> fresh.stream().noneMatch(s -> s.key().equals(old.key())))
                        .toList();
        fresh.forEach(service -> later(service.key().toString(), () -> seen(service, false)));
        gone.forEach(service -> later(service.key().toString(), () -> seen(service, true)));
        List<NodeSnapshot> freshNodes = model.nodes();
        List<NodeSnapshot> goneNodes =
                nodes.values().stream()
                        .filter(old ->
                                freshNodes.stream().noneMatch(n -> n.name().equals(old.name())))
                        .toList();
        freshNodes.forEach(node -> later(node.name(), () -> seen(node, false)));
        goneNodes.forEach(node -> later(node.name(), () -> seen(node, true)));
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
        return List.copyOf(nodes.values());
    }

    @Override
    public void patch(ServiceSnapshot service, ServicePatch patch) {
        traffic.before(Crossing.KUBERNETES, "PatchServiceStatus", true);
        try {
            land(service, patch);
        } catch (KubernetesException e) {
            traffic.refused();
            throw e;
        }
        traffic.after();
    }

    private void land(ServiceSnapshot service, ServicePatch patch) {
        checks.outage().check(tasks);
        if (patch.finalizer() == ServicePatch.FinalizerChange.REMOVE) {
            checks.beforeRelease().accept(service);
        }
        try {
            model.patchStatus(service.key(), service.meta().uid(), patch);
        } catch (Refusal e) {
            throw failure(e);
        }
    }

    @Override
    public void event(ServiceSnapshot service, Event event) {
        tasks.requireAlive();
        tasks.simulation().tell("event %s %s".formatted(event.reason(), event.message()));
        model.event(service, event);
    }

    static KubernetesException failure(Refusal refusal) {
        KubernetesException.Kind kind =
                switch (refusal.reason()) {
                    case NOT_FOUND -> KubernetesException.Kind.GONE;
                    case ALREADY_EXISTS, CONFLICT -> KubernetesException.Kind.CONFLICT;
                    case INVALID -> KubernetesException.Kind.UNREACHABLE;
                };
        return new KubernetesException(kind, String.valueOf(refusal.getMessage()), refusal);
    }

    /// Takes note of changes under the model's monitor; they are seen later, each object in order.
    private final class Follower implements KubernetesModel.Watcher {
        @Override
        public void service(ServiceSnapshot service, boolean gone) {
            follow(service.key().toString(), () -> seen(service, gone));
        }

        @Override
        public void node(NodeSnapshot node, boolean gone) {
            follow(node.name(), () -> seen(node, gone));
        }

        private void follow(String object, Runnable change) {
            if (cuts > 0) {
                return;
            }
            later(object, change);
            if (tasks.simulation().random(TWICE_ONE_IN) == 0) {
                later(object, change);
            }
        }
    }

    /// @param object the name of a node, or the key of a Service, which has a slash
    private void later(String object, Runnable change) {
        Deque<Runnable> queue = changes.computeIfAbsent(object, _ -> new ArrayDeque<>());
        queue.add(change);
        tasks.after(
                lag(),
                "watch",
                () -> {
                    Runnable next = queue.poll();
                    if (next != null) {
                        next.run();
                    }
                });
    }

    private void seen(ServiceSnapshot service, boolean gone) {
        ServiceSnapshot before =
                gone ? services.remove(service.key()) : services.put(service.key(), service);
        if (gone || before == null || WatchFilter.matter(before, service)) {
            tasks.simulation().tell("sees %s%s".formatted(service.key(), gone ? " gone" : ""));
            listener.serviceChanged().accept(service.key());
        }
    }

    private void seen(NodeSnapshot node, boolean gone) {
        NodeSnapshot before = gone ? nodes.remove(node.name()) : nodes.put(node.name(), node);
        if (gone || before == null || !before.equals(node)) {
            listener.nodesChanged().run();
        }
    }

    private Duration lag() {
        boolean late = tasks.simulation().random(LATE_ONE_IN) == 0;
        return Duration.ofMillis(
                tasks.simulation().random(late ? LATE_MILLIS_MAX : LAG_MILLIS_MAX));
    }
}
