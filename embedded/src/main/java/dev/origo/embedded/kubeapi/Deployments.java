package dev.origo.embedded.kubeapi;

import static dev.origo.embedded.kubeapi.Controllers.condition;
import static dev.origo.embedded.kubeapi.Controllers.deleting;

import dev.origo.embedded.kubeapi.Registry.Ref;
import dev.origo.embedded.kubeapi.Registry.Write;
import dev.origo.model.Hashes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Makes the pods of Deployments, without ReplicaSets between. Pods of an older template go as new
/// ones become ready, so that never fewer than wanted are.
final class Deployments {
    private static final String HASH = "pod-template-hash";

    private final Registry registry;

    Deployments(Registry registry) {
        this.registry = registry;
    }

    void look() {
        List<ObjectNode> all = registry.store.list(Kind.DEPLOYMENT, "");
        List<ObjectNode> pods = registry.store.list(Kind.POD, "");
        Set<String> uids =
                all.stream().map(d -> Json.text(d, "metadata.uid")).collect(Collectors.toSet());
        for (ObjectNode pod : pods) {
            boolean orphan =
                    Json.stream(pod, "metadata.ownerReferences")
                            .anyMatch(r ->
                                    Json.text(r, "kind").equals("Deployment")
                                            && !uids.contains(Json.text(r, "uid")));
            if (orphan && !deleting(pod)) {
                delete(pod);
            }
        }
        all.stream()
                .filter(d -> !deleting(d) && !Controllers.closed(registry, d))
                .forEach(d -> look(d, pods));
    }

    private void look(ObjectNode deployment, List<ObjectNode> pods) {
        String uid = Json.text(deployment, "metadata.uid");
        String hash = Hashes.base32(10, Json.string(Json.at(deployment, "spec.template")));
        int wanted = Json.number(deployment, "spec.replicas");
        Comparator<ObjectNode> firstToGo =
                Comparator.comparing((ObjectNode pod) -> condition(pod, "Ready"))
                        .thenComparing(pod -> Json.text(pod, "metadata.name"));
        List<ObjectNode> current = new ArrayList<>();
        List<ObjectNode> old = new ArrayList<>();
        pods.stream()
                .filter(pod -> Controllers.ownerUid(pod).equals(uid) && !deleting(pod))
                .sorted(firstToGo)
                .forEach(pod ->
                        (Json.at(pod, "metadata.labels").path(HASH).asString("").equals(hash)
                                        ? current
                                        : old)
                                .add(pod));
        while (current.size() < wanted) {
            current.add(
                    registry.create(
                            Kind.POD,
                            Json.text(deployment, "metadata.namespace"),
                            pod(deployment, hash),
                            false));
        }
        while (current.size() > wanted) {
            delete(current.removeFirst());
        }
        long ready = current.stream().filter(pod -> condition(pod, "Ready")).count();
        while (!old.isEmpty() && ready + old.size() > wanted) {
            delete(old.removeFirst());
        }
        tell(deployment, current, old);
    }

    private void tell(ObjectNode deployment, List<ObjectNode> current, List<ObjectNode> old) {
        List<ObjectNode> all = new ArrayList<>(current);
        all.addAll(old);
        int ready = (int) all.stream().filter(pod -> condition(pod, "Ready")).count();
        int wanted = Json.number(deployment, "spec.replicas");
        registry.update(
                Ref.of(Kind.DEPLOYMENT, deployment),
                Write.STATUS,
                after -> {
                    ObjectNode status = Json.child(after, "status");
                    status.put("observedGeneration", Json.number(after, "metadata.generation"));
                    count(status, "replicas", all.size());
                    count(status, "updatedReplicas", current.size());
                    count(status, "readyReplicas", ready);
                    count(status, "availableReplicas", ready);
                    count(status, "unavailableReplicas", Math.max(0, wanted - ready));
                    boolean enough = ready >= wanted - wanted / 4;
                    Controllers.setCondition(
                            status,
                            enough
                                    ? List.of(
                                            "Available",
                                            "True",
                                            "MinimumReplicasAvailable",
                                            "Deployment has minimum availability.")
                                    : List.of(
                                            "Available",
                                            "False",
                                            "MinimumReplicasUnavailable",
                                            "Deployment does not have minimum availability."),
                            registry.now());
                    Controllers.setCondition(
                            status,
                            List.of(
                                    "Progressing",
                                    "True",
                                    "NewReplicaSetAvailable",
                                    "Its pods were made."),
                            registry.now());
                    return after;
                });
    }

    private static void count(ObjectNode status, String field, int number) {
        status.remove(field);
        if (number > 0) {
            status.put(field, number);
        }
    }

    private static ObjectNode pod(ObjectNode deployment, String hash) {
        ObjectNode pod = Kind.POD.blank();
        pod.setAll(((ObjectNode) Json.at(deployment, "spec.template")).deepCopy());
        ObjectNode meta = Json.child(pod, "metadata");
        meta.remove(List.of("name", "namespace"));
        meta.put("generateName", "%s-%s-".formatted(Json.text(deployment, "metadata.name"), hash));
        Json.child(meta, "labels").put(HASH, hash);
        Controllers.own(pod, Kind.DEPLOYMENT, deployment);
        return pod;
    }

    private void delete(ObjectNode pod) {
        registry.delete(Ref.of(Kind.POD, pod), Json.object(), false);
    }
}
