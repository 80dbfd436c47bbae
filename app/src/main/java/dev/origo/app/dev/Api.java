package dev.origo.app.dev;

import dev.origo.kube.ClusterObjects;
import dev.origo.reconcile.KubernetesException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Talks to a Kubernetes API server as kubectl does. What is refused is [Unproven].
///
/// Thread rule: any thread.
final class Api {
    static final JsonMapper JSON = JsonMapper.shared();

    private static final String AT_ONCE = "{\"gracePeriodSeconds\":0}";
    private static final String USUAL = "{}";

    private final ClusterObjects objects;

    Api(ClusterObjects objects) {
        this.objects = objects;
    }

    static String services(String namespace) {
        return "/api/v1/namespaces/" + namespace + "/services";
    }

    static String pods(String namespace) {
        return "/api/v1/namespaces/" + namespace + "/pods";
    }

    static String deployments(String namespace) {
        return "/apis/apps/v1/namespaces/" + namespace + "/deployments";
    }

    JsonNode get(String path) {
        return answered(() -> objects.get(path));
    }

    JsonNode post(String path, String body) {
        return answered(() -> objects.create(path, body));
    }

    /// @param patch a JSON merge patch
    JsonNode patch(String path, String patch) {
        return answered(() -> objects.patch(path, patch));
    }

    void delete(String path) {
        answered(() -> objects.delete(path, USUAL));
    }

    void deleteAtOnce(String path) {
        answered(() -> objects.delete(path, AT_ONCE));
    }

    /// As [ClusterObjects#watch].
    CompletableFuture<Void> watch(String path, Consumer<JsonNode> event) {
        return objects.watch(path, line -> event.accept(JSON.readTree(line)));
    }

    private static JsonNode answered(Supplier<String> request) {
        try {
            return JSON.readTree(request.get());
        } catch (KubernetesException e) {
            throw new Unproven(String.valueOf(e.getMessage()));
        }
    }
}
