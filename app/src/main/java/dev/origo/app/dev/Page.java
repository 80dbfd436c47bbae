package dev.origo.app.dev;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.origo.dataplane.DataPlane;
import dev.origo.dataplane.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The page of `origo dev --serve`: draws what is there, and lets people change it.
///
/// It listens on loopback. A change is taken only from the page itself: browsers let other sites
/// send it only after asking, which nobody answers.
///
/// Thread rule: any thread.
final class Page implements AutoCloseable {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int REFUSED = 400;
    private static final int BODY_MAX_BYTES = 4096;
    private static final String CLIENT_ADDRESS = "origo.dev/client-address";
    private static final List<String> MODES = List.of("auto", "proxy-protocol-v2", "none");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final DevWorld world;
    private final DataPlane dataPlane;
    private final Api api;
    private final String kubeconfig;

    private Page(HttpServer server, DevWorld world, DataPlane dataPlane, String kubeconfig) {
        this.server = server;
        this.world = world;
        this.dataPlane = dataPlane;
        this.api = world.api();
        this.kubeconfig = kubeconfig;
    }

    /// @param port 0 for any
    /// @param kubeconfig the line that people paste into a shell
    static Page start(int port, DevWorld world, DataPlane dataPlane, String kubeconfig)
            throws IOException {
        HttpServer server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
        Page page = new Page(server, world, dataPlane, kubeconfig);
        server.setExecutor(page.threads);
        server.createContext("/", page::answer);
        server.start();
        return page;
    }

