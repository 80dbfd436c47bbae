package dev.origo.embedded.nodes;

import dev.origo.embedded.nodes.Http.Header;
import dev.origo.embedded.nodes.Http.Request;
import dev.origo.embedded.nodes.Http.Response;
import dev.origo.embedded.nodes.Purpose.ProxyHealth;
import dev.origo.embedded.nodes.Purpose.ProxyMode;
import dev.origo.embedded.nodes.Purpose.ServiceHealth;
import dev.origo.model.ServiceKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a node's kube-proxy says about itself and its Services.
///
/// Source: kubernetes `pkg/proxy/healthcheck/{service_health,proxy_health}.go`,
/// `cmd/kube-proxy/app/server.go`; KEP-3836.
final class HealthPages {
    private HealthPages() {}

    static Response answer(Live live, Purpose.Page page, Request request) {
        View view = live.view();
        Optional<View.Node> node = view.node(page.node());
        boolean healthy = node.map(View.Node::proxyHealthy).orElse(false);
        String path = request.target().replaceFirst("[?].*", "");
        return switch (page) {
            // Any path, any method.
            case ServiceHealth(_, ServiceKey key) -> {
                long pods =
                        view.service(key).map(s -> Routing.readyPods(s, page.node())).orElse(0L);
                yield service(key, pods, healthy);
            }
            case ProxyHealth _ ->
                    switch (path) {
                        case "/healthz" -> {
                            boolean eligible = node.map(View.Node::eligible).orElse(false);
                            String field = ",\"nodeEligible\":%s".formatted(eligible);
                            yield proxy(live, healthy && eligible, healthy, field);
                        }
                        case "/livez" -> proxy(live, healthy, healthy, "");
                        default -> text(404, "404 page not found\n");
                    };
            case ProxyMode _ ->
                    switch (path) {
                        case "/proxyMode" -> text(200, "nftables");
                        case "/healthz" -> text(200, "ok");
                        default -> text(404, "404 page not found\n");
                    };
        };
    }

    private static Response service(ServiceKey key, long pods, boolean healthy) {
        String body =
                """
                {
                \t"service": {
                \t\t"namespace": "%s",
                \t\t"name": "%s"
                \t},
                \t"localEndpoints": %d,
                \t"serviceProxyHealthy": %s
                }\
                """
                        .formatted(key.namespace(), key.name(), pods, healthy);
        List<Header> headers = new ArrayList<>(headers("application/json"));
        headers.add(new Header("X-Load-Balancing-Endpoint-Weight", String.valueOf(pods)));
        return new Response(pods > 0 && healthy ? 200 : 503, headers, body);
    }

    private static Response proxy(Live live, boolean good, boolean healthy, String eligible) {
        Instant now = live.config.clock().instant();
        Instant updated = healthy ? now : live.updated();
        String body =
                ("{\"lastUpdated\":\"%s\",\"currentTime\":\"%s\"%s,\"healthy\":%s,"
                                + "\"status\":{\"IPv4\":{\"lastUpdated\":\"%s\",\"healthy\":%s}}}")
                        .formatted(updated, now, eligible, healthy, updated, healthy);
        return new Response(good ? 200 : 503, headers("application/json"), body);
    }

    private static Response text(int status, String body) {
        return new Response(status, headers("text/plain; charset=utf-8"), body);
    }

    private static List<Header> headers(String type) {
        return List.of(
                new Header("Content-Type", type), new Header("X-Content-Type-Options", "nosniff"));
    }
}
