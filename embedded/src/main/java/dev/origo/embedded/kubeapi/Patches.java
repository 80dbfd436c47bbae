package dev.origo.embedded.kubeapi;

import dev.origo.embedded.kubeapi.Schema.FieldType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The three kinds of patches. Pure: the object that is patched stays as it is.
final class Patches {
    static final String MERGE = "application/merge-patch+json";
    static final String JSON = "application/json-patch+json";
    static final String STRATEGIC = "application/strategic-merge-patch+json";
    static final List<String> ACCEPTED = List.of(JSON, MERGE, STRATEGIC);

    private static final String DIRECTIVE = "$patch";
    private static final String DELETE_VALUES = "$deleteFromPrimitiveList/";
    private static final String ORDER = "$setElementOrder/";
    private static final String RETAIN = "$retainKeys";

    private final Schema schema;

    Patches(Schema schema) {
        this.schema = schema;
    }

    /// @param contentType one of [#ACCEPTED]
    /// @throws Refusal 400 or 422 for a patch that cannot be applied
    ObjectNode apply(Kind kind, String contentType, byte[] patch, ObjectNode object) {
        JsonNode body = Json.parse(patch);
        ObjectNode copy = object.deepCopy();
        boolean list = contentType.equals(JSON);
        if (list != body.isArray() || (!list && !body.isObject())) {
            throw Refusal.badRequest(
                    "error decoding patch: it must be " + (list ? "a list" : "an object"));
        }
        JsonNode patched =
                switch (contentType) {
                    case MERGE -> merge(copy, body);
                    case STRATEGIC ->
                            strategic(new FieldType(kind.type()), copy, (ObjectNode) body);
                    default -> steps(copy, body);
                };
        if (patched instanceof ObjectNode result) {
            return result;
        }
        throw Refusal.badRequest("the patch leaves no object");
    }

    // --- RFC 7396

