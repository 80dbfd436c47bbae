package dev.origo.embedded.kubeapi;

import dev.origo.embedded.kubeapi.Refusal.About;
import dev.origo.embedded.kubeapi.Refusal.Cause;
import dev.origo.embedded.kubeapi.Store.ObjectKey;
import dev.origo.spi.Tasks;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Creating, changing and deleting objects by the rules of the API server. Each request happens
/// entirely or is refused. Source: Kubernetes, apiserver/pkg/registry/generic/registry/store.go and
/// apimachinery/pkg/api/validation/objectmeta.go.
///
/// Thread-safe by the store's monitor.
final class Registry {
    private static final String RANDOM_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final int NAME_CHARS_MAX = 253;
    private static final int LABEL_CHARS_MAX = 63;

    /// Source: Kubernetes, apiserver/pkg/storage/names/generate.go.
    private static final int PREFIX_CHARS_MAX = 58;

    private static final Set<String> KEPT_NAMESPACES = Set.of("default", "kube-system");

    /// Set by the server, whatever a client sends.
    private static final List<String> OWNED =
            List.of(
                    "uid",
                    "creationTimestamp",
                    "deletionTimestamp",
                    "deletionGracePeriodSeconds",
                    "generation",
                    "resourceVersion");

    final Store store;
    final Tasks tasks;
    private final Strategies strategies;

    Registry(Store store, Tasks tasks) {
        this.store = store;
        this.tasks = tasks;
        strategies = new Strategies(store);
    }

    /// One object.
    record Ref(Kind kind, ObjectKey key) {
        static Ref of(Kind kind, ObjectNode object) {
            return new Ref(kind, ObjectKey.of(object));
        }

        About about() {
            return new About(kind, key.name());
        }
    }

    /// Which part is written, and whether it only tries.
    ///
    /// @param replace whether the client sent a whole object: then its UID is a precondition
    record Write(boolean status, boolean replace, boolean dryRun) {
        static final Write SPEC = new Write(false, false, false);
        static final Write STATUS = new Write(true, false, false);
    }

    ObjectNode get(Ref ref) {
        return store.get(ref.kind(), ref.key()).orElseThrow(() -> Refusal.notFound(ref.about()));
    }

    ObjectNode create(Kind kind, String namespace, ObjectNode body, boolean dryRun) {
        synchronized (store) {
            ObjectNode object = kind.blank();
            object.setAll(body);
            ObjectNode meta = Json.child(object, "metadata");
            if (meta.has("resourceVersion")) {
                throw Refusal.internal(
                        "resourceVersion should not be set on objects to be created");
            }
            meta.remove(OWNED);
            nameIt(kind, namespace, meta);
            Ref ref = Ref.of(kind, object);
            requireNamespace(ref);
            strategies.forCreate(kind, object);
            List<Cause> causes = nameCauses(kind, ref.key().name());
            causes.addAll(strategies.causes(kind, object));
            if (!causes.isEmpty()) {
                throw Refusal.invalid(ref.about(), causes);
            }
            if (store.get(kind, ref.key()).isPresent()) {
                throw Refusal.exists(ref.about());
            }
            meta.put("uid", uid()).put("creationTimestamp", now());
            if (kind.hasGeneration()) {
                meta.put("generation", 1);
            }
            return dryRun ? object : store.put(kind, object);
        }
    }

    /// Changes an object.
    ///
    /// @param edit gets a copy
    ObjectNode update(Ref ref, Write write, UnaryOperator<ObjectNode> edit) {
        synchronized (store) {
            ObjectNode before = get(ref);
            ObjectNode after = ref.kind().blank();
            after.setAll(edit.apply(before.deepCopy()));
            ObjectNode meta = Json.child(after, "metadata");
            List<Cause> causes = metaCauses(ref, write, before, meta);
            JsonNode old = before.path("metadata");
            for (String field : OWNED) {
                meta.set(field, old.path(field));
                if (!old.has(field)) {
                    meta.remove(field);
                }
            }
            keepOtherPart(ref.kind(), write, before, after);
            strategies.forUpdate(ref.kind(), write, after, before);
            causes.addAll(
                    write.status()
                            ? strategies.statusCauses(ref.kind(), after)
                            : strategies.updateCauses(ref.kind(), after, before));
            if (!causes.isEmpty()) {
                throw Refusal.invalid(ref.about(), causes);
            }
            if (ref.kind().hasGeneration() && !withoutMeta(before).equals(withoutMeta(after))) {
                meta.put("generation", Json.number(old, "generation") + 1);
            }
            if (after.equals(before) || write.dryRun()) {
                return after;
            }
            if (old.has("deletionTimestamp")
                    && meta.path("finalizers").isEmpty()
                    && Json.number(meta, "deletionGracePeriodSeconds") == 0) {
                store.put(ref.kind(), after);
                store.remove(ref.kind(), ref.key());
                return after;
            }
            return store.put(ref.kind(), after);
        }
    }

