package dev.origo.embedded.kubeapi;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A Kubernetes API server of this process, for kubectl and for every client that speaks JSON over
/// HTTP: Namespaces, Nodes, Services, Pods, Deployments, EndpointSlices, Events, Leases, ConfigMaps
/// and Secrets, with the rules of the real one, and small controllers that make pods and
/// EndpointSlices. Everything is in memory.
///
/// It listens on 127.0.0.1 without TLS and lets everybody on the machine in.
///
/// Thread-safe.
public final class KubernetesApi implements AutoCloseable {
    private final Store store;
    private final Rest rest;
    private final HttpFace http;

    private KubernetesApi(Settings settings) throws IOException {
        store = new Store();
        Registry registry = new Registry(store, settings.tasks());
        rest = new Rest(registry);
        Controllers controllers = new Controllers(registry, settings);
        store.listen(controllers::changed);
        for (String name : List.of("default", "kube-system", "kube-public", "kube-node-lease")) {
            ObjectNode namespace = Kind.NAMESPACE.blank();
            namespace.putObject("metadata").put("name", name);
            rest.create(namespace);
        }
        http = new HttpFace(registry, rest, settings.port());
        settings.tasks().start("load what reads and writes JSON", Json::load);
        rest.create(itself());
    }

    /// One change.
    ///
    /// @param kind such as `Service`
    /// @param object as it is now; as it was, if it is gone. Not to be changed
    public record Change(String kind, JsonNode object, boolean gone) {}

    /// Starts serving; what the port is bound to and every thread ends with [#close].
    ///
    /// @throws IOException if the port cannot be bound
    public static KubernetesApi start(Settings settings) throws IOException {
        return new KubernetesApi(settings);
    }

    public int port() {
        return http.port();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /// A kubeconfig whose one context is this server.
    public String kubeconfig() {
        return """
        apiVersion: v1
        kind: Config
        clusters:
        - name: origo-dev
          cluster:
            server: %s
        users:
        - name: origo-dev
          user: {}
        contexts:
        - name: origo-dev
          context:
            cluster: origo-dev
            user: origo-dev
        current-context: origo-dev
        """
                .formatted(url());
    }

    /// Creates an object as a client would; in namespace `default` unless it names another.
    ///
    /// @return as it is stored
    /// @throws Refusal as the API server answers a client
    public JsonNode create(JsonNode object) {
        if (object instanceof ObjectNode body) {
            return rest.create(body).deepCopy();
        }
        throw Refusal.badRequest("the object provided is unrecognized (must be an object)");
    }

    /// All objects of a kind, ordered by namespace and name.
    ///
    /// @param kind such as `Service`
    public List<JsonNode> list(String kind) {
        return Kind.named(kind).stream()
                .flatMap(k -> store.list(k, "").stream())
                .<JsonNode>map(ObjectNode::deepCopy)
                .toList();
    }

    /// Has the listener told of every change from now on, in order and while no other can happen:
    /// it must only take note. What there is already is in [#list].
    public void onChange(Consumer<Change> listener) {
        store.listen(change ->
                listener.accept(
                        new Change(change.kind().kindName(), change.object(), change.gone())));
    }

    @Override
    public void close() {
        http.close();
    }

    /// The Service by which pods would reach this server; every cluster has it.
    private ObjectNode itself() {
        ObjectNode service = Kind.SERVICE.blank();
        service.putObject("metadata")
                .put("name", "kubernetes")
                .putObject("labels")
                .put("component", "apiserver")
                .put("provider", "kubernetes");
        ObjectNode spec = service.putObject("spec").put("clusterIP", "10.96.0.1");
        spec.putArray("ports")
                .addObject()
                .put("name", "https")
                .put("port", 443)
                .put("targetPort", port());
        return service;
    }
}
