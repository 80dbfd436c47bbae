package dev.origo.embedded.kubeapi;

import static dev.origo.embedded.kubeapi.ServiceStrategy.checked;
import static dev.origo.embedded.kubeapi.ServiceStrategy.external;
import static dev.origo.embedded.kubeapi.ServiceStrategy.is;

import dev.origo.embedded.kubeapi.Refusal.Cause;
import dev.origo.model.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The checks of a Service, in the words and the order of the real API server. Pure. Source:
/// Kubernetes, pkg/apis/core/validation/validation.go (ValidateService, ValidateServiceUpdate,
/// ValidateLoadBalancerStatus).
final class ServiceChecks {
    private static final List<String> TYPES =
            List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
    private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
    private static final List<String> POLICIES = List.of("Cluster", "Local");
    static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    static final String NO_LABEL =
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private static final int PORT_MAX = 65_535;
    private static final String ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'";

    private final List<Cause> causes = new ArrayList<>();

    private ServiceChecks() {}

    static List<Cause> causes(ObjectNode after, @Nullable ObjectNode before) {
        ServiceChecks checks = new ServiceChecks();
        JsonNode spec = after.path("spec");
        if (before != null) {
            checks.change(spec, before.path("spec"));
        }
        checks.type(spec);
        checks.ports(spec);
        checks.choice(spec, "sessionAffinity", List.of("ClientIP", "None"));
        checks.choice(spec, "type", TYPES);
        checks.balanced(spec);
        checks.policies(spec);
        return checks.causes;
    }

