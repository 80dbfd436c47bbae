package dev.origo.embedded.kubeapi;

import dev.origo.embedded.kubeapi.Registry.Ref;
import dev.origo.embedded.kubeapi.Registry.Write;
import dev.origo.embedded.kubeapi.Store.ObjectKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Requests of the Kubernetes API, without the wire.
///
/// Thread rule: any thread.
final class Rest {
    /// An OpenAPI document in protobuf that says `swagger: "2.0"` and no more. kubectl asks for it
    /// when it is given a List, and then leaves the checking to the server.
    private static final Plain OPENAPI_V2 =
            new Plain("application/com.github.proto-openapi.spec.v2.v1.0+protobuf", "\n\u00032.0");

    private static final int CREATED = 201;
    private static final int OK = 200;

    private final Registry registry;
    private final Schema schema = new Schema();
    private final Patches patches = new Patches(schema);
    private final Protobuf protobuf = new Protobuf(schema);
    private final Discovery discovery = new Discovery();

    Rest(Registry registry) {
        this.registry = registry;
    }

    /// @param query by name, decoded
    record Request(String method, String path, Map<String, String> query, Content content) {
        String query(String name) {
            return query.getOrDefault(name, "");
        }

        boolean watches() {
            return List.of("true", "1").contains(query("watch"));
        }
    }

    /// What a client sends, and in which form it wants the answer.
    static final class Content {
        private final String accept;
        private final String type;
        private final byte[] body;

        /// @param type of the body, without parameters; empty if the client does not say
        Content(String accept, String type, byte[] body) {
            this.accept = accept;
            this.type = type;
            this.body = body;
        }

        String accept() {
            return accept;
        }

        String type() {
            return type;
        }

        byte[] body() {
            return body;
        }
    }

    /// A body that is no JSON.
    record Plain(String type, String text) {}

    /// @param body a [JsonNode] or a [Plain]
    record Reply(int code, Object body, List<String> warnings) {
        static Reply ok(JsonNode body) {
            return new Reply(OK, body, List.of());
        }
    }

    /// What a path names.
    ///
    /// @param name empty for all; `sub` empty for the object itself
    record Target(Kind kind, String namespace, String name, String sub) {
        Ref ref() {
            return new Ref(kind.stored(), new ObjectKey(namespace, name));
        }
    }

    Reply answer(Request request) {
        if (List.of("/healthz", "/livez", "/readyz").contains(request.path())) {
            return new Reply(OK, new Plain("text/plain", "ok"), List.of());
        }
        if (request.path().equals("/openapi/v2")) {
            return new Reply(OK, OPENAPI_V2, List.of());
        }
        JsonNode said = discovery.at(request.path());
        if (!said.isMissingNode()) {
            return Reply.ok(said);
        }
        Target target = target(request.path());
        return switch (request.method()) {
            case "GET" ->
                    Reply.ok(
                            target.name().isEmpty() ? list(target, request) : get(target, request));
            case "POST" -> create(target, request);
            case "PUT" -> change(target, request, true);
            case "PATCH" -> change(target, request, false);
            case "DELETE" -> Reply.ok(delete(target, request));
            default -> throw Refusal.notAllowed();
        };
    }

    /// @throws Refusal 404 if it names nothing
    static Target target(String path) {
        List<String> words = new ArrayList<>(Arrays.asList(path.substring(1).split("/", -1)));
        int prefix = words.getFirst().equals("api") ? 2 : 3;
        if (words.size() <= prefix || !List.of("api", "apis").contains(words.getFirst())) {
            throw Refusal.noSuchPath();
        }
        String groupVersion = String.join("/", words.subList(1, prefix));
        words.subList(0, prefix).clear();
        String namespace = "";
        if (words.size() >= 3
                && words.getFirst().equals("namespaces")
                && Kind.byPlural(groupVersion, words.get(2)).isPresent()) {
            namespace = words.get(1);
            words.subList(0, 2).clear();
        }
        Kind kind = Kind.byPlural(groupVersion, words.getFirst()).orElseThrow(Refusal::noSuchPath);
        if (words.size() > 3 || (kind.namespaced() && namespace.isEmpty() && words.size() > 1)) {
            throw Refusal.noSuchPath();
        }
        String sub = words.size() > 2 ? words.get(2) : "";
        boolean known =
                sub.isEmpty()
                        || (sub.equals("status") && kind.hasStatus())
                        || (sub.equals("scale") && kind.hasScale());
        if (!known) {
            throw Refusal.noSuchPath();
        }
        return new Target(kind, namespace, words.size() > 1 ? words.get(1) : "", sub);
    }

