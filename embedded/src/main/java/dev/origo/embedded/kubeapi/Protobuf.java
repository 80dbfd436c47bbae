package dev.origo.embedded.kubeapi;

import dev.origo.embedded.kubeapi.Schema.FieldType;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Objects in protobuf -> JSON. kubectl's typed commands (`create deployment`, `create configmap`
/// ...) send nothing else; they take JSON as the answer. Source: Kubernetes API concepts, "Protobuf
/// encoding"; protobuf.dev, Encoding.
final class Protobuf {
    static final String CONTENT_TYPE = "application/vnd.kubernetes.protobuf";

    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int DEPTH_MAX = 50;

    private final Schema schema;

    Protobuf(Schema schema) {
        this.schema = schema;
    }

    /// @throws Refusal 400 if it cannot be read
    ObjectNode object(byte[] body) {
        try {
            if (!Arrays.equals(MAGIC, 0, 4, body, 0, Math.min(4, body.length))) {
                throw new IllegalArgumentException("it does not begin with k8s and a zero");
            }
            ByteBuffer unknown = ByteBuffer.wrap(body, MAGIC.length, body.length - MAGIC.length);
            ObjectNode object = Json.object();
            ByteBuffer raw = ByteBuffer.allocate(0);
            while (unknown.hasRemaining()) {
                long tag = varint(unknown);
                if (tag == 10) { // 1: apiVersion and kind
                    ByteBuffer type = part(unknown);
                    while (type.hasRemaining()) {
                        object.put(varint(type) == 10 ? "apiVersion" : "kind", text(part(type)));
                    }
                } else if (tag == 18) { // 2: the object
                    raw = part(unknown);
                } else {
                    skip(unknown, tag);
                }
            }
            Optional<Kind> kind =
                    Kind.byName(Json.text(object, "apiVersion"), Json.text(object, "kind"));
            kind.ifPresent(found -> object.setAll(found.blank()));
            if (kind.isPresent()) {
                message(new Message(new FieldType(kind.get().type()), "", 0), raw, object);
            }
            return object;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw Refusal.badRequest("the protobuf body cannot be read: " + e.getMessage());
        }
    }

    /// @param prefix of the numbers, in a message that the JSON has not
    private record Message(FieldType type, String prefix, int depth) {
        Message field(FieldType field) {
            if (depth >= DEPTH_MAX) {
                throw new IllegalArgumentException("nested deeper than " + DEPTH_MAX);
            }
            return new Message(field, "", depth + 1);
        }
    }

    private void message(Message message, ByteBuffer in, ObjectNode into) {
        while (in.hasRemaining()) {
            long tag = varint(in);
            String number = message.prefix() + (tag >>> 3);
            String name = schema.names(message.type()).get(number);
            boolean inline =
                    schema.names(message.type()).keySet().stream()
                            .anyMatch(known -> known.startsWith(number + "."));
            if (name != null) {
                field(message.field(schema.field(message.type(), name)), in, into, name);
            } else if (inline) {
                message(new Message(message.type(), number + ".", message.depth()), part(in), into);
            } else {
                skip(in, tag);
            }
        }
    }

    private void field(Message field, ByteBuffer in, ObjectNode into, String name) {
        FieldType type = field.type();
        if (type.list()) {
            into.withArray(name).add(value(field.field(type.element()), in));
        } else if (type.map()) {
            ByteBuffer entry = part(in);
            String key = "";
            JsonNode value = NODES.stringNode("");
            while (entry.hasRemaining()) {
                if (varint(entry) >>> 3 == 1) {
                    key = text(part(entry));
                } else {
                    value = value(field.field(type.element()), entry);
                }
            }
            Json.child(into, name).set(key, value);
        } else {
            into.set(name, value(field, in));
        }
    }

    private JsonNode value(Message field, ByteBuffer in) {
        return switch (field.type().name().replace("?", "")) {
            case "integer" -> integer(varint(in));
            case "boolean" -> NODES.booleanNode(varint(in) != 0);
            case "string" -> NODES.stringNode(text(part(in)));
            case "bytes" -> NODES.stringNode(Base64.getEncoder().encodeToString(bytes(part(in))));
            case "quantity", "int-or-string", "time" -> special(field.type().name(), part(in));
            default -> {
                ObjectNode object = Json.object();
                message(field, part(in), object);
                yield object;
            }
        };
    }

    /// Types that are messages in protobuf and scalars in JSON.
    private static JsonNode special(String type, ByteBuffer in) {
        long[] numbers = new long[3];
        String text = "";
        boolean given = in.hasRemaining();
        while (in.hasRemaining()) {
            long tag = varint(in);
            if ((tag & 7) == 2) {
                text = text(part(in));
            } else {
                numbers[Math.toIntExact(tag >>> 3) % numbers.length] = varint(in);
            }
        }
        if (type.equals("time")) {
            return given
                    ? NODES.stringNode(Instant.ofEpochSecond(numbers[1], numbers[2]).toString())
                    : NODES.nullNode();
        }
        boolean number = type.equals("int-or-string") && numbers[1] == 0;
        return number ? integer(numbers[2]) : NODES.stringNode(text);
    }

    private static JsonNode integer(long value) {
        return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number is longer than 64 bits");
    }

    private static ByteBuffer part(ByteBuffer in) {
        long length = varint(in);
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a part ends behind the end");
        }
        ByteBuffer part = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return part;
    }

    private static void skip(ByteBuffer in, long tag) {
        switch ((int) (tag & 7)) {
            case 0 -> varint(in);
            case 1 -> in.position(in.position() + Long.BYTES);
            case 2 -> part(in);
            case 5 -> in.position(in.position() + Integer.BYTES);
            default -> throw new IllegalArgumentException("wire type " + (tag & 7));
        }
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }
}
