package dev.origo.app.dev;

import dev.origo.embedded.kubeapi.Kubelets;
import dev.origo.spi.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Our nodes and their pods in a cluster of others, for the kubelets that stand in for machines.
///
/// Thread rule: one task at a time.
final class Machines implements Kubelets.Cluster {
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Api api;
    private final Mirror mirror;
    private final Tasks tasks;
    private final Runnable look;

    /// @param look has the kubelets look again
    Machines(Api api, Mirror mirror, Tasks tasks, Runnable look) {
        this.api = api;
        this.mirror = mirror;
        this.tasks = tasks;
        this.look = look;
    }

    @Override
    public List<ObjectNode> nodes() {
        return objects(OurNodes.in(mirror));
    }

    @Override
    public List<ObjectNode> pods() {
        var ours = nodes().stream().map(Views::name).collect(Collectors.toSet());
        ours.add("");
        return objects(
                mirror.list(Mirror.Kind.POD).stream()
                        .filter(pod -> ours.contains(pod.at("/spec/nodeName").asString(""))));
    }

    private static List<ObjectNode> objects(Stream<JsonNode> nodes) {
        return nodes.map(node -> (ObjectNode) node).toList();
    }

    @Override
    public void bind(ObjectNode pod, String node) {
        attempt(() -> {
            ObjectNode binding = Api.JSON.createObjectNode();
            binding.put("apiVersion", "v1").put("kind", "Binding");
            binding.putObject("metadata").put("name", Views.name(pod));
            binding.putObject("target")
                    .put("apiVersion", "v1")
                    .put("kind", "Node")
                    .put("name", node);
            api.post(path(pod) + "/binding", binding.toString());
            mirror.saw(Mirror.Kind.POD, api.get(path(pod)));
        });
    }

    @Override
    public void status(ObjectNode pod, Consumer<ObjectNode> edit) {
        ObjectNode edited = pod.deepCopy();
        edit.accept(edited);
        ObjectNode patch = Api.JSON.createObjectNode();
        patch.putObject("metadata").set("uid", pod.at("/metadata/uid"));
        patch.set("status", edited.path("status"));
        attempt(() ->
                mirror.saw(Mirror.Kind.POD, api.patch(path(pod) + "/status", patch.toString())));
    }

    @Override
    public void end(ObjectNode pod) {
        attempt(() -> api.deleteAtOnce(path(pod)));
    }

    /// What is refused has changed meanwhile, or is tried again.
    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (Unproven _) {
            tasks.after(AGAIN, "kubelets", look);
        }
    }

    private static String path(JsonNode pod) {
        return Api.pods(Views.namespace(pod)) + "/" + Views.name(pod);
    }
}