    static Predicate<ObjectNode> selector(Target target, Request request) {
        Predicate<ObjectNode> selected =
                Selector.labels(request.query("labelSelector"))
                        .and(Selector.fields(request.query("fieldSelector")));
        return object ->
                (target.namespace().isEmpty()
                                || Json.text(object, "metadata.namespace")
                                        .equals(target.namespace()))
                        && (target.name().isEmpty()
                                || Json.text(object, "metadata.name").equals(target.name()))
                        && selected.test(object);
    }

    /// An object, or several, in the form that the client asks for.
    Optional<ObjectNode> table(Target target, Request request, List<ObjectNode> objects) {
        boolean wanted = request.content().accept().contains("as=Table");
        return wanted
                ? Optional.of(
                        new Tables(registry.tasks.clock().instant())
                                .table(target.kind(), objects, request.query("includeObject")))
                : Optional.empty();
    }

    private JsonNode list(Target target, Request request) {
        Kind kind = target.kind();
        Predicate<ObjectNode> selected = selector(target, request);
        List<ObjectNode> objects;
        long version;
        synchronized (registry.store) {
            version = registry.store.version();
            objects =
                    registry.store.list(kind.stored(), target.namespace()).stream()
                            .filter(selected)
                            .toList();
        }
        ObjectNode list =
                table(target, request, objects)
                        .orElseGet(() -> {
                            ObjectNode plain =
                                    Json.object(
                                            "kind",
                                            kind.kindName() + "List",
                                            "apiVersion",
                                            kind.apiVersion());
                            plain.set(
                                    "items", Json.array().addAll(EventNames.shown(kind, objects)));
                            return plain;
                        });
        list.putObject("metadata").put("resourceVersion", String.valueOf(version));
        return list;
    }

    private JsonNode get(Target target, Request request) {
        ObjectNode object = registry.get(target.ref());
        if (target.sub().equals("scale")) {
            return Scale.of(object);
        }
        return shown(target, request, object);
    }

    private JsonNode shown(Target target, Request request, ObjectNode object) {
        Optional<ObjectNode> table = table(target, request, List.of(object));
        table.ifPresent(t ->
                t.set(
                        "metadata",
                        Json.object(
                                "resourceVersion", Json.text(object, "metadata.resourceVersion"))));
        return table.map(JsonNode.class::cast)
                .orElseGet(() -> EventNames.shown(target.kind(), object));
    }

    private Reply create(Target target, Request request) {
        if (!target.name().isEmpty()) {
            throw Refusal.notAllowed();
        }
        List<String> warnings = new ArrayList<>();
        ObjectNode body = body(target, request, warnings);
        ObjectNode made = create(target.kind(), target.namespace(), body, dryRun(request));
        return new Reply(CREATED, shown(target, request, made), warnings);
    }

    /// Creates an object that was pruned.
    private ObjectNode create(Kind kind, String namespace, ObjectNode body, boolean dryRun) {
        return registry.create(kind.stored(), namespace, EventNames.stored(kind, body), dryRun);
    }

    /// Creates an object of the kind and in the namespace that it names itself.
    ObjectNode create(ObjectNode object) {
        Kind kind = kindOf(object);
        ObjectNode body = object.deepCopy();
        schema.prune(kind, body);
        String namespace = Json.text(body, "metadata.namespace");
        String place = kind.namespaced() && namespace.isEmpty() ? "default" : namespace;
        return create(kind, place, body, false);
    }

    static Kind kindOf(JsonNode object) {
        return Kind.byName(Json.text(object, "apiVersion"), Json.text(object, "kind"))
                .orElseThrow(() ->
                        Refusal.badRequest(
                                "no matches for kind \"%s\" in version \"%s\""
                                        .formatted(
                                                Json.text(object, "kind"),
                                                Json.text(object, "apiVersion"))));
    }

    private Reply change(Target target, Request request, boolean replace) {
        if (target.name().isEmpty()) {
            throw Refusal.notAllowed();
        }
        String type = request.content().type();
        if (!replace && !Patches.ACCEPTED.contains(type)) {
            throw Refusal.unsupportedType(Patches.ACCEPTED);
        }
        List<String> warnings = new ArrayList<>();
        Write write = new Write(target.sub().equals("status"), replace, dryRun(request));
        boolean scale = target.sub().equals("scale");
        Kind kind = target.kind();
        byte[] body = request.content().body();
        ObjectNode changed =
                registry.update(
                        target.ref(),
                        write,
                        before -> {
                            ObjectNode shown =
                                    scale ? Scale.of(before) : EventNames.shown(kind, before);
                            ObjectNode after =
                                    replace
                                            ? wholeObject(request)
                                            : patches.apply(kind, type, body, shown);
                            if (scale) {
                                return Scale.applied(after, before);
                            }
                            try {
                                pruned(kind, request, after, warnings);
                            } catch (Refusal refusal) {
                                throw replace ? refusal : refusal.ofPatch(body);
                            }
                            return EventNames.stored(kind, after);
                        });
        return new Reply(OK, scale ? Scale.of(changed) : shown(target, request, changed), warnings);
    }

