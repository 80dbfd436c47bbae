package dev.origo.app.dev;

import dev.origo.app.dev.DevEnvironment.Where;
import dev.origo.embedded.kubeapi.Kubelets;
import dev.origo.embedded.kubeapi.Settings;
import dev.origo.embedded.nodes.SimulatedCluster;
import dev.origo.spi.Tasks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A cluster and an account of a cloud: both in this process, unless others are given. A cluster
/// that has no nodes gets three, with kube-proxy and pods on loopback.
///
/// Thread rule: any thread; close it last.
final class DevWorld implements AutoCloseable {
    private static final long SEED = 1;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String FINALIZER = "service.kubernetes.io/load-balancer-cleanup";

    private final DevCluster cluster;
    private final Api api;
    private final Mirror mirror;
    private final DevCloud cloud;
    private final Optional<SimulatedCluster> nodes;
    private final Optional<Kubelets> kubelets;
    private final Tasks tasks;
    private final Consumer<String> log;

    /// What to close, last first.
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /// Whether a change waits to be shown to the nodes: what comes meanwhile is the same update.
    private final AtomicBoolean due = new AtomicBoolean();

    /// Guards that the nodes are shown what is there in its order, and nothing after their end.
    private final Object showing = new Object();

    /// Whether all is there and open; guarded by [#showing].
    private boolean whole;

