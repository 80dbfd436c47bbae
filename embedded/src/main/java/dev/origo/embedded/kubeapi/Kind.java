package dev.origo.embedded.kubeapi;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The kinds that are served. Source: Kubernetes 1.36, API reference.
enum Kind {
    NAMESPACE("v1", "Namespace", "namespaces", "ns"),
    NODE("v1", "Node", "nodes", "no"),
    SERVICE("v1", "Service", "services", "svc"),
    POD("v1", "Pod", "pods", "po"),
    EVENT("v1", "Event", "events", "ev"),
    CONFIG_MAP("v1", "ConfigMap", "configmaps", "cm"),
    SECRET("v1", "Secret", "secrets", ""),
    DEPLOYMENT("apps/v1", "Deployment", "deployments", "deploy"),
    ENDPOINT_SLICE("discovery.k8s.io/v1", "EndpointSlice", "endpointslices", ""),
    LEASE("coordination.k8s.io/v1", "Lease", "leases", ""),
    /// The same objects as [#EVENT], with other names for some fields.
    NEW_EVENT("events.k8s.io/v1", "Event", "events", "ev");

    private final String apiVersion;
    private final String kindName;
    private final String plural;
    private final String shortName;

    Kind(String apiVersion, String kindName, String plural, String shortName) {
        this.apiVersion = apiVersion;
        this.kindName = kindName;
        this.plural = plural;
        this.shortName = shortName;
    }

    static Optional<Kind> byPlural(String apiVersion, String plural) {
        return Arrays.stream(values())
                .filter(k -> k.apiVersion.equals(apiVersion) && k.plural.equals(plural))
                .findFirst();
    }

    static Optional<Kind> byName(String apiVersion, String kindName) {
        return Arrays.stream(values())
                .filter(k -> k.apiVersion.equals(apiVersion) && k.kindName.equals(kindName))
                .findFirst();
    }

    /// The stored kind of this name, whatever its group.
    static Optional<Kind> named(String kindName) {
        return Arrays.stream(values()).filter(k -> k.kindName.equals(kindName)).findFirst();
    }

    static List<Kind> of(String apiVersion) {
        return Arrays.stream(values()).filter(k -> k.apiVersion.equals(apiVersion)).toList();
    }

    /// Versions of named groups, in a stated order.
    static List<String> groupVersions() {
        return Arrays.stream(values())
                .map(k -> k.apiVersion)
                .filter(version -> !version.equals("v1"))
                .distinct()
                .toList();
    }

    String apiVersion() {
        return apiVersion;
    }

    String group() {
        return apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
    }

    String kindName() {
        return kindName;
    }

    String plural() {
        return plural;
    }

    String shortName() {
        return shortName;
    }

    /// The type's name in [Schema].
    String type() {
        return (group().isEmpty() ? "core" : group().replace(".k8s.io", "")) + ".v1." + kindName;
    }

    /// As error messages write it: `deployments.apps`.
    String resource() {
        return group().isEmpty() ? plural : plural + "." + group();
    }

    /// As error messages write it: `Deployment.apps`.
    String qualifiedName() {
        return group().isEmpty() ? kindName : kindName + "." + group();
    }

    boolean namespaced() {
        return this != NAMESPACE && this != NODE;
    }

    /// Whether it has a subresource `status`.
    boolean hasStatus() {
        return !namespaced() || inAll();
    }

    /// Whether it has a subresource `scale`.
    boolean hasScale() {
        return this == DEPLOYMENT;
    }

    /// Whether `kubectl get all` shows it.
    boolean inAll() {
        return this == SERVICE || this == POD || this == DEPLOYMENT;
    }

    /// Whether `metadata.generation` counts changes of its spec.
    boolean hasGeneration() {
        return this == POD || this == DEPLOYMENT || this == ENDPOINT_SLICE;
    }

    /// Whether a PUT must name the version that it replaces.
    boolean versioned() {
        return this == LEASE;
    }

    /// What it is stored as.
    Kind stored() {
        return this == NEW_EVENT ? EVENT : this;
    }

    /// An object with these first fields.
    ObjectNode blank() {
        return Json.object("kind", kindName, "apiVersion", apiVersion);
    }
}
