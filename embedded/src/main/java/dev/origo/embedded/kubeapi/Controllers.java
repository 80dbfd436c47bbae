package dev.origo.embedded.kubeapi;

import dev.origo.embedded.kubeapi.Registry.Ref;
import dev.origo.embedded.kubeapi.Registry.Write;
import dev.origo.embedded.kubeapi.Store.Change;
import dev.origo.embedded.kubeapi.Store.ObjectKey;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// What kube-controller-manager, scheduler and kubelets do, as far as a load balancer sees it: each
/// look compares all that is wanted with all that is there, under the store's monitor, until
/// nothing is left to do.
///
/// Thread rule: one look at a time, on a task of its own.
final class Controllers {
    /// Looks in a row that change something; more means that two controllers undo each other.
    private static final int LOOKS_MAX = 50;

    private final Registry registry;
    private final Deployments deployments;
    private final Kubelets kubelets;
    private final EndpointSlices slices;
    private final AtomicBoolean queued = new AtomicBoolean();

    Controllers(Registry registry, Settings settings) {
        this.registry = registry;
        deployments = new Deployments(registry);
        kubelets = new Kubelets(new Machines(registry), settings, registry.store);
        slices = new EndpointSlices(registry);
    }

    /// What kubelets see of the registry.
    private record Machines(Registry registry) implements Kubelets.Cluster {
        @Override
        public List<ObjectNode> nodes() {
            return registry.store.list(Kind.NODE, "");
        }

        @Override
        public List<ObjectNode> pods() {
            return registry.store.list(Kind.POD, "");
        }

        @Override
        public void bind(ObjectNode pod, String node) {
            registry.update(
                    Ref.of(Kind.POD, pod),
                    Write.SPEC,
                    after -> {
                        Json.child(after, "spec").put("nodeName", node);
                        return after;
                    });
        }

        @Override
        public void status(ObjectNode pod, Consumer<ObjectNode> edit) {
            registry.update(
                    Ref.of(Kind.POD, pod),
                    Write.STATUS,
                    after -> {
                        edit.accept(after);
                        return after;
                    });
        }

        @Override
        public void end(ObjectNode pod) {
            Ref ref = Ref.of(Kind.POD, pod);
            if (registry.store.get(ref.kind(), ref.key()).isPresent()) {
                registry.delete(ref, Json.object().put("gracePeriodSeconds", 0), false);
            }
        }
    }

    void changed(Change change) {
        boolean ours = change.kind() != Kind.EVENT && change.kind() != Kind.LEASE;
        if (ours && queued.compareAndSet(false, true)) {
            registry.tasks.start("controllers", this::look);
        }
    }

    private void look() {
        synchronized (registry.store) {
            queued.set(true); // What changes from here on is seen by this look.
            long before = -1;
            try {
                for (int i = 0; i < LOOKS_MAX && before != registry.store.version(); i++) {
                    before = registry.store.version();
                    emptyNamespaces();
                    deployments.look();
                    kubelets.look();
                    slices.look();
                }
            } finally {
                queued.set(false);
            }
        }
    }

    private void emptyNamespaces() {
        for (ObjectNode namespace : registry.store.list(Kind.NAMESPACE, "")) {
            if (!deleting(namespace)) {
                continue;
            }
            String name = Json.text(namespace, "metadata.name");
            boolean empty = true;
            for (Kind kind : Arrays.stream(Kind.values()).filter(Kind::namespaced).toList()) {
                for (ObjectNode object : registry.store.list(kind, name)) {
                    if (!deleting(object)) {
                        registry.delete(Ref.of(kind, object), Json.object(), false);
                    }
                    empty &= registry.store.get(kind, ObjectKey.of(object)).isEmpty();
                }
            }
            if (empty) {
                registry.finish(Ref.of(Kind.NAMESPACE, namespace));
            }
        }
    }

    /// Whether new objects may be made beside this one.
    static boolean closed(Registry registry, ObjectNode object) {
        return registry.store
                .get(Kind.NAMESPACE, new ObjectKey("", Json.text(object, "metadata.namespace")))
                .map(Controllers::deleting)
                .orElse(true);
    }

    static boolean deleting(ObjectNode object) {
        return object.path("metadata").has("deletionTimestamp");
    }

    static boolean condition(ObjectNode object, String type) {
        return Json.stream(object, "status.conditions")
                .anyMatch(c ->
                        Json.text(c, "type").equals(type) && Json.text(c, "status").equals("True"));
    }

    /// Sets a condition; its time moves only with its status.
    ///
    /// @param words type and status, and perhaps reason and message
    static void setCondition(ObjectNode status, List<String> words, String now) {
        String type = words.getFirst();
        String value = words.get(1);
        ObjectNode fresh = Json.object("type", type, "status", value, "lastTransitionTime", now);
        if (words.size() > 2) {
            fresh.put("lastUpdateTime", now)
                    .put("reason", words.get(2))
                    .put("message", words.get(3));
        }
        var conditions = status.withArray("conditions");
        for (int i = 0; i < conditions.size(); i++) {
            if (Json.text(conditions.path(i), "type").equals(type)) {
                if (!Json.text(conditions.path(i), "status").equals(value)) {
                    conditions.set(i, fresh);
                }
                return;
            }
        }
        conditions.add(fresh);
    }

    /// The reference to the owner of what a controller makes.
    static void own(ObjectNode owned, Kind kind, ObjectNode owner) {
        Json.child(owned, "metadata")
                .putArray("ownerReferences")
                .addObject()
                .put("apiVersion", kind.apiVersion())
                .put("kind", kind.kindName())
                .put("name", Json.text(owner, "metadata.name"))
                .put("uid", Json.text(owner, "metadata.uid"))
                .put("controller", true)
                .put("blockOwnerDeletion", true);
    }

    static String ownerUid(ObjectNode object) {
        return Json.stream(object, "metadata.ownerReferences")
                .filter(reference -> reference.path("controller").asBoolean(false))
                .map(reference -> Json.text(reference, "uid"))
                .findFirst()
                .orElse("");
    }
}
