package dev.origo.embedded.kubeapi;

import static dev.origo.embedded.kubeapi.Json.number;
import static dev.origo.embedded.kubeapi.Json.text;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The columns that kubectl shows. Pure. Source: Kubernetes,
/// pkg/printers/internalversion/printers.go.
final class Tables {
    private static final String NONE = "<none>";
    private static final int SHOWN_MAX = 3;
    private static final String ROLE = "node-role.kubernetes.io/";

    private final Instant now;

    Tables(Instant now) {
        this.now = now;
    }

    /// @param include what stands beside the cells: `Object`, `Metadata` or `None`
    ObjectNode table(Kind kind, List<ObjectNode> objects, String include) {
        ObjectNode table = Json.object("kind", "Table", "apiVersion", "meta.k8s.io/v1");
        table.putObject("metadata");
        List<String> columns = columns(kind);
        ArrayNode definitions = table.putArray("columnDefinitions");
        for (String column : columns) {
            String name = column.replace("+", "");
            boolean number = List.of("Up-to-date", "Available", "Data").contains(name);
            definitions
                    .addObject()
                    .put("name", name)
                    .put("type", number ? "integer" : "string")
                    .put("format", name.equals("Name") ? "name" : "")
                    .put("description", name)
                    .put("priority", column.startsWith("+") ? 1 : 0);
        }
        ArrayNode rows = table.putArray("rows");
        for (ObjectNode object : objects) {
            ObjectNode row = rows.addObject();
            ArrayNode cells = row.putArray("cells");
            for (Object cell : cells(kind, object)) {
                if (cell instanceof Integer number) {
                    cells.add(number);
                } else {
                    cells.add(cell.toString());
                }
            }
            switch (include) {
                case "None" -> {}
                case "Object" -> row.set("object", object);
                default ->
                        row.putObject("object")
                                .put("kind", "PartialObjectMetadata")
                                .put("apiVersion", "meta.k8s.io/v1")
                                .set("metadata", object.path("metadata"));
            }
        }
        return table;
    }

    /// Those with `+` are shown with `-o wide` only.
    private static List<String> columns(Kind kind) {
        String columns =
                switch (kind) {
                    case SERVICE -> "Name,Type,Cluster-IP,External-IP,Port(s),Age,+Selector";
                    case POD ->
                            "Name,Ready,Status,Restarts,Age,+IP,+Node,+Nominated Node,+Readiness Gates";
                    case NODE ->
                            "Name,Status,Roles,Age,Version,+Internal-IP,+External-IP,+OS-Image,+Kernel-Version,+Container-Runtime";
                    case DEPLOYMENT ->
                            "Name,Ready,Up-to-date,Available,Age,+Containers,+Images,+Selector";
                    case ENDPOINT_SLICE -> "Name,AddressType,Ports,Endpoints,Age";
                    case EVENT, NEW_EVENT ->
                            "Last Seen,Type,Reason,Object,+Subobject,+Source,Message,+First Seen,+Count,+Name";
                    case NAMESPACE -> "Name,Status,Age";
                    case LEASE -> "Name,Holder,Age";
                    case CONFIG_MAP -> "Name,Data,Age";
                    case SECRET -> "Name,Type,Data,Age";
                };
        return List.of(columns.split(",", -1));
    }

    private List<Object> cells(Kind kind, ObjectNode o) {
        String name = text(o, "metadata.name");
        String age = age(text(o, "metadata.creationTimestamp"));
        return switch (kind) {
            case SERVICE ->
                    List.of(
                            name,
                            text(o, "spec.type"),
                            or(text(o, "spec.clusterIP")),
                            addresses(o),
                            ports(o),
                            age,
                            labels(Json.at(o, "spec.selector")));
            case POD -> pod(o, name, age);
            case NODE -> node(o, name, age);
            case DEPLOYMENT ->
                    List.of(
                            name,
                            number(o, "status.readyReplicas") + "/" + number(o, "spec.replicas"),
                            number(o, "status.updatedReplicas"),
                            number(o, "status.availableReplicas"),
                            age,
                            containers(o, "name"),
                            containers(o, "image"),
                            labels(Json.at(o, "spec.selector.matchLabels")));
            case ENDPOINT_SLICE ->
                    List.of(
                            name,
                            text(o, "addressType"),
                            some(Json.stream(o, "ports").map(p -> text(p, "port")).toList()),
                            some(
                                    Json.stream(o, "endpoints")
                                            .flatMap(e -> Json.texts(e, "addresses").stream())
                                            .toList()),
                            age);
            case EVENT, NEW_EVENT -> event(o, name);
            case NAMESPACE -> List.of(name, text(o, "status.phase"), age);
            case LEASE -> List.of(name, text(o, "spec.holderIdentity"), age);
            case CONFIG_MAP ->
                    List.of(name, o.path("data").size() + o.path("binaryData").size(), age);
            case SECRET -> List.of(name, text(o, "type"), o.path("data").size(), age);
        };
    }

    private static List<Object> pod(ObjectNode o, String name, String age) {
        long ready =
                Json.stream(o, "status.containerStatuses")
                        .filter(status -> status.path("ready").asBoolean(false))
                        .count();
        String status =
                o.path("metadata").has("deletionTimestamp")
                        ? "Terminating"
                        : Json.stream(o, "status.containerStatuses")
                                .map(c -> text(c, "state.waiting.reason"))
                                .filter(reason -> !reason.isEmpty())
                                .findFirst()
                                .orElse(text(o, "status.phase"));
        return List.of(
                name,
                ready + "/" + Json.at(o, "spec.containers").size(),
                status,
                "0",
                age,
                or(text(o, "status.podIP")),
                or(text(o, "spec.nodeName")),
                NONE,
                NONE);
    }

