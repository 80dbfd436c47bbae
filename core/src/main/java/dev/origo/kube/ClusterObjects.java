package dev.origo.kube;

import dev.origo.kube.ApiServer.Request;
import dev.origo.kube.ApiServer.Verb;
import dev.origo.reconcile.KubernetesException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Objects of a cluster as the API server writes them, for who acts as a person at kubectl or as a
/// kubelet does. The controller has its own ways.
///
/// Every request throws [KubernetesException] for anything but success.
///
/// Thread rule: any thread.
public final class ClusterObjects {
    private final KubernetesClient client;
    private final ApiServer api;

    ClusterObjects(KubernetesClient client, ApiServer api) {
        this.client = client;
        this.api = api;
    }

    /// One object, or a list.
    ///
    /// @param path below the server's URL, as `/api/v1/nodes`
    public String get(String path) {
        return send(Verb.GET, path, "");
    }

    /// Makes an object.
    ///
    /// @param path of the kind's list
    public String create(String path, String body) {
        return send(Verb.CREATE, path, body);
    }

    /// Changes an object.
    ///
    /// @param patch a JSON merge patch (RFC 7386)
    public String patch(String path, String patch) {
        return send(Verb.PATCH, path, patch);
    }

    /// Asks for an object's end.
    ///
    /// @param options a DeleteOptions object
    public String delete(String path, String options) {
        return send(Verb.DELETE, path, options);
    }

    private String send(Verb verb, String path, String body) {
        String type = verb == Verb.PATCH ? "application/merge-patch+json" : "application/json";
        Request request =
                new Request(verb, path, path.substring(1), ClusterConnection.REQUEST_TIMEOUT);
        return api.send(request, type, body);
    }

    /// Watches. What it answers completes when the server ends the watch, or with what went wrong;
    /// to complete it ends the watch.
    ///
    /// @param path with its parameters, as `/api/v1/nodes?watch=true&resourceVersion=7`
    /// @param event told each event's JSON, on another thread, one at a time; what it throws ends
    ///   the watch
    public CompletableFuture<Void> watch(String path, Consumer<String> event) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Lines lines = new Lines(event);
        HttpClient http = client.getHttpClient();
        HttpRequest request =
                http.newHttpRequestBuilder().uri(client.getMasterUrl() + path.substring(1)).build();
        AsyncBody.Consumer<List<ByteBuffer>> reader =
                (buffers, body) -> {
                    try {
                        buffers.forEach(lines::take);
                        body.consume();
                    } catch (RuntimeException e) { // whatever who is told throws
                        ended.completeExceptionally(e);
                    }
                };
        var _ =
                http.consumeBytes(request, reader)
                        .thenCompose(answer -> followed(answer, ended))
                        .whenComplete((_, failure) -> {
                            if (failure == null) {
                                ended.complete(null);
                            } else {
                                ended.completeExceptionally(failure);
                            }
                        });
        return ended;
    }

    private static CompletableFuture<Void> followed(
            HttpResponse<AsyncBody> answer, CompletableFuture<Void> ended) {
        AsyncBody body = answer.body();
        var _ = ended.whenComplete((_, _) -> body.cancel());
        if (!answer.isSuccessful()) {
            return CompletableFuture.failedFuture(
                    new KubernetesException(
                            KubernetesException.Kind.UNREACHABLE,
                            "the watch is answered with " + answer.code(),
                            new IllegalStateException(answer.message())));
        }
        body.consume();
        return body.done();
    }

    /// Cuts a stream into lines. An object of Kubernetes, and so a line, is below 2 MiB: etcd takes
    /// no more.
    private static final class Lines {
        private final Consumer<String> told;
        private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

        private Lines(Consumer<String> told) {
            this.told = told;
        }

        private void take(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                byte next = bytes.get();
                if (next == '\n') {
                    String line = begun.toString(StandardCharsets.UTF_8);
                    begun.reset();
                    told.accept(line);
                } else {
                    begun.write(next);
                }
            }
        }
    }
}