    private static JsonNode merge(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch.deepCopy();
        }
        ObjectNode result = target instanceof ObjectNode object ? object : Json.object();
        changes.forEachEntry((name, value) -> {
            if (value.isNull()) {
                result.remove(name);
            } else {
                result.set(name, merge(result.path(name), value));
            }
        });
        return result;
    }

    // --- strategic merge. Source: Kubernetes, apimachinery/pkg/util/strategicpatch/patch.go

    private ObjectNode strategic(FieldType type, ObjectNode target, ObjectNode patch) {
        switch (Json.text(patch, DIRECTIVE)) {
            case "replace" -> {
                ObjectNode all = patch.deepCopy();
                all.remove(DIRECTIVE);
                return all;
            }
            case "delete" -> {
                return Json.object();
            }
            default -> {}
        }
        if (patch.has(RETAIN)) {
            target.retain(Json.texts(patch, RETAIN));
        }
        patch.forEachEntry((name, value) -> {
            if (name.startsWith(DELETE_VALUES)) {
                deleteValues(target, name.substring(DELETE_VALUES.length()), value);
            } else if (value.isNull()) {
                target.remove(name);
            } else if (!name.startsWith("$")) {
                target.set(name, field(schema.field(type, name), target.path(name), value));
            }
        });
        patch.propertyNames().stream()
                .filter(name -> name.startsWith(ORDER))
                .forEach(name -> order(type, target, patch, name.substring(ORDER.length())));
        return target;
    }

    private JsonNode field(FieldType type, JsonNode before, JsonNode value) {
        if (value instanceof ObjectNode changes) {
            return strategic(type, before instanceof ObjectNode o ? o : Json.object(), changes);
        }
        if (!(value instanceof ArrayNode elements) || !type.merged()) {
            return value.deepCopy();
        }
        ArrayNode target = before instanceof ArrayNode array ? array : Json.array();
        return type.mergeKey().isEmpty()
                ? mergeValues(target, elements)
                : mergeElements(type, target, elements);
    }

    private static ArrayNode mergeValues(ArrayNode target, ArrayNode values) {
        List<JsonNode> merged = new ArrayList<>(target.values());
        values.values().stream().filter(value -> !merged.contains(value)).forEach(merged::add);
        return sorted(merged, target, values, Function.identity());
    }

    private ArrayNode mergeElements(FieldType type, ArrayNode target, ArrayNode elements) {
        String key = type.mergeKey();
        List<JsonNode> plain = new ArrayList<>();
        List<JsonNode> merged = new ArrayList<>(target.values());
        boolean replace = false;
        for (JsonNode element : elements) {
            String directive = Json.text(element, DIRECTIVE);
            JsonNode value = element.path(key);
            replace |= directive.equals("replace");
            if (value.isMissingNode() && !directive.equals("replace")) {
                throw Refusal.badRequest(
                        "map: %s does not contain declared merge key: %s"
                                .formatted(Json.string(element), key));
            }
            if (directive.equals("delete")) {
                merged.removeIf(old -> old.path(key).equals(value));
            } else if (directive.isEmpty()) {
                plain.add(element);
            }
        }
        if (replace) {
            return Json.array().addAll(plain);
        }
        for (JsonNode element : plain) {
            int at = indexOf(merged, key, element.path(key));
            ObjectNode old = at < 0 ? Json.object() : (ObjectNode) merged.get(at).deepCopy();
            JsonNode now = strategic(type.element(), old, (ObjectNode) element);
            if (at < 0) {
                merged.add(now);
            } else {
                merged.set(at, now);
            }
        }
        return sorted(merged, target, Json.array().addAll(plain), node -> node.path(key));
    }

    private static int indexOf(List<JsonNode> list, String key, JsonNode value) {
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i).path(key).equals(value)) {
                return i;
            }
        }
        return -1;
    }

    private static void deleteValues(ObjectNode target, String name, JsonNode values) {
        if (target.get(name) instanceof ArrayNode list) {
            List<JsonNode> kept = new ArrayList<>(list.values());
            kept.removeAll(values.values());
            target.set(name, Json.array().addAll(kept));
        }
    }

    private void order(FieldType type, ObjectNode target, ObjectNode patch, String name) {
        if (target.get(name) instanceof ArrayNode list
                && patch.get(ORDER + name) instanceof ArrayNode order) {
            String key = schema.field(type, name).mergeKey();
            target.set(
                    name,
                    sorted(
                            list.values(),
                            list,
                            order,
                            node -> node.isObject() ? node.path(key) : node));
        }
    }

    /// Elements that the patch names in its order, the others in the order that they had; where the
    /// two meet, the old order decides if it knows both, else the patch's element is first.
    private static ArrayNode sorted(
            Collection<JsonNode> merged,
            ArrayNode old,
            ArrayNode order,
            Function<JsonNode, JsonNode> key) {
        List<JsonNode> oldKeys = old.valueStream().map(key).toList();
        List<JsonNode> newKeys = order.valueStream().map(key).toList();
        ToIntFunction<JsonNode> oldIndex = node -> oldKeys.indexOf(key.apply(node));
        List<JsonNode> left =
                new ArrayList<>(
                        merged.stream().filter(n -> !newKeys.contains(key.apply(n))).toList());
        List<JsonNode> right =
                new ArrayList<>(
                        merged.stream()
                                .filter(n -> newKeys.contains(key.apply(n)))
                                .sorted(Comparator.comparingInt(n -> newKeys.indexOf(key.apply(n))))
                                .toList());
        ArrayNode result = Json.array();
        while (!left.isEmpty() && !right.isEmpty()) {
            int l = oldIndex.applyAsInt(left.getFirst());
            int r = oldIndex.applyAsInt(right.getFirst());
            result.add(l >= 0 && r >= 0 && l < r ? left.removeFirst() : right.removeFirst());
        }
        return result.addAll(left).addAll(right);
    }

    // --- RFC 6902

    private static JsonNode steps(ObjectNode object, JsonNode steps) {
        JsonNode root = object;
        for (JsonNode step : steps) {
            String operation = Json.text(step, "op");
            JsonPointer path = pointer(step, "path");
            JsonNode value = step.path("value");
            switch (operation) {
                case "test" -> {
                    if (!root.at(path).equals(value)) {
                        throw Refusal.unprocessable();
                    }
                }
                case "remove" -> remove(root, path);
                case "replace" -> { // The real one replaces in an object what is not there.
                    if (!root.at(path).isMissingNode()) {
                        remove(root, path);
                    }
                    add(root, path, value);
                }
                case "add" -> add(root, path, value);
                case "copy" -> add(root, path, require(root, pointer(step, "from")).deepCopy());
                case "move" -> {
                    JsonNode moved = require(root, pointer(step, "from"));
                    remove(root, pointer(step, "from"));
                    add(root, path, moved);
                }
                default -> throw Refusal.badRequest("Unexpected kind: " + operation);
            }
        }
        return root;
    }

    private static JsonPointer pointer(JsonNode step, String name) {
        try {
            return JsonPointer.compile(Json.text(step, name));
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("invalid JSON pointer: " + Json.text(step, name));
        }
    }

    private static JsonNode require(JsonNode root, JsonPointer path) {
        JsonNode node = root.at(path);
        if (node.isMissingNode()) {
            throw Refusal.unprocessable();
        }
        return node;
    }

    private static JsonPointer last(JsonPointer path) {
        if (path.matches()) { // the whole object
            throw Refusal.unprocessable();
        }
        return Objects.requireNonNull(path.last());
    }

    private static void remove(JsonNode root, JsonPointer path) {
        require(root, path);
        JsonPointer last = last(path);
        switch (root.at(path.head())) {
            case ObjectNode parent -> parent.remove(last.getMatchingProperty());
            case ArrayNode parent -> parent.remove(last.getMatchingIndex());
            default -> throw Refusal.unprocessable();
        }
    }

    private static void add(JsonNode root, JsonPointer path, JsonNode value) {
        JsonPointer last = last(path);
        switch (require(root, path.head())) {
            case ObjectNode parent -> parent.set(last.getMatchingProperty(), value.deepCopy());
            case ArrayNode parent -> {
                boolean end = last.getMatchingProperty().equals("-");
                int index = end ? parent.size() : last.getMatchingIndex();
                if (index < 0 || index > parent.size()) {
                    throw Refusal.unprocessable();
                }
                parent.insert(index, value.deepCopy());
            }
            default -> throw Refusal.unprocessable();
        }
    }
}
