package dev.origo.embedded.kubeapi;

import static dev.origo.embedded.kubeapi.Strategies.putIfAbsent;

import dev.origo.embedded.kubeapi.Refusal.About;
import dev.origo.embedded.kubeapi.Refusal.Cause;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Defaults and allocation of a Service. Nothing is remembered: what is taken is what the stored
/// Services have. Source: Kubernetes, pkg/apis/core/v1/defaults.go, pkg/registry/core/service
/// (strategy.go, storage/alloc.go, storage/storage.go).
///
/// Thread rule: under the store's monitor.
final class ServiceStrategy {
    /// The default `--service-node-port-range`; what is not asked for by number is taken from
    /// behind the first 86 (KEP-3668).
    private static final int NODE_PORT_FIRST = 30_000;

    private static final int NODE_PORT_DYNAMIC = 30_086;
    private static final int NODE_PORT_LAST = 32_767;

    /// `--service-cluster-ip-range=10.96.0.0/16`; addresses that are not asked for come from behind
    /// the first 256 (KEP-3070).
    private static final int ADDRESS_DYNAMIC = 257;

    private static final int ADDRESS_LAST = 65_534;
    private static final int AFFINITY_SECONDS = 10_800;

    private final Store store;

    ServiceStrategy(Store store) {
        this.store = store;
    }

    /// Everything but the checks.
    void prepare(ObjectNode after, @Nullable ObjectNode before) {
        ObjectNode spec = Json.child(after, "spec");
        defaults(spec);
        if (before != null) {
            dropForeign(spec, (ObjectNode) before.path("spec"));
            keepAllocated(spec, (ObjectNode) before.path("spec"));
        }
        ObjectNode status = Json.child(after, "status");
        if (is(spec, "type", "LoadBalancer")) {
            for (JsonNode ingress : Json.child(status, "loadBalancer").path("ingress")) {
                if (ingress.has("ip")) {
                    putIfAbsent((ObjectNode) ingress, "ipMode", "VIP");
                }
            }
        } else if (before != null
                && before.path("spec").path("type").asString().equals("LoadBalancer")) {
            status.putObject("loadBalancer");
        }
        allocateAddress(after, spec);
        allocatePorts(after, spec, before == null);
    }

    List<Cause> causes(ObjectNode after, @Nullable ObjectNode before) {
        return ServiceChecks.causes(after, before);
    }

    List<Cause> statusCauses(ObjectNode after) {
        return ServiceChecks.statusCauses(after);
    }

    static boolean is(JsonNode spec, String field, String value) {
        return Json.text(spec, field).equals(value);
    }

    static boolean external(JsonNode spec) {
        return hasNodePorts(spec)
                || (is(spec, "type", "ClusterIP") && !spec.path("externalIPs").isEmpty());
    }

    static boolean hasNodePorts(JsonNode spec) {
        return is(spec, "type", "NodePort") || is(spec, "type", "LoadBalancer");
    }

    static boolean checked(JsonNode spec) {
        return is(spec, "type", "LoadBalancer") && is(spec, "externalTrafficPolicy", "Local");
    }

    private static void defaults(ObjectNode spec) {
        putIfAbsent(spec, "type", "ClusterIP");
        putIfAbsent(spec, "sessionAffinity", "None");
        if (is(spec, "sessionAffinity", "None")) {
            spec.remove("sessionAffinityConfig");
        } else {
            ObjectNode client = Json.child(Json.child(spec, "sessionAffinityConfig"), "clientIP");
            putIfAbsent(client, "timeoutSeconds", AFFINITY_SECONDS);
        }
        for (JsonNode node : spec.path("ports")) {
            ObjectNode port = (ObjectNode) node;
            putIfAbsent(port, "protocol", "TCP");
            if (!port.has("targetPort") || port.path("targetPort").asString().equals("0")) {
                port.set("targetPort", port.path("port"));
            }
        }
        if (external(spec)) {
            putIfAbsent(spec, "externalTrafficPolicy", "Cluster");
        }
        if (!is(spec, "type", "ExternalName")) {
            putIfAbsent(spec, "internalTrafficPolicy", "Cluster");
        }
        if (is(spec, "type", "LoadBalancer")) {
            putIfAbsent(spec, "allocateLoadBalancerNodePorts", true);
        }
    }

