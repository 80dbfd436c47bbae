package dev.origo.embedded.kubeapi;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reading and writing JSON trees. Text is written in ASCII: a watch of fabric8 8.0.0 over plain
/// HTTP breaks after an event with anything else.
final class Json {
    private Json() {}

    /// Loaded when first used: it is most of what a cold start would cost.
    private static final class Wire {
        private static final JsonMapper MAPPER =
                JsonMapper.builder(
                                JsonFactory.builder()
                                        .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                                        .build())
                        .build();
    }

    /// Loads what the first request would else wait for.
    static void load() {
        parse(bytes(object()));
    }

    /// @throws Refusal 400 if it is not JSON
    static JsonNode parse(byte[] body) {
        try {
            return Wire.MAPPER.readTree(body);
        } catch (JacksonException e) {
            throw Refusal.badRequest(
                    "the object provided is unrecognized (must be of type JSON): "
                            + e.getOriginalMessage());
        }
    }

    static byte[] bytes(JsonNode node) {
        return Wire.MAPPER.writeValueAsBytes(node);
    }

    static String string(JsonNode node) {
        return new String(bytes(node), StandardCharsets.US_ASCII);
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /// The strings as a list.
    static ArrayNode array(Iterable<String> texts) {
        ArrayNode array = array();
        texts.forEach(array::add);
        return array;
    }

    /// Keys and texts in turn.
    static ObjectNode object(String... keysAndTexts) {
        ObjectNode object = object();
        for (int i = 0; i < keysAndTexts.length; i += 2) {
            object.put(keysAndTexts[i], keysAndTexts[i + 1]);
        }
        return object;
    }

    /// The node at a path of names joined with `.`; a missing node if there is none.
    static JsonNode at(JsonNode node, String path) {
        JsonNode found = node;
        for (String name : path.split("\\.", -1)) {
            found = found.path(name);
        }
        return found;
    }

    /// The scalar there as text; empty if there is none.
    static String text(JsonNode node, String path) {
        JsonNode found = at(node, path);
        return found.isValueNode() && !found.isNull() ? found.asString() : "";
    }

    /// The number there; 0 if there is none.
    static int number(JsonNode node, String path) {
        return number(at(node, path));
    }

    /// The number; 0 if it is none, or too large.
    static int number(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToInt() ? node.intValue() : 0;
    }

    static Stream<JsonNode> stream(JsonNode node, String path) {
        return at(node, path).valueStream();
    }

    static List<String> texts(JsonNode node, String path) {
        return stream(node, path).map(JsonNode::asString).toList();
    }

    /// The object of this name, made if it is not there.
    static ObjectNode child(ObjectNode parent, String name) {
        return parent.get(name) instanceof ObjectNode child ? child : parent.putObject(name);
    }
}
