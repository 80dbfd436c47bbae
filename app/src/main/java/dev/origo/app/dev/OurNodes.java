package dev.origo.app.dev;

import dev.origo.spi.Tasks;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Node objects that stand for no machine, in a cluster that has no others: three, at 127.0.1.1 to
/// 127.0.1.3.
///
/// Thread rule: one thread.
final class OurNodes implements AutoCloseable {
    static final List<String> NAMES = List.of("node-1", "node-2", "node-3");

    private static final String LABEL = "origo.dev/dev";
    private static final int FIRST = 1;
    private static final Duration SOON = Duration.ofSeconds(20);

    /// Node controllers take a node that is silent for 50 s for lost. Source: Kubernetes,
    /// kube-controller-manager, --node-monitor-grace-period; kubelets say something every 10 s
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final Api api;
    private final DevCluster cluster;
    private final Mirror mirror;
    private final Tasks tasks;
    private volatile boolean closed;

    OurNodes(DevCluster cluster, Mirror mirror, Tasks tasks) {
        this.api = cluster.api();
        this.cluster = cluster;
        this.mirror = mirror;
        this.tasks = tasks;
    }

    static boolean is(JsonNode node) {
        return node.path("metadata").path("labels").has(LABEL);
    }

    static Stream<JsonNode> in(Mirror mirror) {
        return mirror.list(Mirror.Kind.NODE).stream().filter(OurNodes::is);
    }

    static String path(JsonNode node) {
        return "/api/v1/nodes/" + Views.name(node);
    }

    /// Adds them.
    ///
    /// @param providerIds what their specs name their instances with; empty for none
    void stand(List<String> providerIds) {
        // Those of an origo dev that was killed may stand for other instances.
        in(mirror).forEach(node -> api.delete(path(node)));
        for (int i = 0; i < NAMES.size(); i++) {
            ObjectNode node = node(i);
            if (!providerIds.isEmpty()) {
                node.withObject("/spec").put("providerID", providerIds.get(i));
            }
            api.post("/api/v1/nodes", node.toString());
        }
        new Lab(tasks)
                .eventually(
                        "nodes",
                        SOON,
                        () -> mirror.list(Mirror.Kind.NODE),
                        there -> there.size() == NAMES.size());
        if (!cluster.isEmbedded()) {
            tasks.after(HEARTBEAT, "heartbeat", this::beat);
        }
    }

    private static ObjectNode node(int i) {
        int number = i + FIRST;
        ObjectNode node = Api.JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Node");
        ObjectNode metadata = node.putObject("metadata").put("name", NAMES.get(i));
        metadata.putObject("labels").put(LABEL, "");
        node.putObject("spec").put("podCIDR", "10.244.%d.0/24".formatted(number));
        ObjectNode status = node.putObject("status");
        status.putArray("addresses")
                .addObject()
                .put("type", "InternalIP")
                .put("address", "127.0.1.%d".formatted(number));
        status.putArray("conditions").addObject().put("type", "Ready").put("status", "True");
        return node;
    }

    private void beat() {
        String now = tasks.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString();
        ObjectNode patch = Api.JSON.createObjectNode();
        patch.putObject("status")
                .putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", "True")
                .put("lastHeartbeatTime", now);
        in(mirror)
                .forEach(node -> {
                    try {
                        api.patch(path(node) + "/status", patch.toString());
                    } catch (Unproven _) {
                        // the next one may do
                    }
                });
        if (!closed) {
            tasks.after(HEARTBEAT, "heartbeat", this::beat);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