    private static List<Object> node(ObjectNode o, String name, String age) {
        String status =
                Json.stream(o, "status.conditions")
                        .filter(c -> text(c, "type").equals("Ready"))
                        .map(c -> text(c, "status").equals("True") ? "Ready" : "NotReady")
                        .findFirst()
                        .orElse("Unknown");
        String roles =
                Json.at(o, "metadata.labels").propertyNames().stream()
                        .filter(label -> label.startsWith(ROLE))
                        .map(label -> label.substring(ROLE.length()))
                        .sorted()
                        .collect(Collectors.joining(","));
        String info = "status.nodeInfo.";
        return List.of(
                name,
                Json.at(o, "spec.unschedulable").asBoolean(false)
                        ? status + ",SchedulingDisabled"
                        : status,
                or(roles),
                age,
                text(o, info + "kubeletVersion"),
                address(o, "InternalIP"),
                address(o, "ExternalIP"),
                unknown(text(o, info + "osImage")),
                unknown(text(o, info + "kernelVersion")),
                unknown(text(o, info + "containerRuntimeVersion")));
    }

    private List<Object> event(ObjectNode o, String name) {
        String first = text(o, "firstTimestamp");
        String told = first.isEmpty() ? text(o, "eventTime") : first;
        String last = text(o, "lastTimestamp");
        String object = text(o, "involvedObject.name");
        return List.of(
                age(last.isEmpty() ? told : last),
                text(o, "type"),
                text(o, "reason"),
                text(o, "involvedObject.kind").toLowerCase(Locale.ROOT) + "/" + object,
                text(o, "involvedObject.fieldPath"),
                Stream.of("source.component", "reportingComponent")
                        .map(field -> text(o, field))
                        .filter(source -> !source.isEmpty())
                        .findFirst()
                        .orElse(""),
                text(o, "message").strip(),
                age(told),
                Math.max(1, number(o, "count")),
                name);
    }

    private static String addresses(ObjectNode service) {
        List<String> external = Json.texts(service, "spec.externalIPs");
        String type = text(service, "spec.type");
        if (type.equals("ExternalName")) {
            return text(service, "spec.externalName");
        }
        if (!type.equals("LoadBalancer")) {
            return or(String.join(",", external));
        }
        String all =
                Json.stream(service, "status.loadBalancer.ingress")
                        .map(i -> i.has("ip") ? text(i, "ip") : text(i, "hostname"))
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(","));
        String both =
                Stream.concat(Stream.of(all), external.stream())
                        .filter(word -> !word.isEmpty())
                        .collect(Collectors.joining(","));
        return both.isEmpty() ? "<pending>" : both;
    }

    private static String ports(ObjectNode service) {
        return or(
                Json.stream(service, "spec.ports")
                        .map(p ->
                                text(p, "port")
                                        + (p.has("nodePort") ? ":" + text(p, "nodePort") : "")
                                        + "/"
                                        + text(p, "protocol"))
                        .collect(Collectors.joining(",")));
    }

    private static String containers(ObjectNode deployment, String field) {
        return Json.stream(deployment, "spec.template.spec.containers")
                .map(container -> text(container, field))
                .collect(Collectors.joining(","));
    }

    private static String address(ObjectNode node, String type) {
        return Json.stream(node, "status.addresses")
                .filter(address -> text(address, "type").equals(type))
                .map(address -> text(address, "address"))
                .findFirst()
                .orElse(NONE);
    }

    private static String labels(JsonNode map) {
        List<String> pairs = new ArrayList<>();
        map.properties().forEach(e -> pairs.add(e.getKey() + "=" + e.getValue().asString()));
        return or(pairs.stream().sorted().collect(Collectors.joining(",")));
    }

    private static String some(List<String> words) {
        if (words.isEmpty()) {
            return "<unset>";
        }
        String shown = words.stream().limit(SHOWN_MAX).collect(Collectors.joining(","));
        return words.size() > SHOWN_MAX
                ? "%s + %d more...".formatted(shown, words.size() - SHOWN_MAX)
                : shown;
    }

    private static String or(String text) {
        return text.isEmpty() ? NONE : text;
    }

    private static String unknown(String text) {
        return text.isEmpty() ? "<unknown>" : text;
    }

    private String age(String time) {
        return time.isEmpty() ? "<unknown>" : human(Duration.between(Instant.parse(time), now));
    }

    /// Source: Kubernetes, apimachinery/pkg/util/duration, HumanDuration.
    static String human(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        long minutes = seconds / 60;
        long hours = minutes / 60;
        long days = hours / 24;
        if (seconds < 120) {
            return seconds + "s";
        }
        if (minutes < 10) {
            return two(minutes, "m", seconds % 60, "s");
        }
        if (hours < 3) {
            return minutes + "m";
        }
        if (hours < 8) {
            return two(hours, "h", minutes % 60, "m");
        }
        if (hours < 48) {
            return hours + "h";
        }
        if (days < 8) {
            return two(days, "d", hours % 24, "h");
        }
        return days + "d";
    }

    private static String two(long big, String bigUnit, long small, String smallUnit) {
        return big + bigUnit + (small == 0 ? "" : small + smallUnit);
    }
}