    private DevWorld(Where where, Tasks tasks, Consumer<String> log) throws IOException {
        this.tasks = tasks;
        this.log = log;
        try {
            cluster =
                    opened(
                            where.cluster().isPresent()
                                    ? DevCluster.given(where.cluster().get())
                                    : DevCluster.embedded(tasks));
            api = cluster.api();
            mirror = opened(new Mirror(api, tasks, this::changed));
            mirror.start();
            boolean machines = !mirror.list(Mirror.Kind.NODE).stream().allMatch(OurNodes::is);
            int stand = machines ? 0 : OurNodes.NAMES.size();
            cloud =
                    opened(
                            where.endpointUrl().isEmpty()
                                    ? DevCloud.embedded(tasks.clock(), SEED, stand)
                                    : DevCloud.elsewhere(where.endpointUrl(), stand, log));
            nodes =
                    machines
                            ? Optional.empty()
                            : Optional.of(
                                    opened(
                                            SimulatedCluster.start(
                                                    SimulatedCluster.Config.of(
                                                            tasks.clock(),
                                                            new Random(SEED),
                                                            log))));
            kubelets =
                    machines || cluster.isEmbedded()
                            ? Optional.empty()
                            : Optional.of(
                                    new Kubelets(
                                            new Machines(api, mirror, tasks, this::changed),
                                            Settings.usual(tasks),
                                            showing));
            synchronized (showing) {
                whole = true;
            }
            if (!machines) {
                furnish(opened(new OurNodes(cluster, mirror, tasks)));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    /// @param log told in plain sentences what nodes have to say
    /// @throws IOException where an address or a port cannot be had
    /// @throws IllegalArgumentException where the cluster's kubeconfig cannot be used
    /// @throws dev.origo.reconcile.KubernetesException where the cluster does not answer
    static DevWorld open(Where where, Tasks tasks, Consumer<String> log) throws IOException {
        return new DevWorld(where, tasks, log);
    }

    private void furnish(OurNodes ours) throws IOException {
        ours.stand(cloud.providerIds());
        List<String> faults = show();
        if (!faults.isEmpty()) {
            throw new IOException(
                    "the nodes are always at 127.0.1.1 to 127.0.1.%d, and %s; end the other origo dev first"
                            .formatted(OurNodes.NAMES.size(), faults.getFirst()));
        }
    }

    private void changed() {
        if (due.compareAndSet(false, true)) {
            tasks.start("nodes follow", this::follow);
        }
    }

    private void follow() {
        show().forEach(log);
    }

    /// Shows the nodes what there is. The answer is what they cannot have, in sentences.
    private List<String> show() {
        synchronized (showing) {
            due.set(false);
            if (!whole || nodes.isEmpty()) {
                return List.of();
            }
            kubelets.ifPresent(Kubelets::look);
            return nodes.get()
                    .update(
                            Views.of(
                                    new Views.Objects(
                                            mirror.list(Mirror.Kind.NODE),
                                            mirror.list(Mirror.Kind.SERVICE),
                                            mirror.list(Mirror.Kind.SLICE),
                                            mirror.list(Mirror.Kind.POD))));
        }
    }

    DevCluster cluster() {
        return cluster;
    }

    Api api() {
        return api;
    }

    DevCloud cloud() {
        return cloud;
    }

    List<JsonNode> list(Mirror.Kind kind) {
        return mirror.list(kind);
    }

    /// Whether the nodes are ours, so that we see into their pods.
    boolean hasOurNodes() {
        return nodes.isPresent();
    }

    List<String> nodeNames() {
        return mirror.list(Mirror.Kind.NODE).stream().map(Views::name).toList();
    }

    /// Makes the namespace that the tutorials take place in; after what a killed one has left there
    /// is gone. While the controller lives, since it lets go of the Services.
    void settle() {
        if (cluster.isEmbedded()) {
            return;
        }
        ObjectNode namespace =
                Api.JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Namespace");
        namespace.putObject("metadata").put("name", cluster.namespace());
        new Lab(tasks)
                .eventually(
                        "namespace " + cluster.namespace(),
                        SOON,
                        () -> {
                            endNamespace();
                            return api.post("/api/v1/namespaces", namespace.toString());
                        },
                        _ -> true);
    }

    private void endNamespace() {
        try {
            api.delete("/api/v1/namespaces/" + cluster.namespace());
        } catch (Unproven _) {
            // there is none, or it is on its way
        }
    }

    /// Whether instances of the account stand for the nodes.
    boolean hasInstances() {
        return !cloud.providerIds().isEmpty();
    }

    /// Whether Services without a class are to be served: those of a cloud's nodes have a
    /// controller.
    boolean servesUnclassed() {
        return DevCluster.areLocal(
                mirror.list(Mirror.Kind.NODE).stream().filter(node -> !OurNodes.is(node)));
    }

    /// Takes away what we have put into a cluster of others; while the controller lives, since it
    /// lets go of the Services.
    void leave() {
        if (cluster.isEmbedded()) {
            return;
        }
        String namespace = cluster.namespace();
        endNamespace();
        try {
            new Lab(tasks)
                    .eventually(
                            "nothing in namespace " + namespace,
                            SOON,
                            () -> in(namespace),
                            List::isEmpty);
        } catch (Unproven e) {
            log.accept(String.valueOf(e.getMessage()));
        }
        OurNodes.in(mirror).forEach(node -> api.delete(OurNodes.path(node)));
        List<String> held = held();
        if (!held.isEmpty()) {
            log.accept(
                    "still waiting for Origo when they are deleted: the Services %s; the next origo dev --serve serves them again"
                            .formatted(String.join(", ", held)));
        }
    }

    private List<String> held() {
        return mirror.list(Mirror.Kind.SERVICE).stream()
                .filter(service ->
                        Views.items(service.at("/metadata/finalizers"))
                                .anyMatch(f -> f.asString("").equals(FINALIZER)))
                .map(Mirror::key)
                .toList();
    }

    private List<String> in(String namespace) {
        return List.of(Mirror.Kind.SERVICE, Mirror.Kind.POD).stream()
                .flatMap(kind -> mirror.list(kind).stream())
                .filter(object -> Views.namespace(object).equals(namespace))
                .map(Views::name)
                .toList();
    }

    @Override
    public void close() {
        synchronized (showing) {
            whole = false;
        }
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) { // the others are to close all the same
                log.accept("cannot be closed: " + e);
            }
        }
    }
}
