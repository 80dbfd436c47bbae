package dev.origo.kube;

import dev.origo.model.Condition;
import dev.origo.model.Ingress;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.ServicePatch;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// [ServicePatch] -> the strategic-merge patch for the subresource `services/status`. Pure.
///
/// The UID makes it fail on another Service of the same name; there is no resourceVersion, so the
/// API server merges it with whatever else was written meanwhile: finalizers by value, conditions
/// by type, and `ingress`, an atomic list, as a whole. Source: Kubernetes API, ServiceStatus and
/// LoadBalancerStatus; kube-apiserver 1.36.
final class StatusPatch {
    static final String CONTENT_TYPE = "application/strategic-merge-patch+json";

    private StatusPatch() {}

    static String json(ServiceSnapshot service, ServicePatch patch) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("metadata", metadata(service.meta().uid(), patch.finalizer()));
        Map<String, Object> status = status(patch);
        if (!status.isEmpty()) {
            body.put("status", status);
        }
        return KubernetesJson.JSON.asJson(body);
    }

    private static Map<String, Object> metadata(
            String uid, ServicePatch.FinalizerChange finalizer) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("uid", uid);
        switch (finalizer) {
            case KEEP -> {}
            case ADD -> metadata.put("finalizers", List.of(ServicePatch.FINALIZER));
            case REMOVE ->
                    metadata.put(
                            "$deleteFromPrimitiveList/finalizers", List.of(ServicePatch.FINALIZER));
        }
        return metadata;
    }

    private static Map<String, Object> status(ServicePatch patch) {
        Map<String, Object> status = new LinkedHashMap<>();
        List<Map<String, Object>> conditions = new ArrayList<>();
        patch.conditions().forEach(condition -> conditions.add(condition(condition)));
        patch.conditionsRemoved().stream()
                .sorted()
                .forEach(type -> conditions.add(ordered("$patch", "delete", "type", type)));
        if (!conditions.isEmpty()) {
            status.put("conditions", conditions);
        }
        switch (patch.ingress()) {
            case ServicePatch.KeepIngress() -> {}
            case ServicePatch.ReplaceIngress(List<Ingress> ingress) ->
                    status.put(
                            "loadBalancer",
                            Map.of("ingress", ingress.stream().map(StatusPatch::ingress).toList()));
        }
        return status;
    }

    /// A Service has no `metadata.generation` (kube-apiserver 1.36), so none may have been
    /// observed.
    private static Map<String, Object> condition(Condition condition) {
        Map<String, Object> body =
                ordered(
                        "type",
                        condition.type(),
                        "status",
                        switch (condition.status()) {
                            case TRUE -> "True";
                            case FALSE -> "False";
                            case UNKNOWN -> "Unknown";
                        });
        body.put("reason", condition.reason());
        body.put("message", condition.message());
        body.put(
                "lastTransitionTime",
                condition.lastTransition().truncatedTo(ChronoUnit.SECONDS).toString());
        if (condition.observedGeneration() > 0) {
            body.put("observedGeneration", condition.observedGeneration());
        }
        return body;
    }

    private static Map<String, Object> ingress(Ingress ingress) {
        Map<String, Object> body =
                switch (ingress.address()) {
                    case Ingress.Hostname(String name) -> ordered("hostname", name);
                    case Ingress.Ip(String literal, boolean vip) ->
                            ordered("ip", literal, "ipMode", vip ? "VIP" : "Proxy");
                };
        if (!ingress.ports().isEmpty()) {
            body.put("ports", ingress.ports().stream().map(StatusPatch::portStatus).toList());
        }
        return body;
    }

    private static Map<String, Object> portStatus(Ingress.PortStatus port) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("port", port.port());
        body.put("protocol", port.protocol().name());
        if (!port.error().isEmpty()) {
            body.put("error", port.error());
        }
        return body;
    }

    /// Keys and values in turn, in that order.
    private static Map<String, Object> ordered(String... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
