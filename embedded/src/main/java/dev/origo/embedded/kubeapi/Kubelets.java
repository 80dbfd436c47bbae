package dev.origo.embedded.kubeapi;

import static dev.origo.embedded.kubeapi.Controllers.condition;
import static dev.origo.embedded.kubeapi.Controllers.deleting;

import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Scheduler and kubelets: puts pods on ready nodes, gives them addresses, calls them ready after a
/// moment and not ready while their node is not, and ends them.
///
/// Thread rule: one look at a time, under the monitor that it was made with.
public final class Kubelets {
    private static final int ADDRESS_FIRST = 2;
    private static final int ADDRESS_LAST = 254;

    /// The cluster that they live in. What is written is seen by the next read.
    public interface Cluster {
        List<ObjectNode> nodes();

        /// Those without a node, and those of the nodes.
        List<ObjectNode> pods();

        /// Puts a pod on a node.
        void bind(ObjectNode pod, String node);

        /// Changes a pod's status.
        ///
        /// @param edit gets a copy of the pod
        void status(ObjectNode pod, Consumer<ObjectNode> edit);

        /// Takes a pod away at once.
        void end(ObjectNode pod);
    }

    private final Cluster cluster;
    private final Settings settings;
    private final Object monitor;

    /// UIDs of pods that are on their way up or down.
    private final Set<String> moving = new HashSet<>();

    /// @param monitor held for whatever is done later than in a look
    public Kubelets(Cluster cluster, Settings settings, Object monitor) {
        this.cluster = cluster;
        this.settings = settings;
        this.monitor = monitor;
    }

    /// Does the next step of each pod.
    public void look() {
        for (ObjectNode pod : cluster.pods()) {
            String nodeName = Json.text(pod, "spec.nodeName");
            Optional<ObjectNode> node = named(cluster.nodes(), nodeName);
            if (nodeName.isEmpty()) {
                schedule(pod);
            } else if (node.isEmpty()) {
                cluster.end(pod);
            } else if (deleting(pod)) {
                later(pod, "-", () -> cluster.end(pod));
            } else if (Json.text(pod, "status.phase").equals("Pending")) {
                if (!pod.path("status").has("podIP")) {
                    admit(pod, node.get());
                }
                later(pod, "+", () -> run(Json.text(pod, "metadata.uid")));
            } else if (condition(pod, "Ready") != condition(node.get(), "Ready")) {
                ready(pod, condition(node.get(), "Ready"));
            }
        }
    }

    private static Optional<ObjectNode> named(List<ObjectNode> nodes, String name) {
        return nodes.stream()
                .filter(node -> Json.text(node, "metadata.name").equals(name))
                .findFirst();
    }

    private void later(ObjectNode pod, String way, Runnable step) {
        String key = way + Json.text(pod, "metadata.uid");
        if (moving.add(key)) {
            settings.tasks()
                    .after(
                            way.equals("+") ? settings.podStart() : settings.podStop(),
                            "pod " + Json.text(pod, "metadata.name"),
                            () -> {
                                synchronized (monitor) {
                                    moving.remove(key);
                                    step.run();
                                }
                            });
        }
    }

    /// On the ready node with the fewest pods.
    private void schedule(ObjectNode pod) {
        if (deleting(pod)) {
            return;
        }
        List<ObjectNode> pods = cluster.pods();
        cluster.nodes().stream()
                .filter(node ->
                        condition(node, "Ready")
                                && !Json.at(node, "spec.unschedulable").asBoolean(false))
                .map(node -> Json.text(node, "metadata.name"))
                .min(
                        Comparator.comparingLong(name ->
                                pods.stream()
                                        .filter(p -> Json.text(p, "spec.nodeName").equals(name))
                                        .count()))
                .ifPresent(name -> cluster.bind(pod, name));
    }

    private void admit(ObjectNode pod, ObjectNode node) {
        Set<String> taken =
                cluster.pods().stream()
                        .map(p -> Json.text(p, "status.podIP"))
                        .collect(Collectors.toSet());
        String range = Json.text(node, "spec.podCIDR");
        String prefix = range.substring(0, range.lastIndexOf('.') + 1);
        Optional<String> address =
                IntStream.rangeClosed(ADDRESS_FIRST, ADDRESS_LAST)
                        .mapToObj(number -> prefix + number)
                        .filter(candidate -> !taken.contains(candidate))
                        .findFirst();
        String host =
                Json.stream(node, "status.addresses")
                        .filter(a -> Json.text(a, "type").equals("InternalIP"))
                        .map(a -> Json.text(a, "address"))
                        .findFirst()
                        .orElse("");
        if (address.isEmpty() || prefix.isEmpty()) {
            return;
        }
        cluster.status(
                pod,
                after -> {
                    ObjectNode status = Json.child(after, "status");
                    addresses(status, "podIP", address.get());
                    addresses(status, "hostIP", host);
                    status.put("startTime", now());
                    Controllers.setCondition(status, List.of("PodScheduled", "True"), now());
                    containers(after, false);
                });
    }

    private static void addresses(ObjectNode status, String field, String address) {
        if (!address.isEmpty()) {
            status.put(field, address);
            status.putArray(field + "s").add(Json.object("ip", address));
        }
    }

    private void run(String uid) {
        cluster.pods().stream()
                .filter(pod ->
                        Json.text(pod, "metadata.uid").equals(uid)
                                && Json.text(pod, "status.phase").equals("Pending"))
                .findFirst()
                .ifPresent(pod -> ready(pod, true));
    }

    private void ready(ObjectNode pod, boolean ready) {
        cluster.status(
                pod,
                after -> {
                    ObjectNode status = Json.child(after, "status");
                    status.put("phase", "Running");
                    Controllers.setCondition(status, List.of("Initialized", "True"), now());
                    for (String type : List.of("Ready", "ContainersReady")) {
                        Controllers.setCondition(
                                status, List.of(type, ready ? "True" : "False"), now());
                    }
                    containers(after, ready);
                });
    }

    private String now() {
        return settings.tasks().clock().instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private void containers(ObjectNode pod, boolean ready) {
        ObjectNode status = Json.child(pod, "status");
        boolean running = Json.text(status, "phase").equals("Running");
        ArrayNode list = status.putArray("containerStatuses");
        for (JsonNode container : Json.at(pod, "spec.containers")) {
            ObjectNode one = list.addObject();
            one.set("name", container.path("name"));
            one.set("image", container.path("image"));
            one.put("imageID", "")
                    .put("restartCount", 0)
                    .put("ready", ready)
                    .put("started", running);
            ObjectNode state = one.putObject("state");
            if (running) {
                state.putObject("running").put("startedAt", Json.text(status, "startTime"));
            } else {
                state.putObject("waiting").put("reason", "ContainerCreating");
            }
        }
    }
}
