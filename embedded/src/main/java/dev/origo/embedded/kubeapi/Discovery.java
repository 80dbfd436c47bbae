package dev.origo.embedded.kubeapi;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the server says about itself, by path. Pure. Source: Kubernetes 1.36, discovery API.
///
/// OpenAPI says only what kubectl asks it: that the server itself checks fields. kubectl has the
/// types built in.
final class Discovery {
    static final String VERSION = "v1.36.3";
    private static final List<String> VERBS =
            List.of(
                    "create",
                    "delete",
                    "deletecollection",
                    "get",
                    "list",
                    "patch",
                    "update",
                    "watch");
    private static final List<String> SUB_VERBS = List.of("get", "patch", "update");

    private final Map<String, JsonNode> byPath = new TreeMap<>();

    Discovery() {
        byPath.put(
                "/version",
                Json.object(
                        "major", "1",
                        "minor", "36",
                        "gitVersion", VERSION + "+origo",
                        "gitTreeState", "clean",
                        "goVersion", "none",
                        "compiler", "javac",
                        "platform", "jvm"));
        ObjectNode core = Json.object("kind", "APIVersions");
        core.set("versions", Json.array(List.of("v1")));
        byPath.put("/api", core);
        byPath.put("/api/v1", resources("v1"));
        ObjectNode groups = Json.object("kind", "APIGroupList", "apiVersion", "v1");
        ArrayNode list = groups.putArray("groups");
        ObjectNode openApi = Json.object();
        ObjectNode paths = openApi.putObject("paths");
        document(paths, "api/v1", "v1");
        for (String groupVersion : Kind.groupVersions()) {
            String name = groupVersion.substring(0, groupVersion.indexOf('/'));
            ObjectNode version = Json.object("groupVersion", groupVersion, "version", "v1");
            ObjectNode group = Json.object("name", name);
            group.putArray("versions").add(version);
            list.add(group.set("preferredVersion", version));
            byPath.put(
                    "/apis/" + name,
                    group.deepCopy().put("kind", "APIGroup").put("apiVersion", "v1"));
            byPath.put("/apis/" + groupVersion, resources(groupVersion));
            document(paths, "apis/" + groupVersion, groupVersion);
        }
        byPath.put("/apis", groups);
        byPath.put("/openapi/v3", openApi);
    }

    /// A missing node where nothing is said.
    JsonNode at(String path) {
        return byPath.getOrDefault(path, Json.object().path("none"));
    }

    private static ObjectNode resources(String groupVersion) {
        ObjectNode list =
                Json.object(
                        "kind", "APIResourceList",
                        "apiVersion", "v1",
                        "groupVersion", groupVersion);
        ArrayNode resources = list.putArray("resources");
        for (Kind kind : Kind.of(groupVersion)) {
            ObjectNode resource = resource(kind, "", VERBS);
            if (!kind.shortName().isEmpty()) {
                resource.set("shortNames", Json.array(List.of(kind.shortName())));
            }
            if (kind.inAll()) {
                resource.set("categories", Json.array(List.of("all")));
            }
            resources.add(resource);
            if (kind.hasStatus()) {
                resources.add(resource(kind, "/status", SUB_VERBS));
            }
            if (kind.hasScale()) {
                resources.add(
                        resource(kind, "/scale", SUB_VERBS)
                                .put("group", "autoscaling")
                                .put("version", "v1")
                                .put("kind", "Scale"));
            }
        }
        return list;
    }

    private static ObjectNode resource(Kind kind, String sub, List<String> verbs) {
        ObjectNode resource =
                Json.object(
                        "name",
                        kind.plural() + sub,
                        "singularName",
                        sub.isEmpty() ? kind.kindName().toLowerCase(Locale.ROOT) : "");
        resource.put("namespaced", kind.namespaced()).put("kind", kind.kindName());
        resource.set("verbs", Json.array(verbs));
        return resource;
    }

    private void document(ObjectNode index, String path, String groupVersion) {
        index.putObject(path).put("serverRelativeURL", "/openapi/v3/" + path);
        ObjectNode document = Json.object("openapi", "3.0.0");
        document.putObject("info").put("title", "Kubernetes").put("version", VERSION);
        ObjectNode paths = document.putObject("paths");
        for (Kind kind : Kind.of(groupVersion)) {
            String place = kind.namespaced() ? "/namespaces/{namespace}/" : "/";
            ObjectNode patch =
                    paths.putObject("/" + path + place + kind.plural() + "/{name}")
                            .putObject("patch");
            patch.putObject("responses");
            patch.putArray("parameters")
                    .addObject()
                    .put("name", "fieldValidation")
                    .put("in", "query")
                    .putObject("schema")
                    .put("type", "string");
            patch.put("x-kubernetes-action", "patch");
            patch.putObject("x-kubernetes-group-version-kind")
                    .put("group", kind.group())
                    .put("version", "v1")
                    .put("kind", kind.kindName());
        }
        byPath.put("/openapi/v3/" + path, document);
    }
}
