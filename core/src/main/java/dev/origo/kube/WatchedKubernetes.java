package dev.origo.kube;

import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Event;
import dev.origo.reconcile.Kubernetes;
import dev.origo.reconcile.KubernetesException;
import dev.origo.reconcile.KubernetesException.Kind;
import dev.origo.reconcile.ServicePatch;
import dev.origo.spi.Tasks;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/// The cluster as the reconciler needs it, over the Kubernetes API: Services of all namespaces and
/// nodes are watched, patches and events are written.
///
/// Thread rule: any thread, after [#start].
public final class WatchedKubernetes implements Kubernetes, AutoCloseable {
    /// Objects per page of a list: a node may be 30 kB of JSON, and a page is held in memory.
    private static final long PAGE_SIZE = 200;

    private static final ChangeListener NOBODY =
            new ChangeListener() {
                @Override
                public void serviceChanged(ServiceKey key) {}

                @Override
                public void nodesChanged() {}
            };

    private final ApiServer api;
    private final String where;
    private final EventRecorder events;
    private final AtomicReference<ChangeListener> listener = new AtomicReference<>(NOBODY);
    private final SnapshotStore<Service, ServiceSnapshot> services;
    private final SnapshotStore<Node, NodeSnapshot> nodes;
    private final Watched<Service, ServiceSnapshot> serviceWatch;
    private final Watched<Node, NodeSnapshot> nodeWatch;

    public WatchedKubernetes(ClusterConnection cluster, Tasks tasks) {
        api = cluster.api();
        where = cluster.where();
        events = new EventRecorder(api, tasks);
        services =
                new SnapshotStore<>(
                        new SnapshotStore.Kind<>(
                                Service::new,
                                ServiceMapper::snapshot,
                                Changes::matter,
                                service -> listener.get().serviceChanged(service.key())));
        nodes =
                new SnapshotStore<>(
                        new SnapshotStore.Kind<>(
                                Node::new,
                                NodeMapper::snapshot,
                                Changes::matter,
                                _ -> listener.get().nodesChanged()));
        serviceWatch =
                new Watched<>(
                        "services",
                        () ->
                                cluster.client()
                                        .services()
                                        .inAnyNamespace()
                                        .withLimit(PAGE_SIZE)
                                        .runnableInformer(0),
                        services,
                        tasks);
        nodeWatch =
                new Watched<>(
                        "nodes",
                        () -> cluster.client().nodes().withLimit(PAGE_SIZE).runnableInformer(0),
                        nodes,
                        tasks);
    }

    /// Fills the caches; from then on they follow the cluster. The listener is told each object
    /// that is there, and then each change.
    ///
    /// @throws KubernetesException if the API server refuses, or the caches are not filled in time
    public void start(ChangeListener changes, Duration timeout) {
        listener.set(changes);
        await(CompletableFuture.allOf(serviceWatch.start(), nodeWatch.start()), timeout);
    }

    @Override
    public Optional<ServiceSnapshot> service(ServiceKey key) {
        return services.get(key.toString());
    }

    @Override
    public List<ServiceSnapshot> services() {
        return services.values().sorted(Comparator.comparing(ServiceSnapshot::key)).toList();
    }

    @Override
    public List<NodeSnapshot> nodes() {
        return nodes.values().sorted(Comparator.comparing(NodeSnapshot::name)).toList();
    }

    @Override
    public void patch(ServiceSnapshot service, ServicePatch patch) {
        api.send(
                new ApiServer.Request(
                        ApiServer.Verb.PATCH,
                        "services/status",
                        "api/v1/namespaces/%s/services/%s/status"
                                .formatted(service.key().namespace(), service.key().name()),
                        ClusterConnection.REQUEST_TIMEOUT),
                StatusPatch.CONTENT_TYPE,
                StatusPatch.json(service, patch));
    }

    @Override
    public void event(ServiceSnapshot service, Event event) {
        events.record(service, event);
    }

    /// How each watch is doing.
    public List<WatchHealth> health() {
        return List.of(serviceWatch.health(), nodeWatch.health());
    }

    /// Events that were not written: the queue was full, or the API server did not take them.
    public long eventsLost() {
        return events.lost();
    }

    @Override
    public void close() {
        serviceWatch.close();
        nodeWatch.close();
    }

    private void await(CompletableFuture<Void> synced, Duration timeout) {
        try {
            synced.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new KubernetesException(
                    Kind.UNREACHABLE,
                    "services and nodes of %s were not listed within %s; last failures: %s"
                            .formatted(
                                    where,
                                    timeout,
                                    "services %s, nodes %s"
                                            .formatted(
                                                    serviceWatch.lastFailure(),
                                                    nodeWatch.lastFailure())),
                    e);
        } catch (ExecutionException e) {
            throw refusal(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KubernetesException(Kind.UNREACHABLE, "interrupted", e);
        }
    }

    private KubernetesException refusal(ExecutionException failure) {
        Throwable root = ApiServer.rootOf(failure);
        String what = root.toString();
        Kind kind = Kind.UNREACHABLE;
        if (root instanceof KubernetesClientException e && e.getStatus() != null) {
            what = e.getCode() + " " + e.getStatus().getMessage();
            kind = ApiServer.kind(e.getCode(), e.getStatus());
        }
        if (kind == Kind.FORBIDDEN) {
            what += "; the RBAC verbs 'list' and 'watch' on both are needed";
        }
        return new KubernetesException(
                kind, "cannot list services and nodes of %s: %s".formatted(where, what), failure);
    }
}
