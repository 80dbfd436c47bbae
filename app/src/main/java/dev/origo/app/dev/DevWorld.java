package dev.origo.app.dev;

import dev.origo.embedded.kubeapi.KubernetesApi;
import dev.origo.embedded.kubeapi.Settings;
import dev.origo.embedded.nodes.SimulatedCluster;
import dev.origo.spi.Tasks;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// A cluster with three nodes and an account of a cloud, all in this process: the API server that
/// kubectl talks to, nodes with kube-proxy and pods on loopback, and an AWS endpoint, if no other
/// is given.
///
/// Thread rule: any thread; close it last.
final class DevWorld implements AutoCloseable {
    /// The nodes' security group.
    static final String NODE_GROUP = "nodes";

    static final List<String> NODES = List.of("node-1", "node-2", "node-3");

    private static final long SEED = 1;
    private static final int FIRST_NODE = 1;

    private final KubernetesApi kubernetes;
    private final SimulatedCluster nodes;
    private final DevCloud cloud;
    private final Tasks tasks;
    private final Consumer<String> log;

    /// Whether a change waits to be shown to the nodes: what comes meanwhile is the same update.
    private final AtomicBoolean due = new AtomicBoolean();

    /// Guards that the nodes are shown what is there in its order, and nothing after their end.
    private final Object showing = new Object();

    private boolean closed;

    private DevWorld(DevCloud cloud, Tasks tasks, Consumer<String> log) throws IOException {
        this.cloud = cloud;
        this.tasks = tasks;
        kubernetes = KubernetesApi.start(Settings.usual(tasks));
        nodes =
                SimulatedCluster.start(
                        SimulatedCluster.Config.of(tasks.clock(), new Random(SEED), log));
        this.log = log;
        furnish();
        kubernetes.onChange(_ -> changed());
    }

    /// @param endpointUrl of an emulator; empty for the embedded AWS
    /// @param log told in plain sentences what nodes have to say
    /// @throws IOException where an address or a port cannot be had
    static DevWorld open(String endpointUrl, Tasks tasks, Consumer<String> log) throws IOException {
        DevCloud cloud =
                endpointUrl.isEmpty()
                        ? DevCloud.embedded(tasks.clock(), SEED, NODES.size())
                        : new DevCloud.Elsewhere(endpointUrl);
        DevWorld world = new DevWorld(cloud, tasks, log);
        List<String> faults = world.show();
        if (!faults.isEmpty()) {
            world.close();
            throw new IOException(
                    "the nodes are always at 127.0.1.1 to 127.0.1.%d, and %s; end the other origo dev first"
                            .formatted(NODES.size(), faults.getFirst()));
        }
        return world;
    }

    private void furnish() {
        for (int i = 0; i < NODES.size(); i++) {
            String providerId = cloud.providerId(i);
            kubernetes.create(
                    Api.JSON.readTree(
                            """
                            {"apiVersion": "v1", "kind": "Node",
                             "metadata": {"name": "%s"},
                             "spec": {%s"podCIDR": "10.244.%d.0/24"},
                             "status": {"addresses": [{"type": "InternalIP", "address": "127.0.1.%d"}],
                                        "conditions": [{"type": "Ready", "status": "True"}]}}
                            """
                                    .formatted(
                                            NODES.get(i),
                                            providerId.isEmpty()
                                                    ? ""
                                                    : "\"providerID\": \"%s\", "
                                                            .formatted(providerId),
                                            i + FIRST_NODE,
                                            i + FIRST_NODE)));
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
            if (closed) {
                return List.of();
            }
            return nodes.update(
                    Views.of(
                            new Views.Objects(
                                    kubernetes.list("Node"),
                                    kubernetes.list("Service"),
                                    kubernetes.list("EndpointSlice"),
                                    kubernetes.list("Pod"))));
        }
    }

    KubernetesApi kubernetes() {
        return kubernetes;
    }

    DevCloud cloud() {
        return cloud;
    }

    List<JsonNode> list(String kind) {
        return kubernetes.list(kind);
    }

    @Override
    public void close() {
        kubernetes.close();
        synchronized (showing) {
            closed = true;
            nodes.close();
        }
        cloud.close();
    }
}
