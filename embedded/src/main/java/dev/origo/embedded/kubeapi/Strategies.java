package dev.origo.embedded.kubeapi;

import dev.origo.embedded.kubeapi.Refusal.Cause;
import dev.origo.embedded.kubeapi.Registry.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the API server does with each kind before it stores it: defaults, checks, what a client may
/// not set. Source: Kubernetes, pkg/apis/*/v1/defaults.go and pkg/registry/*/strategy.go.
///
/// Thread rule: under the store's monitor.
final class Strategies {
    private static final int NODES_MAX = 255;

    private final Store store;
    private final ServiceStrategy services;

    Strategies(Store store) {
        this.store = store;
        services = new ServiceStrategy(store);
    }

    void forCreate(Kind kind, ObjectNode object) {
        ObjectNode spec = kind.hasStatus() ? Json.child(object, "spec") : Json.object();
        if (kind.hasStatus() && kind != Kind.NODE) {
            object.putObject("status");
        }
        switch (kind) {
            case SERVICE -> {
                Json.child(object, "status").putObject("loadBalancer");
                services.prepare(object, null);
            }
            case POD -> {
                podDefaults(spec);
                Json.child(object, "status").put("phase", "Pending").put("qosClass", "BestEffort");
            }
            case DEPLOYMENT -> deploymentDefaults(spec);
            case NAMESPACE -> {
                spec.set("finalizers", Json.array(List.of("kubernetes")));
                Json.child(object, "status").put("phase", "Active");
                ObjectNode meta = Json.child(object, "metadata");
                Json.child(meta, "labels")
                        .put("kubernetes.io/metadata.name", Json.text(meta, "name"));
            }
            case NODE -> podRange(spec);
            case SECRET -> putIfAbsent(object, "type", "Opaque");
            case EVENT -> eventDefaults(object);
            case NEW_EVENT, CONFIG_MAP, ENDPOINT_SLICE, LEASE -> {}
        }
    }

    void forUpdate(Kind kind, Write write, ObjectNode after, ObjectNode before) {
        if (kind == Kind.SERVICE) {
            services.prepare(after, before);
        } else if (kind == Kind.DEPLOYMENT && !write.status()) {
            deploymentDefaults(Json.child(after, "spec"));
        } else if (kind == Kind.POD && !write.status()) {
            podDefaults(Json.child(after, "spec"));
        } else if (kind == Kind.EVENT) {
            eventDefaults(after);
        }
    }

    /// Fields that are shown even if nobody set them.
    private static void eventDefaults(ObjectNode event) {
        putIfAbsent(event, "reportingComponent", "");
        putIfAbsent(event, "reportingInstance", "");
        if (!event.has("eventTime")) {
            event.putNull("eventTime");
        }
    }

    List<Cause> causes(Kind kind, ObjectNode object) {
        return switch (kind) {
            case SERVICE -> services.causes(object, null);
            case DEPLOYMENT -> deploymentCauses(object);
            case POD ->
                    object.path("spec").path("containers").isEmpty()
                            ? List.of(Cause.required("spec.containers"))
                            : List.of();
            case NODE, NAMESPACE, EVENT, NEW_EVENT, CONFIG_MAP, SECRET, ENDPOINT_SLICE, LEASE ->
                    List.of();
        };
    }

    List<Cause> updateCauses(Kind kind, ObjectNode after, ObjectNode before) {
        if (kind == Kind.SERVICE) {
            return services.causes(after, before);
        }
        List<Cause> causes = new ArrayList<>(causes(kind, after));
        JsonNode selector = Json.at(after, "spec.selector");
        if (kind == Kind.DEPLOYMENT && !selector.equals(Json.at(before, "spec.selector"))) {
            causes.add(Cause.invalid("spec.selector", selector, "field is immutable"));
        }
        return causes;
    }

    List<Cause> statusCauses(Kind kind, ObjectNode after) {
        return kind == Kind.SERVICE ? services.statusCauses(after) : List.of();
    }

    private static List<Cause> deploymentCauses(ObjectNode object) {
        List<Cause> causes = new ArrayList<>();
        JsonNode wanted = Json.at(object, "spec.selector.matchLabels");
        JsonNode labels = Json.at(object, "spec.template.metadata.labels");
        if (wanted.isEmpty()) {
            causes.add(Cause.required("spec.selector"));
        }
        if (!wanted.isEmpty() && !Selector.matches(wanted, labels)) {
            causes.add(
                    Cause.invalid(
                            "spec.template.metadata.labels",
                            labels,
                            "`selector` does not match template `labels`"));
        }
        if (Json.at(object, "spec.template.spec.containers").isEmpty()) {
            causes.add(Cause.required("spec.template.spec.containers"));
        }
        if (Json.number(object, "spec.replicas") < 0) {
            causes.add(
                    Cause.invalid(
                            "spec.replicas",
                            Json.at(object, "spec.replicas"),
                            "must be greater than or equal to 0"));
        }
        return causes;
    }

    private static void deploymentDefaults(ObjectNode spec) {
        putIfAbsent(spec, "replicas", 1);
        putIfAbsent(spec, "revisionHistoryLimit", 10);
        putIfAbsent(spec, "progressDeadlineSeconds", 600);
        ObjectNode strategy = Json.child(spec, "strategy");
        putIfAbsent(strategy, "type", "RollingUpdate");
        if (Json.text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = Json.child(strategy, "rollingUpdate");
            putIfAbsent(rolling, "maxUnavailable", "25%");
            putIfAbsent(rolling, "maxSurge", "25%");
        }
        podDefaults(Json.child(Json.child(spec, "template"), "spec"));
    }

    private static void podDefaults(ObjectNode spec) {
        putIfAbsent(spec, "restartPolicy", "Always");
        putIfAbsent(spec, "terminationGracePeriodSeconds", 30);
        putIfAbsent(spec, "dnsPolicy", "ClusterFirst");
        putIfAbsent(spec, "schedulerName", "default-scheduler");
        Json.child(spec, "securityContext");
        for (JsonNode node : spec.path("containers")) {
            ObjectNode container = (ObjectNode) node;
            String image = Json.text(container, "image");
            boolean latest =
                    image.endsWith(":latest") || image.indexOf(':', image.lastIndexOf('/') + 1) < 0;
            putIfAbsent(container, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
            putIfAbsent(container, "terminationMessagePath", "/dev/termination-log");
            putIfAbsent(container, "terminationMessagePolicy", "File");
            Json.child(container, "resources");
            container
                    .path("ports")
                    .forEach(port -> putIfAbsent((ObjectNode) port, "protocol", "TCP"));
        }
    }

    /// The range of the node's pods, 10.244.n.0/24, which kube-controller-manager gives a node.
    private void podRange(ObjectNode spec) {
        if (spec.has("podCIDR")) {
            return;
        }
        Set<String> taken =
                store.list(Kind.NODE, "").stream()
                        .map(node -> Json.text(node, "spec.podCIDR"))
                        .collect(Collectors.toSet());
        IntStream.rangeClosed(1, NODES_MAX)
                .mapToObj("10.244.%d.0/24"::formatted)
                .filter(range -> !taken.contains(range))
                .findFirst()
                .ifPresent(range ->
                        spec.put("podCIDR", range).set("podCIDRs", Json.array(List.of(range))));
    }

    /// @param value a number, a text or a truth
    static void putIfAbsent(ObjectNode object, String name, Object value) {
        if (object.has(name)) {
            return;
        }
        switch (value) {
            case Integer number -> object.put(name, number);
            case Boolean truth -> object.put(name, truth);
            default -> object.put(name, value.toString());
        }
    }
}
