package dev.origo.embedded.kubeapi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The fields of all types that are served, with their types and merge keys, from `schema.txt`: one
/// type a line, `name field:type ...`, where a type may end with `{}` (map), `[]` (list), `[]@key`
/// (list merged by key) or `[]@` (list merged by value). Source: Kubernetes 1.36.3,
/// api/openapi-spec/swagger.json, by `embedded/schema.py`.
///
/// Thread rule: any thread; immutable.
final class Schema {
    /// The type of a field or element.
    ///
    /// @param name of a type of the schema, or `string`, `integer`, `number`, `boolean`, `bytes`,
    ///   `time`, `quantity`, `int-or-string`, `any`
    record FieldType(String name) {
        static final FieldType ANY = new FieldType("any");

        boolean plain() {
            return name.endsWith("?");
        }

        boolean list() {
            return name.contains("[]");
        }

        boolean map() {
            return name.endsWith("{}");
        }

        boolean merged() {
            return name.contains("[]@");
        }

        /// Of a list that is merged; empty if by value.
        String mergeKey() {
            return name.substring(name.indexOf('@') + 1);
        }

        FieldType element() {
            return new FieldType(name.substring(0, name.lastIndexOf(list() ? "[]" : "{}")));
        }
    }

    private final Map<String, Map<String, FieldType>> fieldsByType = new HashMap<>();
    private final Map<String, Map<String, String>> namesByType = new HashMap<>();

    Schema() {
        try (var in = Objects.requireNonNull(Schema.class.getResourceAsStream("schema.txt"));
                var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                Map<String, FieldType> fields = new LinkedHashMap<>();
                Map<String, String> places = new HashMap<>();
                for (int i = 1; i < words.length; i++) {
                    int equals = words[i].indexOf('=');
                    int colon = words[i].indexOf(':');
                    String name = words[i].substring(0, equals);
                    fields.put(name, new FieldType(words[i].substring(colon + 1)));
                    places.put(words[i].substring(equals + 1, colon), name);
                }
                fieldsByType.put(words[0], fields);
                namesByType.put(words[0], places);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The type of a field; [FieldType#ANY] where the schema does not tell.
    FieldType field(FieldType type, String name) {
        if (type.map()) {
            return type.element();
        }
        return fieldsByType.getOrDefault(type.name(), Map.of()).getOrDefault(name, FieldType.ANY);
    }

    /// Names of the type's fields by their numbers in protobuf.
    Map<String, String> names(FieldType type) {
        return namesByType.getOrDefault(type.name(), Map.of());
    }

    /// Takes out what the real API server would not store: unknown fields, nulls, and empty lists,
    /// maps and texts.
    ///
    /// @return paths of unknown fields
    /// @throws Refusal 400 if a value has the wrong type
    List<String> prune(Kind kind, ObjectNode object) {
        List<String> unknown = new ArrayList<>();
        new Pruning(kind, unknown).object(new FieldType(kind.type()), object, "");
        return unknown;
    }

    private final class Pruning {
        private final Kind kind;
        private final List<String> unknown;

        private Pruning(Kind kind, List<String> unknown) {
            this.kind = kind;
            this.unknown = unknown;
        }

        void object(FieldType type, ObjectNode object, String path) {
            Map<String, FieldType> fields = fieldsByType.getOrDefault(type.name(), Map.of());
            boolean free = type.map() || fields.isEmpty();
            for (String name : List.copyOf(object.propertyNames())) {
                String at = path.isEmpty() ? name : path + "." + name;
                JsonNode value = Objects.requireNonNull(object.get(name));
                if (!free && !fields.containsKey(name)) {
                    unknown.add(at);
                    object.remove(name);
                    continue;
                }
                FieldType fieldType = field(type, name);
                check(fieldType, value, at);
                boolean zero = List.of("", "0", "false").contains(value.asString(""));
                boolean empty =
                        value.isNull()
                                || (fieldType.plain() && zero)
                                || ((fieldType.list() || fieldType.map()) && value.isEmpty());
                if (empty && !fieldType.equals(FieldType.ANY)) {
                    object.remove(name);
                }
            }
        }

        private void check(FieldType type, JsonNode value, String path) {
            if (value.isNull() || type.equals(FieldType.ANY)) {
                return;
            }
            if (type.list()) {
                require(value.isArray(), type, value, path);
                ArrayNode array = (ArrayNode) value;
                for (int i = 0; i < array.size(); i++) {
                    check(
                            type.element(),
                            Objects.requireNonNull(array.get(i)),
                            path + "[" + i + "]");
                }
                return;
            }
            boolean fits =
                    switch (type.name().replace("?", "")) {
                        case "string", "time", "bytes" -> value.isString();
                        case "quantity" -> value.isString() || value.isNumber();
                        case "integer" -> value.isIntegralNumber();
                        case "number" -> value.isNumber();
                        case "boolean" -> value.isBoolean();
                        case "int-or-string" -> value.isIntegralNumber() || value.isString();
                        default -> value.isObject();
                    };
            require(fits, type, value, path);
            if (value instanceof ObjectNode object) {
                object(type, object, path);
            }
        }

        private void require(boolean holds, FieldType type, JsonNode value, String path) {
            if (!holds) {
                throw Refusal.badRequest(
                        "%s in version \"v1\" cannot be handled as a %s: json: cannot unmarshal %s into Go struct field %s.%s of type %s"
                                .formatted(
                                        kind.kindName(),
                                        kind.kindName(),
                                        value.getNodeType().name().toLowerCase(Locale.ROOT),
                                        kind.kindName(),
                                        path,
                                        type.name().replaceAll("[@?].*", "")));
            }
        }
    }
}