    /// Deletes an object: at once, or when its last finalizer is gone and its grace is over.
    ///
    /// @param options a DeleteOptions
    /// @return the object if it is still there, else a Status
    ObjectNode delete(Ref ref, JsonNode options, boolean dryRun) {
        synchronized (store) {
            ObjectNode before = get(ref);
            JsonNode meta = before.path("metadata");
            require(ref, options, meta, "uid");
            require(ref, options, meta, "resourceVersion");
            if (ref.kind() == Kind.NAMESPACE && KEPT_NAMESPACES.contains(ref.key().name())) {
                throw Refusal.forbidden(ref.about(), "this namespace may not be deleted");
            }
            int grace = grace(ref.kind(), before, options);
            boolean stays =
                    !meta.path("finalizers").isEmpty() || grace > 0 || ref.kind() == Kind.NAMESPACE;
            ObjectNode gone = Json.object("kind", "Status", "apiVersion", "v1");
            gone.putObject("metadata");
            gone.put("status", "Success")
                    .set("details", ref.about().details().put("uid", Json.text(meta, "uid")));
            if (dryRun || !stays) {
                if (!dryRun) {
                    store.remove(ref.kind(), ref.key());
                }
                return gone;
            }
            ObjectNode after = before.deepCopy();
            ObjectNode metaAfter = Json.child(after, "metadata");
            int graceBefore = Json.number(meta, "deletionGracePeriodSeconds");
            if (meta.has("deletionTimestamp") && grace >= graceBefore) {
                return after;
            }
            metaAfter.put("deletionTimestamp", instant().plusSeconds(grace).toString());
            metaAfter.put("deletionGracePeriodSeconds", grace);
            if (ref.kind() == Kind.NAMESPACE) {
                Json.child(after, "status").put("phase", "Terminating");
            }
            return store.put(ref.kind(), after);
        }
    }

    /// The end of a pod's grace, or of a namespace whose content is gone.
    void finish(Ref ref) {
        synchronized (store) {
            store.get(ref.kind(), ref.key())
                    .filter(object -> object.path("metadata").path("finalizers").isEmpty())
                    .ifPresent(_ -> store.remove(ref.kind(), ref.key()));
        }
    }

    String now() {
        return instant().toString();
    }

