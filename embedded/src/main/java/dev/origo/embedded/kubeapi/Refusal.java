package dev.origo.embedded.kubeapi;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The API server's refusal of a request: a Status of the Kubernetes API, in the words of the real
/// one. Source: Kubernetes, apimachinery/pkg/api/errors and pkg/util/validation/field.
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;
    private final transient ObjectNode details;

    private Refusal(int code, String reason, String message, ObjectNode details) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.details = details;
    }

    private Refusal(int code, String reason, String message) {
        this(code, reason, message, Json.object());
    }

    /// A field that breaks a rule.
    record Cause(String field, String reason, String message) {
        static Cause invalid(String field, JsonNode value, String detail) {
            return new Cause(
                    field,
                    "FieldValueInvalid",
                    "Invalid value: %s: %s"
                            .formatted(
                                    value.isMissingNode() ? "null" : Json.string(value), detail));
        }

        static Cause required(String field) {
            return new Cause(field, "FieldValueRequired", "Required value");
        }

        static Cause forbidden(String field, String detail) {
            return new Cause(field, "FieldValueForbidden", "Forbidden: " + detail);
        }

        static Cause duplicate(String field, JsonNode value) {
            return new Cause(
                    field, "FieldValueDuplicate", "Duplicate value: " + Json.string(value));
        }

        static Cause unsupported(String field, String value, List<String> supported) {
            return new Cause(
                    field,
                    "FieldValueNotSupported",
                    "Unsupported value: \"%s\": supported values: %s"
                            .formatted(
                                    value,
                                    supported.stream()
                                            .map(word -> '"' + word + '"')
                                            .collect(Collectors.joining(", "))));
        }
    }

    /// Of which object it is said.
    record About(Kind kind, String name) {
        ObjectNode details() {
            ObjectNode details = Json.object("name", name);
            if (!kind.group().isEmpty()) {
                details.put("group", kind.group());
            }
            return details.put("kind", kind.plural());
        }

        String quoted() {
            return "%s \"%s\"".formatted(kind.resource(), name);
        }
    }

    static Refusal notFound(About about) {
        return new Refusal(404, "NotFound", about.quoted() + " not found", about.details());
    }

    static Refusal noSuchPath() {
        return new Refusal(404, "NotFound", "the server could not find the requested resource");
    }

    static Refusal exists(About about) {
        return new Refusal(
                409, "AlreadyExists", about.quoted() + " already exists", about.details());
    }

    static Refusal conflict(About about, String what) {
        return new Refusal(
                409,
                "Conflict",
                "Operation cannot be fulfilled on %s: %s".formatted(about.quoted(), what),
                about.details());
    }

    static Refusal forbidden(About about, String what) {
        return new Refusal(
                403,
                "Forbidden",
                "%s is forbidden: %s".formatted(about.quoted(), what),
                about.details());
    }

    static Refusal invalid(About about, List<Cause> causes) {
        ObjectNode details = about.details().put("kind", about.kind().kindName());
        ArrayNode list = details.putArray("causes");
        for (Cause cause : causes) {
            list.add(
                    Json.object(
                            "reason", cause.reason(),
                            "message", cause.message(),
                            "field", cause.field()));
        }
        String all =
                causes.stream()
                        .map(cause -> cause.field() + ": " + cause.message())
                        .distinct()
                        .collect(Collectors.joining(", "));
        return new Refusal(
                422,
                "Invalid",
                "%s \"%s\" is invalid: %s"
                        .formatted(
                                about.kind().qualifiedName(),
                                about.name(),
                                causes.size() == 1 ? all : "[" + all + "]"),
                details);
    }

    static Refusal unprocessable() {
        return new Refusal(
                422, "Invalid", "the server rejected our request due to an error in our request");
    }

    /// What is refused of an object -> the same of the patch that made it so.
    Refusal ofPatch(byte[] patch) {
        String message = String.valueOf(getMessage());
        String why = message.substring(message.indexOf(": ") + 2);
        JsonNode text = Json.object("text", new String(patch, StandardCharsets.UTF_8)).path("text");
        Cause cause = Cause.invalid("patch", text, why);
        ObjectNode about = Json.object();
        about.putArray("causes")
                .addObject()
                .put("reason", cause.reason())
                .put("message", cause.message())
                .put("field", "patch");
        return new Refusal(422, "Invalid", " \"\" is invalid: patch: " + cause.message(), about);
    }

    static Refusal badRequest(String message) {
        return new Refusal(400, "BadRequest", message);
    }

    static Refusal outsider(String message) {
        return new Refusal(403, "Forbidden", message);
    }

    static Refusal expired(long version, long oldest) {
        return new Refusal(
                410, "Expired", "too old resource version: %d (%d)".formatted(version, oldest));
    }

    static Refusal notAllowed() {
        return new Refusal(
                405,
                "MethodNotAllowed",
                "the server does not allow this method on the requested resource");
    }

    static Refusal tooLarge(int bytesMax) {
        return new Refusal(
                413, "RequestEntityTooLarge", "Request entity too large: limit is " + bytesMax);
    }

    static Refusal unsupportedType(List<String> accepted) {
        return new Refusal(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: "
                        + String.join(", ", accepted));
    }

    static Refusal internal(String message) {
        return new Refusal(500, "InternalError", message);
    }

    /// HTTP status.
    public int code() {
        return code;
    }

    /// As the Kubernetes API names it, such as `NotFound`.
    public String reason() {
        return reason;
    }

    /// The body of the answer.
    ObjectNode status() {
        ObjectNode status = Json.object("kind", "Status", "apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Failure").put("message", getMessage()).put("reason", reason);
        if (!details.isEmpty()) {
            status.set("details", details);
        }
        return status.put("code", code);
    }
}
