package dev.origo.kube;

import dev.origo.reconcile.KubernetesException;
import dev.origo.reconcile.KubernetesException.Kind;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Single requests to the API server: one try, bounded in time, exact bytes, and every failure as a
/// [KubernetesException]. Retrying is the caller's.
///
/// Thread rule: any thread.
final class ApiServer {
    private static final int UNPROCESSABLE = 422;

    private final KubernetesClient client;
    private final String where;

    ApiServer(KubernetesClient client, String where) {
        this.client = client;
        this.where = where;
    }

    /// What a request does, in the words of RBAC.
    enum Verb {
        GET("GET"),
        CREATE("POST"),
        UPDATE("PUT"),
        PATCH("PATCH"),
        DELETE("DELETE");

        private final String method;

        Verb(String method) {
            this.method = method;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// One request.
    ///
    /// @param resource in the words of RBAC, as `services/status`
    /// @param path below the server's URL, without a leading slash
    record Request(Verb verb, String resource, String path, Duration timeout) {}

    /// Sends it and waits for the answer.
    ///
    /// @param body empty for none
    /// @throws KubernetesException for anything but success
    String send(Request request, String contentType, String body) {
        HttpRequest.Builder http =
                client.getHttpClient()
                        .newHttpRequestBuilder()
                        .uri(client.getMasterUrl() + request.path())
                        .timeout(request.timeout().toMillis(), TimeUnit.MILLISECONDS);
        if (request.verb() != Verb.GET) {
            http.method(request.verb().method, contentType, body);
        }
        HttpResponse<String> response = await(request, http.build());
        if (!response.isSuccessful()) {
            throw refusal(request, response);
        }
        return response.body();
    }

    private HttpResponse<String> await(Request request, HttpRequest http) {
        CompletableFuture<HttpResponse<String>> answer =
                client.getHttpClient().sendAsync(http, String.class);
        try {
            return answer.get(request.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw unreachable(request, "no answer within " + request.timeout(), e);
        } catch (ExecutionException e) {
            throw unreachable(request, rootOf(e).toString(), e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw unreachable(request, "interrupted", e);
        }
    }

    private KubernetesException unreachable(Request request, String what, Exception cause) {
        return new KubernetesException(
                Kind.UNREACHABLE,
                "cannot %s %s at %s: %s"
                        .formatted(request.verb().word(), request.resource(), where, what),
                cause);
    }

    private KubernetesException refusal(Request request, HttpResponse<String> response) {
        Status status = status(response);
        Kind kind = kind(response.code(), status);
        String fix =
                kind == Kind.FORBIDDEN
                        ? "; the RBAC verb '%s' on '%s' is needed"
                                .formatted(request.verb().word(), request.resource())
                        : "";
        return new KubernetesException(
                kind,
                "cannot %s %s at %s: %d %s%s"
                        .formatted(
                                request.verb().word(),
                                request.resource(),
                                where,
                                response.code(),
                                status.getMessage(),
                                fix),
                new KubernetesClientException(status));
    }

    /// A proxy on the way answers with something else than a Status.
    private Status status(HttpResponse<String> response) {
        Status status = new Status();
        try {
            status = KubernetesJson.JSON.unmarshal(response.body(), Status.class);
        } catch (RuntimeException e) {
            status.setMessage(e.getMessage());
        }
        status.setCode(response.code());
        return status;
    }

    /// What a refusal means. Another UID than the patch names is a 422 on `metadata.uid`
    /// (kube-apiserver 1.36, seen); as a precondition it is a 409 that names the UID.
    static Kind kind(int code, Status status) {
        return switch (code) {
            case HttpURLConnection.HTTP_NOT_FOUND -> Kind.GONE;
            case HttpURLConnection.HTTP_FORBIDDEN -> Kind.FORBIDDEN;
            case HttpURLConnection.HTTP_CONFLICT ->
                    ServiceMapper.text(status.getMessage()).contains("UID in precondition")
                            ? Kind.GONE
                            : Kind.CONFLICT;
            case UNPROCESSABLE ->
                    causes(status).stream().anyMatch(c -> "metadata.uid".equals(c.getField()))
                            ? Kind.GONE
                            : Kind.UNREACHABLE;
            default -> Kind.UNREACHABLE;
        };
    }

    private static List<StatusCause> causes(Status status) {
        return status.getDetails() == null
                ? List.of()
                : ServiceMapper.list(status.getDetails().getCauses());
    }

    static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; depth < 20 && root.getCause() != null; depth++) {
            root = root.getCause();
        }
        return root;
    }
}