    private Instant instant() {
        return tasks.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private static int grace(Kind kind, ObjectNode before, JsonNode options) {
        if (kind != Kind.POD || Json.text(before, "spec.nodeName").isEmpty()) {
            return 0;
        }
        return Json.number(
                options.has("gracePeriodSeconds") ? options : before.path("spec"),
                options.has("gracePeriodSeconds")
                        ? "gracePeriodSeconds"
                        : "terminationGracePeriodSeconds");
    }

    private static void require(Ref ref, JsonNode options, JsonNode meta, String field) {
        String word = field.equals("uid") ? "UID" : "ResourceVersion";
        String wanted = Json.text(options, "preconditions." + field);
        String found = Json.text(meta, field);
        if (!wanted.isEmpty() && !wanted.equals(found)) {
            throw Refusal.conflict(
                    ref.about(),
                    "Precondition failed: %s in precondition: %s, %s in object meta: %s"
                            .formatted(word, wanted, word, found));
        }
    }

    private List<Cause> metaCauses(Ref ref, Write write, ObjectNode before, ObjectNode meta) {
        JsonNode old = before.path("metadata");
        List<Cause> causes = new ArrayList<>();
        String name = Json.text(meta, "name");
        if (!name.equals(ref.key().name())) {
            throw Refusal.badRequest(
                    "the name of the object (%s) does not match the name on the URL (%s)"
                            .formatted(name, ref.key().name()));
        }
        if (ref.kind().namespaced()) {
            meta.put("namespace", ref.key().namespace());
        }
        String uid = Json.text(meta, "uid");
        if (!uid.isEmpty() && !uid.equals(Json.text(old, "uid"))) {
            if (write.replace()) {
                throw Refusal.conflict(
                        ref.about(),
                        "Precondition failed: UID in precondition: %s, UID in object meta: %s"
                                .formatted(uid, Json.text(old, "uid")));
            }
            causes.add(Cause.invalid("metadata.uid", meta.path("uid"), "field is immutable"));
        }
        String version = Json.text(meta, "resourceVersion");
        if (version.isEmpty() && ref.kind().versioned() && write.replace()) {
            causes.add(
                    new Cause(
                            "metadata.resourceVersion",
                            "FieldValueInvalid",
                            "Invalid value: 0: must be specified for an update"));
        } else if (!version.isEmpty() && !version.equals(Json.text(old, "resourceVersion"))) {
            throw Refusal.conflict(
                    ref.about(),
                    "the object has been modified; please apply your changes to the latest version and try again");
        }
        Set<String> added = new TreeSet<>(Json.texts(meta, "finalizers"));
        added.removeAll(Json.texts(old, "finalizers"));
        if (old.has("deletionTimestamp") && !added.isEmpty()) {
            causes.add(
                    Cause.forbidden(
                            "metadata.finalizers",
                            "no new finalizers can be added if the object is being deleted, found new finalizers []string{%s}"
                                    .formatted(
                                            String.join(
                                                    ", ",
                                                    added.stream()
                                                            .map(f -> '"' + f + '"')
                                                            .toList()))));
        }
        return causes;
    }

    private static void keepOtherPart(Kind kind, Write write, ObjectNode before, ObjectNode after) {
        if (write.status()) {
            JsonNode status = after.path("status");
            JsonNode meta = after.path("metadata");
            after.setAll(before);
            after.set("metadata", meta);
            after.set("status", status.isMissingNode() ? Json.object() : status);
        } else if (kind.hasStatus()) {
            after.remove("status");
            if (before.has("status")) {
                after.set("status", before.path("status").deepCopy());
            }
        }
    }

    private static ObjectNode withoutMeta(ObjectNode object) {
        ObjectNode rest = object.deepCopy();
        return rest.remove(List.of("metadata", "status"));
    }

    private void nameIt(Kind kind, String namespace, ObjectNode meta) {
        String own = Json.text(meta, "namespace");
        if (!own.isEmpty() && !own.equals(namespace)) {
            throw Refusal.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
        if (kind.namespaced()) {
            meta.put("namespace", namespace);
        }
        String prefix = Json.text(meta, "generateName");
        if (Json.text(meta, "name").isEmpty() && !prefix.isEmpty()) {
            StringBuilder name =
                    new StringBuilder(
                            prefix.substring(0, Math.min(prefix.length(), PREFIX_CHARS_MAX)));
            for (int i = 0; i < 5; i++) {
                long random = tasks.random().getAsLong();
                name.append(RANDOM_LETTERS.charAt(Math.floorMod(random, RANDOM_LETTERS.length())));
            }
            meta.put("name", name.toString());
        }
    }

    private void requireNamespace(Ref ref) {
        if (!ref.kind().namespaced()) {
            return;
        }
        String namespace = ref.key().namespace();
        ObjectNode found = get(new Ref(Kind.NAMESPACE, new ObjectKey("", namespace)));
        if (found.path("metadata").has("deletionTimestamp")) {
            throw Refusal.forbidden(
                    ref.about(),
                    "unable to create new content in namespace %s because it is being terminated"
                            .formatted(namespace));
        }
    }

    private static List<Cause> nameCauses(Kind kind, String name) {
        List<Cause> causes = new ArrayList<>();
        String field = "metadata.name";
        JsonNode value = Json.object("name", name).path("name");
        if (name.isEmpty()) {
            causes.add(
                    new Cause(
                            field,
                            "FieldValueRequired",
                            "Required value: name or generateName is required"));
        } else if (kind == Kind.SERVICE
                && (name.length() > LABEL_CHARS_MAX
                        || !ServiceChecks.LABEL.matcher(name).matches())) {
            causes.add(
                    Cause.invalid(
                            field,
                            value,
                            name.length() > LABEL_CHARS_MAX
                                    ? "must be no more than 63 characters"
                                    : ServiceChecks.NO_LABEL));
        } else if (name.length() > NAME_CHARS_MAX || !SUBDOMAIN.matcher(name).matches()) {
            causes.add(
                    Cause.invalid(
                            field,
                            value,
                            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"));
        }
        return causes;
    }

    private String uid() {
        long version = 0x4000L;
        long variant = 0x8000_0000_0000_0000L;
        return new UUID(
                        (tasks.random().getAsLong() & ~0xF000L) | version,
                        (tasks.random().getAsLong() >>> 2) | variant)
                .toString();
    }
}