    String url() {
        return "http://127.0.0.1:%d/".formatted(server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!isAddressedToUs(exchange)) {
                send(exchange, REFUSED, "text/plain", "this is " + url());
                return;
            }
            String what = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            switch (what) {
                case "GET /" -> send(exchange, OK, "text/html; charset=utf-8", html());
                case "GET /state" -> send(exchange, OK, "application/json", state());
                case "POST /change" -> act(exchange, this::change);
                case "POST /ask" -> act(exchange, this::ask);
                default -> send(exchange, NOT_FOUND, "text/plain", "there is no " + what);
            }
        }
    }

    /// Not so when a site's name was made to point at this machine.
    private boolean isAddressedToUs(HttpExchange exchange) {
        int port = server.getAddress().getPort();
        return Stream.of("127.0.0.1:" + port, "localhost:" + port)
                .anyMatch(ours -> ours.equals(exchange.getRequestHeaders().getFirst("Host")));
    }

    private interface Action {
        String of(JsonNode request) throws IOException;
    }

    private static void act(HttpExchange exchange, Action action) throws IOException {
        String type =
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type"))
                        .orElse("");
        try {
            if (!type.equals("application/json")) {
                throw new Unproven(
                        "the content type is '%s', not application/json".formatted(type));
            }
            byte[] body = exchange.getRequestBody().readNBytes(BODY_MAX_BYTES);
            send(exchange, OK, "text/plain; charset=utf-8", action.of(Api.JSON.readTree(body)));
        } catch (Unproven | IOException e) {
            send(exchange, REFUSED, "text/plain; charset=utf-8", String.valueOf(e.getMessage()));
        }
    }

    private String change(JsonNode request) {
        String[] key = request.path("service").asString("/").split("/", 2);
        String path = Api.services(key[0]) + "/" + key[1];
        if (request.has("policy")) {
            api.patch(
                    path,
                    Api.JSON.writeValueAsString(
                            Map.of(
                                    "spec",
                                    Map.of(
                                            "externalTrafficPolicy",
                                            request.path("policy").asString("")))));
        }
        if (request.has("clientAddress")) {
            Map<String, String> annotation =
                    Map.of(CLIENT_ADDRESS, request.path("clientAddress").asString(""));
            api.patch(
                    path,
                    Api.JSON.writeValueAsString(
                            Map.of("metadata", Map.of("annotations", annotation))));
        }
        return "changed";
    }

    private String ask(JsonNode request) throws IOException {
        JsonNode service =
                services()
                        .filter(s -> Mirror.key(s).equals(request.path("service").asString("")))
                        .findFirst()
                        .orElseThrow(() -> new Unproven("there is no such Service"));
        String address = service.at("/status/loadBalancer/ingress/0/ip").asString("");
        if (address.isEmpty()) {
            throw new Unproven("the Service has no address yet");
        }
        int port = service.at("/spec/ports/0/port").asInt();
        return "$ curl --interface 127.0.0.77 http://%s:%d/\n".formatted(address, port)
                + Lab.get(Lab.OUTSIDE, address, port, "/").replaceFirst("(?s)^.*?\r\n\r\n", "");
    }

    // --- the state

    private String state() {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("kubeconfig", kubeconfig);
        state.put("services", services().map(this::service).toList());
        return Api.JSON.writeValueAsString(state);
    }

    private Stream<JsonNode> services() {
        return world.list(Mirror.Kind.SERVICE).stream()
                .filter(s -> s.at("/spec/type").asString("").equals("LoadBalancer"));
    }

    private Map<String, Object> service(JsonNode service) {
        String told =
                condition(service, "origo.dev/ClientAddress")
                        .path("message")
                        .asString("not known yet");
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("key", Mirror.key(service));
        shown.put("name", Views.name(service));
        shown.put("client", "127.0.0.77");
        shown.put("address", service.at("/status/loadBalancer/ingress/0/ip").asString(""));
        shown.put("policy", service.at("/spec/externalTrafficPolicy").asString(""));
        shown.put(
                "clientAddress",
                service.path("metadata").path("annotations").path(CLIENT_ADDRESS).asString("auto"));
        shown.put("modes", MODES);
        shown.put("verdict", word(told, "^(\\w+):"));
        shown.put("delivery", word(told, "delivery (\\S+),"));
        shown.put("carrier", word(told, "carrier (\\S+);"));
        shown.put("message", message(service, told));
        shown.put("nodes", nodes(service));
        return shown;
    }

    private static String message(JsonNode service, String told) {
        JsonNode accepted = condition(service, "origo.dev/Accepted");
        return accepted.path("status").asString("").equals("False")
                ? accepted.path("message").asString("")
                : told.replaceFirst("^\\w+: ", "");
    }

    private static String word(String text, String regex) {
        var found = Pattern.compile(regex).matcher(text);
        return found.find() ? found.group(1) : "Unknown";
    }

    private static JsonNode condition(JsonNode service, String type) {
        return Views.items(service.at("/status/conditions"))
                .filter(c -> c.path("type").asString("").equals(type))
                .findFirst()
                .orElseGet(Api.JSON::createObjectNode);
    }

    private List<Map<String, Object>> nodes(JsonNode service) {
        Look look = new Look(world, dataPlane, Views.namespace(service));
        Map<String, Status.OfTarget> targets = new LinkedHashMap<>();
        look.alive(Views.name(service))
                .flatMap(status -> status.listeners().stream())
                .flatMap(listener -> listener.targets().stream())
                .forEach(target -> targets.put(target.target().address().getHostAddress(), target));
        List<Map<String, Object>> nodes = new ArrayList<>();
        for (JsonNode node : world.list(Mirror.Kind.NODE)) {
            Optional<Status.OfTarget> target = Optional.ofNullable(targets.get(Look.address(node)));
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("name", Views.name(node));
            shown.put("address", Look.address(node));
            shown.put(
                    "health",
                    target.map(t -> t.health().state().name().toLowerCase(Locale.ROOT))
                            .orElse("-"));
            shown.put("reason", target.map(t -> t.health().description()).orElse(""));
            shown.put("pods", look.endpointsOn(Views.name(service), Views.name(node)));
            nodes.add(shown);
        }
        return nodes;
    }

    private static String html() throws IOException {
        try (InputStream page = Page.class.getResourceAsStream("page.html")) {
            return new String(Objects.requireNonNull(page).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String text)
            throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
