package dev.origo.embedded.kubeapi;

import static dev.origo.embedded.kubeapi.Controllers.condition;
import static dev.origo.embedded.kubeapi.Controllers.deleting;

import dev.origo.embedded.kubeapi.Registry.Ref;
import dev.origo.embedded.kubeapi.Registry.Write;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Scheduler and kubelets: puts pods on ready nodes, gives them addresses, calls them ready after a
/// moment and not ready while their node is not, and ends them.
final class Kubelets {
    private static final int ADDRESS_FIRST = 2;
    private static final int ADDRESS_LAST = 254;

    private final Registry registry;
    private final Settings settings;

    /// UIDs of pods that are on their way up or down.
    private final Set<String> moving = new HashSet<>();

    Kubelets(Registry registry, Settings settings) {
        this.registry = registry;
        this.settings = settings;
    }

    void look() {
        for (ObjectNode pod : registry.store.list(Kind.POD, "")) {
            String nodeName = Json.text(pod, "spec.nodeName");
            Optional<ObjectNode> node =
                    registry.store.get(Kind.NODE, new Store.ObjectKey("", nodeName));
            if (nodeName.isEmpty()) {
                schedule(pod);
            } else if (node.isEmpty()) {
                registry.delete(
                        Ref.of(Kind.POD, pod), Json.object().put("gracePeriodSeconds", 0), false);
            } else if (deleting(pod)) {
                later(pod, "-", () -> registry.finish(Ref.of(Kind.POD, pod)));
            } else if (Json.text(pod, "status.phase").equals("Pending")) {
                if (!pod.path("status").has("podIP")) {
                    admit(pod, node.get());
                }
                later(pod, "+", () -> run(Ref.of(Kind.POD, pod)));
            } else if (condition(pod, "Ready") != condition(node.get(), "Ready")) {
                ready(Ref.of(Kind.POD, pod), condition(node.get(), "Ready"));
            }
        }
    }

    private void later(ObjectNode pod, String way, Runnable step) {
        String key = way + Json.text(pod, "metadata.uid");
        if (moving.add(key)) {
            registry.tasks.after(
                    way.equals("+") ? settings.podStart() : settings.podStop(),
                    "pod " + Json.text(pod, "metadata.name"),
                    () -> {
                        synchronized (registry.store) {
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
        List<ObjectNode> pods = registry.store.list(Kind.POD, "");
        registry.store.list(Kind.NODE, "").stream()
                .filter(node ->
                        condition(node, "Ready")
                                && !Json.at(node, "spec.unschedulable").asBoolean(false))
                .map(node -> Json.text(node, "metadata.name"))
                .min(
                        Comparator.comparingLong(name ->
                                pods.stream()
                                        .filter(p -> Json.text(p, "spec.nodeName").equals(name))
                                        .count()))
                .ifPresent(name ->
                        registry.update(
                                Ref.of(Kind.POD, pod),
                                Write.SPEC,
                                after -> {
                                    Json.child(after, "spec").put("nodeName", name);
                                    return after;
                                }));
    }

    private void admit(ObjectNode pod, ObjectNode node) {
        Set<String> taken =
                registry.store.list(Kind.POD, "").stream()
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
        registry.update(
                Ref.of(Kind.POD, pod),
                Write.STATUS,
                after -> {
                    ObjectNode status = Json.child(after, "status");
                    addresses(status, "podIP", address.get());
                    addresses(status, "hostIP", host);
                    status.put("startTime", registry.now());
                    Controllers.setCondition(
                            status, List.of("PodScheduled", "True"), registry.now());
                    containers(after, false);
                    return after;
                });
    }

    private static void addresses(ObjectNode status, String field, String address) {
        if (!address.isEmpty()) {
            status.put(field, address);
            status.putArray(field + "s").add(Json.object("ip", address));
        }
    }

    private void run(Ref pod) {
        registry.store
                .get(pod.kind(), pod.key())
                .filter(found -> Json.text(found, "status.phase").equals("Pending"))
                .ifPresent(_ -> ready(pod, true));
    }

    private void ready(Ref pod, boolean ready) {
        registry.update(
                pod,
                Write.STATUS,
                after -> {
                    ObjectNode status = Json.child(after, "status");
                    status.put("phase", "Running");
                    Controllers.setCondition(
                            status, List.of("Initialized", "True"), registry.now());
                    for (String type : List.of("Ready", "ContainersReady")) {
                        Controllers.setCondition(
                                status, List.of(type, ready ? "True" : "False"), registry.now());
                    }
                    containers(after, ready);
                    return after;
                });
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