    private JsonNode delete(Target target, Request request) {
        boolean json = request.content().type().equals("application/json");
        JsonNode options = json ? Json.parse(request.content().body()) : Json.object();
        if (!target.name().isEmpty()) {
            return registry.delete(target.ref(), options, dryRun(request));
        }
        JsonNode gone =
                list(
                        target,
                        new Request(
                                "GET",
                                request.path(),
                                request.query(),
                                new Content("", "", new byte[0])));
        Predicate<ObjectNode> selected = selector(target, request);
        for (ObjectNode object : registry.store.list(target.kind().stored(), target.namespace())) {
            if (selected.test(object)) {
                registry.delete(Ref.of(target.kind().stored(), object), options, dryRun(request));
            }
        }
        return gone;
    }

    private ObjectNode body(Target target, Request request, List<String> warnings) {
        ObjectNode body = wholeObject(request);
        Kind kind = target.kind();
        String apiVersion = Json.text(body, "apiVersion");
        String kindName = Json.text(body, "kind");
        if (!apiVersion.equals(kind.apiVersion()) || !kindName.equals(kind.kindName())) {
            throw Refusal.badRequest(
                    "the object provided is of kind %s in version %s, this is the place of %s in version %s"
                            .formatted(kindName, apiVersion, kind.kindName(), kind.apiVersion()));
        }
        return pruned(kind, request, body, warnings);
    }

    private ObjectNode wholeObject(Request request) {
        String type = request.content().type();
        if (type.equals(Protobuf.CONTENT_TYPE)) {
            return protobuf.object(request.content().body());
        }
        if (!type.isEmpty() && !type.equals("application/json")) {
            throw Refusal.unsupportedType(List.of("application/json", Protobuf.CONTENT_TYPE));
        }
        if (Json.parse(request.content().body()) instanceof ObjectNode object) {
            return object;
        }
        throw Refusal.badRequest("the object provided is unrecognized (must be an object)");
    }

    private ObjectNode pruned(
            Kind kind, Request request, ObjectNode object, List<String> warnings) {
        List<String> unknown =
                schema.prune(kind, object).stream().map("unknown field \"%s\""::formatted).toList();
        if (!unknown.isEmpty() && request.query("fieldValidation").equals("Strict")) {
            throw Refusal.badRequest(
                    "%s in version \"v1\" cannot be handled as a %s: strict decoding error: %s"
                            .formatted(
                                    kind.kindName(), kind.kindName(), String.join(", ", unknown)));
        }
        if (!request.query("fieldValidation").equals("Ignore")) {
            warnings.addAll(unknown);
        }
        return object;
    }

    private static boolean dryRun(Request request) {
        return request.query("dryRun").equals("All");
    }

    /// The subresource `scale` of a Deployment.
    private static final class Scale {
        private Scale() {}

        static ObjectNode of(ObjectNode deployment) {
            ObjectNode scale = Json.object("kind", "Scale", "apiVersion", "autoscaling/v1");
            ObjectNode meta = ((ObjectNode) deployment.path("metadata")).deepCopy();
            meta.retain("name", "namespace", "uid", "resourceVersion", "creationTimestamp");
            scale.set("metadata", meta);
            scale.putObject("spec").put("replicas", Json.number(deployment, "spec.replicas"));
            ArrayNode labels = Json.array();
            Json.at(deployment, "spec.selector.matchLabels")
                    .properties()
                    .forEach(e -> labels.add(e.getKey() + "=" + e.getValue().asString()));
            scale.putObject("status")
                    .put("replicas", Json.number(deployment, "status.replicas"))
                    .put(
                            "selector",
                            String.join(
                                    ",", labels.valueStream().map(JsonNode::asString).toList()));
            return scale;
        }

        /// The Deployment with the replicas of the Scale, and its resourceVersion as precondition.
        static ObjectNode applied(ObjectNode scale, ObjectNode deployment) {
            JsonNode version = Json.at(scale, "metadata.resourceVersion");
            Json.child(deployment, "spec").put("replicas", Json.number(scale, "spec.replicas"));
            if (version.isString()) {
                Json.child(deployment, "metadata").set("resourceVersion", version);
            }
            return deployment;
        }
    }
}
