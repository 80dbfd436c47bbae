package dev.origo.embedded.kubeapi;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An event of the core group <-> the same event of events.k8s.io. Pure. Source: Kubernetes,
/// pkg/apis/events/v1/conversion.go.
final class EventNames {
    private static final Map<String, String> NEW_BY_CORE =
            Map.of(
                    "involvedObject", "regarding",
                    "message", "note",
                    "reportingComponent", "reportingController",
                    "source", "deprecatedSource",
                    "firstTimestamp", "deprecatedFirstTimestamp",
                    "lastTimestamp", "deprecatedLastTimestamp",
                    "count", "deprecatedCount");

    private EventNames() {}

    /// An object as it is stored -> as the kind shows it.
    static ObjectNode shown(Kind kind, ObjectNode object) {
        if (kind != Kind.NEW_EVENT) {
            return object;
        }
        ObjectNode event = object.deepCopy();
        NEW_BY_CORE.forEach((core, fresh) -> move(event, core, fresh));
        return event.put("apiVersion", kind.apiVersion());
    }

    /// The inverse of [#shown].
    static ObjectNode stored(Kind kind, ObjectNode object) {
        if (kind == Kind.NEW_EVENT) {
            NEW_BY_CORE.forEach((core, fresh) -> move(object, fresh, core));
            object.put("apiVersion", Kind.EVENT.apiVersion());
        }
        return object;
    }

    static List<ObjectNode> shown(Kind kind, List<ObjectNode> objects) {
        return objects.stream().map(object -> shown(kind, object)).toList();
    }

    private static void move(ObjectNode event, String from, String to) {
        JsonNode value = event.remove(from);
        if (value != null) {
            event.set(to, value);
        }
    }
}
