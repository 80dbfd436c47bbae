package dev.origo.app.dev;

import dev.origo.embedded.nodes.View;
import dev.origo.model.Affinity;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceKey;
import dev.origo.model.TrafficPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// From the API server's objects to what simulated nodes need. Pure.
final class Views {
    /// On a pod: what its ports speak, as `80=http,443=https,8443=http+proxy`; without it, every
    /// port of a container speaks HTTP.
    static final String SPEAKS = "origo.dev/dev-speaks";

    /// What does not read so says nothing.
    private static final Pattern APP =
            Pattern.compile("([1-9][0-9]{0,4})=(http|https|peer|udp)(\\+proxy|)(?=,|$)");

    private static final String AUTOSCALER_TAINT = "ToBeDeletedByClusterAutoscaler";
    private static final String SERVICE_NAME = "kubernetes.io/service-name";

    private Views() {}

    /// What is there.
    record Objects(
            List<JsonNode> nodes,
            List<JsonNode> services,
            List<JsonNode> slices,
            List<JsonNode> pods) {}

    static View of(Objects objects) {
        return new View(
                objects.nodes().stream().flatMap(node -> node(node).stream()).toList(),
                objects.services().stream().map(s -> service(s, objects.slices())).toList(),
                objects.pods().stream().flatMap(pod -> pod(pod).stream()).toList());
    }

    private static Optional<View.Node> node(JsonNode node) {
        boolean tainted =
                items(node.at("/spec/taints"))
                        .anyMatch(t -> t.path("key").asString("").equals(AUTOSCALER_TAINT));
        boolean eligible = !tainted && !node.at("/metadata").has("deletionTimestamp");
        return items(node.at("/status/addresses"))
                .filter(a -> a.path("type").asString("").equals("InternalIP"))
                .map(a -> new View.Node(name(node), a.path("address").asString(""), eligible, true))
                .findFirst();
    }

    private static View.Service service(JsonNode service, List<JsonNode> slices) {
        JsonNode spec = service.path("spec");
        List<JsonNode> ours =
                slices.stream()
                        .filter(slice -> namespace(slice).equals(namespace(service)))
                        .filter(slice ->
                                slice.path("metadata")
                                        .path("labels")
                                        .path(SERVICE_NAME)
                                        .asString("")
                                        .equals(name(service)))
                        .toList();
        List<View.Port> ports =
                items(spec.path("ports"))
                        .map(port ->
                                new View.Port(
                                        Protocol.valueOf(port.path("protocol").asString("TCP")),
                                        port.path("port").asInt(),
                                        port.path("nodePort").asInt(0),
                                        endpoints(port.path("name").asString(""), ours)))
                        .toList();
        return new View.Service(
                new ServiceKey(namespace(service), name(service)),
                spec.path("clusterIP").asString(""),
                ports,
                policy(spec.path("externalTrafficPolicy")),
                policy(spec.path("internalTrafficPolicy")),
                spec.path("healthCheckNodePort").asInt(0),
                affinity(spec));
    }

    private static List<View.Endpoint> endpoints(String portName, List<JsonNode> slices) {
        List<View.Endpoint> endpoints = new ArrayList<>();
        for (JsonNode slice : slices) {
            items(slice.path("ports"))
                    .filter(port -> port.path("name").asString("").equals(portName))
                    .findFirst()
                    .ifPresent(port ->
                            items(slice.path("endpoints"))
                                    .forEach(e ->
                                            endpoints.add(endpoint(e, port.path("port").asInt()))));
        }
        return endpoints;
    }

    private static View.Endpoint endpoint(JsonNode endpoint, int port) {
        JsonNode conditions = endpoint.path("conditions");
        return new View.Endpoint(
                endpoint.path("addresses").path(0).asString(""),
                port,
                endpoint.path("nodeName").asString(""),
                conditions.path("ready").asBoolean(true),
                conditions.path("serving").asBoolean(true),
                conditions.path("terminating").asBoolean(false));
    }

    private static TrafficPolicy policy(JsonNode word) {
        return word.asString("").equals("Local") ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER;
    }

    private static Affinity affinity(JsonNode spec) {
        if (!spec.path("sessionAffinity").asString("").equals("ClientIP")) {
            return new Affinity.None();
        }
        int seconds = spec.at("/sessionAffinityConfig/clientIP/timeoutSeconds").asInt(10_800);
        return new Affinity.ClientIp(Duration.ofSeconds(seconds));
    }

    private static Optional<View.Pod> pod(JsonNode pod) {
        String address = pod.at("/status/podIP").asString("");
        if (address.isEmpty()) {
            return Optional.empty();
        }
        String speaks = pod.path("metadata").path("annotations").path(SPEAKS).asString("");
        List<View.App> apps =
                speaks.isEmpty()
                        ? items(pod.at("/spec/containers"))
                                .flatMap(container -> items(container.path("ports")))
                                .map(port -> View.App.http(port.path("containerPort").asInt()))
                                .toList()
                        : apps(speaks);
        return Optional.of(
                new View.Pod(
                        namespace(pod) + "/" + name(pod),
                        address,
                        pod.at("/spec/nodeName").asString(""),
                        apps.isEmpty() ? List.of(View.App.http(8080)) : apps));
    }

    private static List<View.App> apps(String speaks) {
        List<View.App> apps = new ArrayList<>();
        Matcher app = APP.matcher(speaks.toLowerCase(Locale.ROOT));
        while (app.find()) {
            apps.add(
                    new View.App(
                            Integer.parseInt(app.group(1)),
                            View.Speaks.valueOf(app.group(2).toUpperCase(Locale.ROOT)),
                            !app.group(3).isEmpty()));
        }
        return apps;
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asString("");
    }

    static String namespace(JsonNode object) {
        return object.at("/metadata/namespace").asString("");
    }

    static Stream<JsonNode> items(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