    /// On a change of type: fields that no longer apply and that the user did not change.
    private static void dropForeign(ObjectNode spec, ObjectNode old) {
        if (is(spec, "type", "ExternalName")) {
            dropIfSame(
                    spec,
                    old,
                    "clusterIP",
                    "clusterIPs",
                    "ipFamilies",
                    "ipFamilyPolicy",
                    "internalTrafficPolicy");
        }
        Set<Integer> oldPorts = nodePorts(old);
        if (hasNodePorts(old) && !hasNodePorts(spec) && oldPorts.containsAll(nodePorts(spec))) {
            spec.path("ports").forEach(port -> ((ObjectNode) port).remove("nodePort"));
        }
        if (checked(old) && !checked(spec)) {
            dropIfSame(spec, old, "healthCheckNodePort");
        }
        if (is(old, "type", "LoadBalancer") && !is(spec, "type", "LoadBalancer")) {
            dropIfSame(spec, old, "allocateLoadBalancerNodePorts", "loadBalancerClass");
        }
        if (external(old) && !external(spec)) {
            dropIfSame(spec, old, "externalTrafficPolicy");
        }
    }

    private static void dropIfSame(ObjectNode spec, ObjectNode old, String... fields) {
        for (String field : fields) {
            if (spec.path(field).equals(old.path(field))) {
                spec.remove(field);
            }
        }
    }

    /// What was allocated stays where the user leaves it out: node ports by the port's name.
    private static void keepAllocated(ObjectNode spec, ObjectNode old) {
        if (!is(spec, "type", "ExternalName") && old.has("clusterIP")) {
            boolean moved =
                    spec.has("clusterIP") && !spec.path("clusterIP").equals(old.path("clusterIP"));
            if (moved && spec.path("clusterIPs").equals(old.path("clusterIPs"))) {
                spec.set("clusterIPs", Json.array(List.of(Json.text(spec, "clusterIP"))));
            }
            for (String field : List.of("clusterIP", "clusterIPs")) {
                if (!spec.has(field)) {
                    spec.set(field, old.path(field).deepCopy());
                }
            }
        }
        if (hasNodePorts(spec) && hasNodePorts(old)) {
            Map<String, Integer> byName = new HashMap<>();
            old.path("ports")
                    .forEach(p -> byName.put(Json.text(p, "name"), Json.number(p, "nodePort")));
            Set<Integer> used = nodePorts(spec);
            for (JsonNode port : spec.path("ports")) {
                int known = byName.getOrDefault(Json.text(port, "name"), 0);
                if (!port.has("nodePort") && known != 0 && used.add(known)) {
                    ((ObjectNode) port).put("nodePort", known);
                }
            }
        }
        if (checked(spec) && checked(old)) {
            putIfAbsent(spec, "healthCheckNodePort", Json.number(old, "healthCheckNodePort"));
        }
    }

    private void allocateAddress(ObjectNode service, ObjectNode spec) {
        if (is(spec, "type", "ExternalName")) {
            return;
        }
        JsonNode first = spec.path("clusterIPs").path(0);
        String address = spec.has("clusterIP") ? Json.text(spec, "clusterIP") : first.asString("");
        putIfAbsent(spec, "ipFamilyPolicy", "SingleStack");
        if (is(spec, "ipFamilyPolicy", "RequireDualStack")) {
            refuse(
                    service,
                    "spec.ipFamilyPolicy",
                    spec.path("ipFamilyPolicy"),
                    "this cluster is not configured for dual-stack services");
        }
        for (int i = 0; i < spec.path("ipFamilies").size(); i++) {
            JsonNode family = spec.path("ipFamilies").path(i);
            if (!family.asString().equals("IPv4")) {
                refuse(
                        service,
                        "spec.ipFamilies[" + i + "]",
                        family,
                        "not configured on this cluster");
            }
        }
        Set<String> taken =
                others(service)
                        .map(other -> Json.text(other, "spec.clusterIP"))
                        .collect(Collectors.toSet());
        if (address.isEmpty()) {
            address =
                    IntStream.rangeClosed(ADDRESS_DYNAMIC, ADDRESS_LAST)
                            .mapToObj(n -> "10.96.%d.%d".formatted(n >> Byte.SIZE, n & 0xFF))
                            .filter(candidate -> !taken.contains(candidate))
                            .findFirst()
                            .orElseThrow(() -> Refusal.internal("failed to allocate a serviceIP"));
        } else if (!address.equals("None")) {
            String problem =
                    !address.startsWith("10.96.")
                            ? "the provided network does not match the current range"
                            : taken.contains(address) ? "provided IP is already allocated" : "";
            if (!problem.isEmpty()) {
                refuse(
                        service,
                        "spec.clusterIPs",
                        Json.array(List.of(address)),
                        "failed to allocate IP %s: %s".formatted(address, problem));
            }
        }
        spec.put("clusterIP", address);
        if (!spec.has("clusterIPs")) {
            spec.set("clusterIPs", Json.array(List.of(address)));
        }
        if (!spec.has("ipFamilies")) {
            spec.set("ipFamilies", Json.array(List.of("IPv4")));
        }
    }

