package dev.origo.embedded.kubeapi;

import static dev.origo.embedded.kubeapi.Controllers.condition;
import static dev.origo.embedded.kubeapi.Controllers.deleting;

import dev.origo.embedded.kubeapi.Registry.Ref;
import dev.origo.embedded.kubeapi.Registry.Write;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Keeps one EndpointSlice for each Service with a selector: every pod that it selects and that has
/// an address. Source: Kubernetes, EndpointSlices; staging/src/k8s.io/endpointslice/utils.go.
final class EndpointSlices {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    private static final String MANAGER = "endpointslice-controller.k8s.io";
    private static final String ZONE = "topology.kubernetes.io/zone";

    private final Registry registry;

    EndpointSlices(Registry registry) {
        this.registry = registry;
    }

    void look() {
        Map<String, ObjectNode> byServiceUid = new HashMap<>();
        for (ObjectNode slice : registry.store.list(Kind.ENDPOINT_SLICE, "")) {
            if (Json.at(slice, "metadata.labels").path(MANAGED_BY).asString("").equals(MANAGER)) {
                byServiceUid.put(Controllers.ownerUid(slice), slice);
            }
        }
        for (ObjectNode service : registry.store.list(Kind.SERVICE, "")) {
            boolean selects =
                    !Json.at(service, "spec.selector").isEmpty()
                            && !Json.text(service, "spec.type").equals("ExternalName");
            if (selects && !Controllers.closed(registry, service)) {
                write(
                        service,
                        Optional.ofNullable(
                                byServiceUid.remove(Json.text(service, "metadata.uid"))));
            }
        }
        byServiceUid.values().stream()
                .filter(slice -> !deleting(slice))
                .forEach(slice ->
                        registry.delete(Ref.of(Kind.ENDPOINT_SLICE, slice), Json.object(), false));
    }

    private void write(ObjectNode service, Optional<ObjectNode> slice) {
        List<ObjectNode> pods =
                registry.store.list(Kind.POD, Json.text(service, "metadata.namespace")).stream()
                        .filter(pod ->
                                Selector.matches(
                                        Json.at(service, "spec.selector"),
                                        Json.at(pod, "metadata.labels")))
                        .filter(pod -> pod.path("status").has("podIP"))
                        .toList();
        ArrayNode endpoints = Json.array();
        pods.forEach(pod -> endpoints.add(endpoint(service, pod)));
        ArrayNode ports = Json.array();
        if (!pods.isEmpty()) {
            Json.stream(service, "spec.ports")
                    .forEach(port -> ports.add(port(port, pods.getFirst())));
        }
        ObjectNode wanted = slice.map(ObjectNode::deepCopy).orElseGet(() -> blank(service));
        wanted.set("endpoints", endpoints);
        wanted.set("ports", ports);
        if (slice.isPresent()) {
            registry.update(Ref.of(Kind.ENDPOINT_SLICE, wanted), Write.SPEC, _ -> wanted);
        } else {
            registry.create(
                    Kind.ENDPOINT_SLICE, Json.text(service, "metadata.namespace"), wanted, false);
        }
    }

    private static ObjectNode blank(ObjectNode service) {
        ObjectNode slice = Kind.ENDPOINT_SLICE.blank().put("addressType", "IPv4");
        String name = Json.text(service, "metadata.name");
        ObjectNode meta = slice.putObject("metadata").put("generateName", name + "-");
        ObjectNode labels = meta.putObject("labels");
        if (Json.at(service, "metadata.labels") instanceof ObjectNode own) {
            labels.setAll(own);
        }
        labels.put(SERVICE_NAME, name).put(MANAGED_BY, MANAGER);
        Controllers.own(slice, Kind.SERVICE, service);
        return slice;
    }

    private ObjectNode endpoint(ObjectNode service, ObjectNode pod) {
        boolean unready = Json.at(service, "spec.publishNotReadyAddresses").asBoolean(false);
        boolean serving = condition(pod, "Ready");
        ObjectNode endpoint = Json.object();
        endpoint.putArray("addresses").add(Json.text(pod, "status.podIP"));
        endpoint.putObject("conditions")
                .put("ready", unready || (serving && !deleting(pod)))
                .put("serving", serving)
                .put("terminating", deleting(pod));
        String node = Json.text(pod, "spec.nodeName");
        endpoint.put("nodeName", node);
        registry.store
                .get(Kind.NODE, new Store.ObjectKey("", node))
                .map(found -> Json.at(found, "metadata.labels").path(ZONE))
                .filter(JsonNode::isString)
                .ifPresent(zone -> endpoint.set("zone", zone));
        endpoint.set(
                "targetRef",
                Json.object(
                        "kind", "Pod",
                        "name", Json.text(pod, "metadata.name"),
                        "namespace", Json.text(pod, "metadata.namespace"),
                        "uid", Json.text(pod, "metadata.uid")));
        return endpoint;
    }

    private static ObjectNode port(JsonNode port, ObjectNode pod) {
        ObjectNode entry =
                Json.object(
                        "name", Json.text(port, "name"), "protocol", Json.text(port, "protocol"));
        JsonNode target = port.path("targetPort");
        JsonNode number =
                target.isNumber()
                        ? target
                        : Json.stream(pod, "spec.containers")
                                .flatMap(container -> Json.stream(container, "ports"))
                                .filter(p -> Json.text(p, "name").equals(target.asString()))
                                .map(p -> p.path("containerPort"))
                                .findFirst()
                                .orElse(target.path("none"));
        if (number.isNumber()) {
            entry.set("port", number);
        }
        if (port.has("appProtocol")) {
            entry.set("appProtocol", port.path("appProtocol"));
        }
        return entry;
    }
}
