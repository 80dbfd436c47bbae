package dev.origo.app.dev;

import dev.origo.dataplane.DataPlane;
import dev.origo.dataplane.Health;
import dev.origo.dataplane.Status;
import dev.origo.embedded.aws.OnRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What there is in a namespace of the cluster, on record in the account, and alive on this
/// machine.
///
/// Thread rule: any thread.
final class Look {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";

    private final DevWorld world;
    private final DataPlane dataPlane;
    private final String namespace;

    Look(DevWorld world, DataPlane dataPlane, String namespace) {
        this.world = world;
        this.dataPlane = dataPlane;
        this.namespace = namespace;
    }

    private Stream<JsonNode> inNamespace(Mirror.Kind kind) {
        return world.list(kind).stream()
                .filter(object -> Views.namespace(object).equals(namespace));
    }

    List<String> nodeAddresses() {
        return world.list(Mirror.Kind.NODE).stream().map(Look::address).toList();
    }

    static String address(JsonNode node) {
        return Views.items(node.at("/status/addresses"))
                .filter(a -> a.path("type").asString("").equals("InternalIP"))
                .map(a -> a.path("address").asString(""))
                .findFirst()
                .orElse("");
    }

    List<String> services() {
        return inNamespace(Mirror.Kind.SERVICE).map(Views::name).toList();
    }

    /// Names of the ready pods of a Deployment.
    List<String> pods(String app) {
        return ready(app).map(Views::name).toList();
    }

    String podAddress(String app) {
        return ready(app)
                .map(pod -> pod.at("/status/podIP").asString(""))
                .findFirst()
                .orElseThrow(() -> new Unproven("no pod of %s is ready".formatted(app)));
    }

    /// Addresses of the nodes that have a ready pod of the Deployment.
    Set<String> nodesOf(String app) {
        Set<String> names =
                ready(app)
                        .map(pod -> pod.at("/spec/nodeName").asString(""))
                        .collect(Collectors.toSet());
        return world.list(Mirror.Kind.NODE).stream()
                .filter(node -> names.contains(Views.name(node)))
                .map(Look::address)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Stream<JsonNode> ready(String app) {
        return inNamespace(Mirror.Kind.POD)
                .filter(pod ->
                        pod.at("/metadata/labels").path("app").asString("").equals(app)
                                && !pod.path("metadata").has("deletionTimestamp"))
                .filter(pod ->
                        Views.items(pod.at("/status/conditions"))
                                .anyMatch(c ->
                                        c.path("type").asString("").equals("Ready")
                                                && c.path("status").asString("").equals("True")));
    }

    /// How many ready endpoints a Service has.
    long endpoints(String service) {
        return slices(service)
                .flatMap(slice -> Views.items(slice.path("endpoints")))
                .filter(e -> e.path("conditions").path("ready").asBoolean(true))
                .count();
    }

    /// The endpoints of a Service on a node, for the page.
    List<Map<String, Object>> endpointsOn(String service, String node) {
        return slices(service)
                .flatMap(slice -> Views.items(slice.path("endpoints")))
                .filter(e -> e.path("nodeName").asString("").equals(node))
                .map(e ->
                        Map.<String, Object>of(
                                "name", e.path("targetRef").path("name").asString("pod"),
                                "address", e.path("addresses").path(0).asString(""),
                                "ready", e.path("conditions").path("ready").asBoolean(true)))
                .toList();
    }

    private Stream<JsonNode> slices(String service) {
        return inNamespace(Mirror.Kind.SLICE)
                .filter(slice ->
                        slice.path("metadata")
                                .path("labels")
                                .path(SERVICE_NAME)
                                .asString("")
                                .equals(service));
    }

    JsonNode condition(String service, String type) {
        return inNamespace(Mirror.Kind.SERVICE)
                .filter(s -> Views.name(s).equals(service))
                .flatMap(s -> Views.items(s.at("/status/conditions")))
                .filter(c -> c.path("type").asString("").equals(type))
                .findFirst()
                .orElseThrow(() -> new Unproven("%s has no condition %s".formatted(service, type)));
    }

    /// The balancer that answers where the Service's status says; absent while there is none.
    Stream<Status> alive(String service) {
        Set<String> addresses =
                inNamespace(Mirror.Kind.SERVICE)
                        .filter(s -> Views.name(s).equals(service))
                        .flatMap(s -> Views.items(s.at("/status/loadBalancer/ingress")))
                        .map(i -> i.path("ip").asString(""))
                        .collect(Collectors.toSet());
        return dataPlane.snapshot().stream()
                .filter(status -> addresses.contains(status.address().getHostAddress()));
    }

    /// Addresses of the nodes that are healthy for every listener of the Service's balancer.
    Set<String> healthy(String service) {
        Set<String> healthy = new TreeSet<>();
        Set<String> not = new TreeSet<>();
        alive(service)
                .flatMap(status -> status.listeners().stream())
                .flatMap(listener -> listener.targets().stream())
                .forEach(target -> {
                    String address = target.target().address().getHostAddress();
                    boolean good = target.health().state() == Health.State.HEALTHY;
                    (good ? healthy : not).add(address);
                });
        healthy.removeAll(not);
        return healthy;
    }

    /// What we have put on record in the account.
    OnRecord onRecord() {
        return world.cloud().onRecord();
    }

    /// First ports that the nodes are open on for balancers.
    Set<Integer> portsOpen() {
        return onRecord().portsOpenToGroups(world.cloud().nodeGroup());
    }

    /// Whether the targets are instances: packets are delivered to no others.
    boolean hasInstances() {
        return world.hasInstances();
    }
}