    private void allocatePorts(ObjectNode service, ObjectNode spec, boolean fresh) {
        Set<Integer> foreign =
                others(service)
                        .map(other -> other.path("spec"))
                        .flatMap(other ->
                                Stream.concat(
                                        nodePorts(other).stream(),
                                        Stream.of(Json.number(other, "healthCheckNodePort"))))
                        .collect(Collectors.toSet());
        Set<Integer> own = nodePorts(spec);
        own.add(Json.number(spec, "healthCheckNodePort"));
        Map<Integer, Integer> byPort = new HashMap<>();
        List<JsonNode> ports =
                hasNodePorts(spec) ? List.copyOf(spec.path("ports").values()) : List.of();
        if (fresh) { // Another protocol of the same port gets the same node port.
            ports.forEach(p ->
                    byPort.merge(Json.number(p, "port"), Json.number(p, "nodePort"), Math::max));
        }
        boolean allocates =
                !is(spec, "type", "LoadBalancer")
                        || spec.path("allocateLoadBalancerNodePorts").asBoolean(true);
        for (int i = 0; i < ports.size(); i++) {
            ObjectNode port = (ObjectNode) ports.get(i);
            if (port.has("nodePort")) {
                check(service, foreign, "spec.ports[" + i + "].nodePort", port.path("nodePort"));
            } else if (allocates) {
                int shared = byPort.getOrDefault(Json.number(port, "port"), 0);
                int chosen = shared != 0 ? shared : next(foreign, own);
                byPort.replace(Json.number(port, "port"), chosen);
                port.put("nodePort", chosen);
            }
        }
        if (checked(spec)) {
            if (spec.has("healthCheckNodePort")) {
                check(
                        service,
                        foreign,
                        "spec.healthCheckNodePort",
                        spec.path("healthCheckNodePort"));
            } else {
                spec.put("healthCheckNodePort", next(foreign, own));
            }
        }
    }

    private static int next(Set<Integer> foreign, Set<Integer> own) {
        int port =
                IntStream.concat(
                                IntStream.rangeClosed(NODE_PORT_DYNAMIC, NODE_PORT_LAST),
                                IntStream.range(NODE_PORT_FIRST, NODE_PORT_DYNAMIC))
                        .filter(number -> !foreign.contains(number) && !own.contains(number))
                        .findFirst()
                        .orElseThrow(() ->
                                Refusal.internal("failed to allocate a nodePort: range is full"));
        own.add(port);
        return port;
    }

    private static void check(
            ObjectNode service, Set<Integer> foreign, String field, JsonNode port) {
        if (Json.number(port) < NODE_PORT_FIRST || Json.number(port) > NODE_PORT_LAST) {
            refuse(
                    service,
                    field,
                    port,
                    "provided port is not in the valid range. The range of valid ports is 30000-32767");
        }
        if (foreign.contains(Json.number(port))) {
            refuse(service, field, port, "provided port is already allocated");
        }
    }

    private static void refuse(ObjectNode service, String field, JsonNode value, String detail) {
        throw Refusal.invalid(
                new About(Kind.SERVICE, Json.text(service, "metadata.name")),
                List.of(Cause.invalid(field, value, detail)));
    }

    private Stream<ObjectNode> others(ObjectNode service) {
        Store.ObjectKey key = Store.ObjectKey.of(service);
        return store.list(Kind.SERVICE, "").stream()
                .filter(other -> !Store.ObjectKey.of(other).equals(key));
    }

    static Set<Integer> nodePorts(JsonNode spec) {
        Set<Integer> ports = new HashSet<>();
        spec.path("ports").forEach(port -> ports.add(Json.number(port, "nodePort")));
        ports.remove(0);
        return ports;
    }
}
