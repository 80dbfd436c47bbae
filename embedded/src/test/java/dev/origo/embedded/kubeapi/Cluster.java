package dev.origo.embedded.kubeapi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A server with two nodes under manual time, and an HTTP client of it. After each request the
/// controllers have done what they can without time.
final class Cluster implements AutoCloseable {
    static final String JSON = "application/json";
    static final String SERVICES = "/api/v1/namespaces/default/services";
    static final String PODS = "/api/v1/namespaces/default/pods";
    static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";

    final ManualTasks tasks = new ManualTasks();
    final KubernetesApi api;
    private final HttpClient http = HttpClient.newHttpClient();

    /// An answer.
    record Answer(int code, String text, List<String> warnings) {
        JsonNode json() {
            return Json.parse(text.getBytes(StandardCharsets.UTF_8));
        }

        String text(String path) {
            return Json.text(json(), path);
        }
    }

    Cluster() {
        try {
            api =
                    KubernetesApi.start(
                            new Settings(tasks, 0, Duration.ofMillis(300), Duration.ofSeconds(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        node("n1", "127.0.10.1", "True");
        node("n2", "127.0.10.2", "True");
    }

    void node(String name, String address, String ready) {
        api.create(
                parsed(
                        """
                        {"apiVersion":"v1","kind":"Node","metadata":{"name":"%s","labels":{"topology.kubernetes.io/zone":"z"}},
                        "status":{"conditions":[{"type":"Ready","status":"%s"}],
                        "addresses":[{"type":"InternalIP","address":"%s"}]}}
                        """
                                .formatted(name, ready, address)));
    }

    Answer get(String path) {
        return send("GET", path, "", "");
    }

    Answer post(String path, String body) {
        return send("POST", path, JSON, body);
    }

    Answer put(String path, String body) {
        return send("PUT", path, JSON, body);
    }

    Answer patch(String path, String type, String body) {
        return send("PATCH", path, type, body);
    }

    Answer delete(String path) {
        return send("DELETE", path, "", "");
    }

    /// Creates a Service of these fields.
    Answer service(String name, String spec) {
        return post(SERVICES, serviceBody(name, spec));
    }

    static String serviceBody(String name, String spec) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"%s\"},\"spec\":{%s}}"
                .formatted(name, spec);
    }

    Answer deployment(String name, int replicas) {
        return post(
                DEPLOYMENTS,
                """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"%1$s"},"spec":{"replicas":%2$d,
                "selector":{"matchLabels":{"app":"%1$s"}},"template":{"metadata":{"labels":{"app":"%1$s"}},
                "spec":{"containers":[{"name":"c","image":"echo:1","ports":[{"name":"http","containerPort":8080}]}]}}}}
                """
                        .formatted(name, replicas));
    }

    Answer send(String method, String path, String type, String body) {
        HttpRequest.Builder request = request(path).method(method, BodyPublishers.ofString(body));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        return send(request);
    }

    Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            tasks.run();
            return new Answer(
                    response.statusCode(),
                    response.body(),
                    response.headers().allValues("Warning"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// The lines of a watch, as they come.
    Stream<String> watch(String pathAndQuery) {
        try {
            return http.send(request(pathAndQuery).build(), BodyHandlers.ofLines()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(api.url() + path));
    }

    /// The scalars at a path of each object of a kind.
    List<String> texts(String kind, String path) {
        return api.list(kind).stream().map(object -> Json.text(object, path)).toList();
    }

    static ObjectNode parsed(String json) {
        return (ObjectNode) Json.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        api.close();
        http.close();
    }
}