    static List<Cause> statusCauses(ObjectNode after) {
        List<Cause> causes = new ArrayList<>();
        String path = "status.loadBalancer.ingress";
        JsonNode list = Json.at(after, path);
        if (!list.isEmpty() && !is(after.path("spec"), "type", "LoadBalancer")) {
            causes.add(
                    Cause.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'"));
            return causes;
        }
        for (int i = 0; i < list.size(); i++) {
            JsonNode ingress = list.path(i);
            String at = path + "[" + i + "].";
            if (ingress.has("ip") && !address(Json.text(ingress, "ip"))) {
                causes.add(
                        Cause.invalid(
                                at + "ip",
                                ingress.path("ip"),
                                "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
            }
            if (ingress.has("ipMode") && !ingress.has("ip")) {
                causes.add(
                        Cause.forbidden(
                                at + "ipMode", "may not be specified when `ip` is not set"));
            } else if (ingress.has("ipMode")
                    && !List.of("Proxy", "VIP").contains(Json.text(ingress, "ipMode"))) {
                causes.add(
                        Cause.unsupported(
                                at + "ipMode",
                                Json.text(ingress, "ipMode"),
                                List.of("Proxy", "VIP")));
            }
            if (address(Json.text(ingress, "hostname"))) {
                causes.add(
                        Cause.invalid(
                                at + "hostname",
                                ingress.path("hostname"),
                                "must be a DNS name, not an IP address"));
            }
        }
        return causes;
    }

    private void change(JsonNode spec, JsonNode old) {
        boolean named = is(spec, "type", "ExternalName") || is(old, "type", "ExternalName");
        JsonNode addresses = spec.path("clusterIPs");
        String address = Json.text(spec, "clusterIP");
        if (!named && !address.equals(addresses.path(0).asString(""))) {
            causes.add(Cause.invalid("spec.clusterIPs", addresses, "must match `clusterIP`"));
        }
        if (!named && !addresses.path(0).equals(old.path("clusterIPs").path(0))) {
            causes.add(Cause.invalid("spec.clusterIPs[0]", addresses, "may not change once set"));
        }
        if (is(spec, "type", "LoadBalancer")
                && is(old, "type", "LoadBalancer")
                && !spec.path("loadBalancerClass").equals(old.path("loadBalancerClass"))) {
            causes.add(
                    Cause.invalid(
                            "spec.loadBalancerClass",
                            spec.path("loadBalancerClass"),
                            "may not change once set"));
        }
        if (checked(spec)
                && checked(old)
                && !spec.path("healthCheckNodePort").equals(old.path("healthCheckNodePort"))) {
            causes.add(Cause.forbidden("spec.healthCheckNodePort", "field is immutable"));
        }
    }

    private void type(JsonNode spec) {
        boolean headless = is(spec, "clusterIP", "None");
        if (spec.path("ports").isEmpty() && !headless && !is(spec, "type", "ExternalName")) {
            causes.add(Cause.required("spec.ports"));
        }
        if (headless && ServiceStrategy.hasNodePorts(spec)) {
            causes.add(
                    Cause.invalid(
                            "spec.clusterIPs[0]",
                            spec.path("clusterIP"),
                            "may not be set to 'None' for %s services"
                                    .formatted(Json.text(spec, "type"))));
        }
        if (is(spec, "type", "ExternalName")) {
            for (String field : List.of("clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
                if (spec.has(field)) {
                    causes.add(
                            Cause.forbidden(
                                    "spec." + field, "may not be set for ExternalName services"));
                }
            }
            if (!spec.has("externalName")) {
                causes.add(Cause.required("spec.externalName"));
            }
        }
    }

    private void ports(JsonNode spec) {
        Set<String> names = new HashSet<>();
        Set<String> ports = new HashSet<>();
        Set<String> nodePorts = new HashSet<>();
        List<Cause> late = new ArrayList<>();
        for (int i = 0; i < spec.path("ports").size(); i++) {
            JsonNode port = spec.path("ports").path(i);
            String at = "spec.ports[" + i + "]";
            portName(spec, port, at, names);
            number(at + ".port", port.path("port"));
            String protocol = Json.text(port, "protocol");
            if (!PROTOCOLS.contains(protocol)) {
                causes.add(Cause.unsupported(at + ".protocol", protocol, PROTOCOLS));
            }
            if (port.path("targetPort").isNumber()) {
                number(at + ".targetPort", port.path("targetPort"));
            }
            if (port.has("nodePort") && is(spec, "type", "ClusterIP")) {
                late.add(
                        Cause.forbidden(
                                at + ".nodePort", "may not be used when `type` is 'ClusterIP'"));
            }
            if (port.has("nodePort") && !nodePorts.add(protocol + Json.number(port, "nodePort"))) {
                late.add(Cause.duplicate(at + ".nodePort", port.path("nodePort")));
            }
            if (!ports.add(protocol + Json.number(port, "port"))) {
                ObjectNode key = Json.object("Name", "", "Protocol", protocol);
                key.putNull("AppProtocol").put("Port", Json.number(port, "port"));
                late.add(Cause.duplicate(at, key.put("TargetPort", 0).put("NodePort", 0)));
            }
        }
        causes.addAll(late);
    }

    private void portName(JsonNode spec, JsonNode port, String at, Set<String> names) {
        String name = Json.text(port, "name");
        if (name.isEmpty() && spec.path("ports").size() > 1) {
            causes.add(Cause.required(at + ".name"));
        } else if (!name.isEmpty() && !LABEL.matcher(name).matches()) {
            causes.add(Cause.invalid(at + ".name", port.path("name"), NO_LABEL));
        } else if (!name.isEmpty() && !names.add(name)) {
            causes.add(Cause.duplicate(at + ".name", port.path("name")));
        }
    }

    private void number(String field, JsonNode value) {
        if (value.asInt(0) < 1 || value.asInt(0) > PORT_MAX) {
            JsonNode shown = value.isMissingNode() ? Json.object().numberNode(0) : value;
            causes.add(Cause.invalid(field, shown, "must be between 1 and 65535, inclusive"));
        }
    }

    private void choice(JsonNode spec, String field, List<String> supported) {
        if (!supported.contains(Json.text(spec, field))) {
            causes.add(Cause.unsupported("spec." + field, Json.text(spec, field), supported));
        }
    }

    private void balanced(JsonNode spec) {
        boolean balanced = is(spec, "type", "LoadBalancer");
        JsonNode ranges = spec.path("loadBalancerSourceRanges");
        String field = "spec.LoadBalancerSourceRanges";
        if (!ranges.isEmpty() && !balanced) {
            causes.add(Cause.forbidden(field, ONLY_BALANCED));
        }
        for (int i = 0; i < ranges.size(); i++) {
            if (!range(ranges.path(i).asString().strip())) {
                causes.add(
                        Cause.invalid(
                                field + "[" + i + "]",
                                ranges.path(i),
                                "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
            }
        }
        for (String only : List.of("allocateLoadBalancerNodePorts", "loadBalancerClass")) {
            if (spec.has(only) && !balanced) {
                causes.add(Cause.forbidden("spec." + only, ONLY_BALANCED));
            }
        }
    }

    private void policies(JsonNode spec) {
        String policy = "externalTrafficPolicy";
        if (external(spec)) {
            choice(spec, policy, POLICIES);
        } else if (spec.has(policy)) {
            causes.add(
                    Cause.invalid(
                            "spec." + policy,
                            spec.path(policy),
                            "may only be set for externally-accessible services"));
        }
        if (!checked(spec) && spec.has("healthCheckNodePort")) {
            causes.add(
                    Cause.invalid(
                            "spec.healthCheckNodePort",
                            spec.path("healthCheckNodePort"),
                            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
        }
        if (spec.has("internalTrafficPolicy")) {
            choice(spec, "internalTrafficPolicy", POLICIES);
        }
    }

    private static boolean range(String text) {
        try {
            return !Cidr.parse(text).toString().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean address(String text) {
        try {
            return !text.isEmpty() && InetAddress.ofLiteral(text).getAddress().length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
