package dev.origo.embedded.kubeapi;

import static dev.origo.embedded.kubeapi.Cluster.DEPLOYMENTS;
import static dev.origo.embedded.kubeapi.Cluster.JSON;
import static dev.origo.embedded.kubeapi.Cluster.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.embedded.kubeapi.Cluster.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RestTest {
    private static final String WEB = Cluster.serviceBody("web", "\"ports\":[{\"port\":80}]");
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

    private final Cluster cluster = new Cluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    /// A request while there is a Service `web`.
    record Row(String name, String request, String body, int code, String says) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> places() {
        String web = SERVICES + "/web";
        return Stream.of(
                new Row(
                        "no such object",
                        "GET " + SERVICES + "/x",
                        "",
                        404,
                        "services \"x\" not found"),
                new Row(
                        "no such resource",
                        "GET /api/v1/namespaces/default/toys",
                        "",
                        404,
                        "the server could not find the requested resource"),
                new Row(
                        "no such group",
                        "GET /apis/toys.example/v1/toys",
                        "",
                        404,
                        "could not find"),
                new Row("no such subresource", "GET " + web + "/scale", "", 404, "could not find"),
                new Row(
                        "a name without namespace",
                        "GET /api/v1/services/web",
                        "",
                        404,
                        "could not find"),
                new Row("exists", "POST " + SERVICES, WEB, 409, "services \"web\" already exists"),
                new Row(
                        "no such namespace",
                        "POST /api/v1/namespaces/x/services",
                        WEB,
                        404,
                        "namespaces \"x\" not found"),
                new Row(
                        "another kind",
                        "POST " + SERVICES,
                        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}",
                        400,
                        "is of kind Pod"));
    }

    static Stream<Row> bodies() {
        String web = SERVICES + "/web";
        String other =
                "{\"metadata\":{\"name\":\"web\",\"%s\":\"%s\"},\"spec\":{\"ports\":[{\"port\":80}]}}";
        return Stream.of(
                new Row("no JSON", "POST " + SERVICES, "{", 400, "unrecognized"),
                new Row("no object", "POST " + SERVICES, "[]", 400, "must be an object"),
                new Row(
                        "an unknown field",
                        "POST " + SERVICES + "?fieldValidation=Strict",
                        WEB.replace("\"ports\"", "\"typo\":1,\"ports\""),
                        400,
                        "Service in version \"v1\" cannot be handled as a Service: strict decoding error: unknown field \"spec.typo\""),
                new Row(
                        "a wrong type",
                        "POST " + SERVICES,
                        WEB.replace("80", "\"80\""),
                        400,
                        "cannot unmarshal string into Go struct field Service.spec.ports[0].port of type integer"),
                new Row(
                        "another version",
                        "PUT " + web,
                        other.formatted("resourceVersion", "1"),
                        409,
                        "the object has been modified; please apply your changes to the latest version and try again"),
                new Row(
                        "another UID replaced",
                        "PUT " + web,
                        other.formatted("uid", "u"),
                        409,
                        "UID in precondition: u"),
                new Row(
                        "another UID patched",
                        "PATCH " + web,
                        "{\"metadata\":{\"uid\":\"u\"}}",
                        422,
                        "metadata.uid: Invalid value: \"u\": field is immutable"),
                new Row(
                        "another name",
                        "PATCH " + web,
                        "{\"metadata\":{\"name\":\"x\"}}",
                        400,
                        "the name of the object (x) does not match the name on the URL (web)"));
    }

    static Stream<Row> rules() {
        String web = SERVICES + "/web";
        return Stream.of(
                new Row(
                        "another UID deleted",
                        "DELETE " + web,
                        "{\"preconditions\":{\"uid\":\"u\"}}",
                        409,
                        "UID in precondition: u"),
                new Row(
                        "a namespace that stays",
                        "DELETE /api/v1/namespaces/default",
                        "",
                        403,
                        "this namespace may not be deleted"),
                new Row(
                        "a POST to an object",
                        "POST " + web,
                        WEB,
                        405,
                        "does not allow this method"),
                new Row("a PUT to all", "PUT " + SERVICES, WEB, 405, "does not allow this method"),
                new Row(
                        "an unreadable selector",
                        "GET " + SERVICES + "?labelSelector=a%20in%20b",
                        "",
                        400,
                        "unable to parse requirement"),
                new Row(
                        "a lease without version",
                        "PUT " + LEASES + "/l",
                        "{\"metadata\":{\"name\":\"l\"},\"spec\":{}}",
                        422,
                        "metadata.resourceVersion: Invalid value: 0: must be specified for an update"),
                new Row(
                        "a Deployment that selects others",
                        "PATCH " + DEPLOYMENTS + "/d",
                        "{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"app\":\"x\"}}}}}",
                        422,
                        "`selector` does not match template `labels`"));
    }

    @ParameterizedTest
    @MethodSource({"places", "bodies", "rules"})
    void refuses(Row row) {
        cluster.post(SERVICES, WEB);
        cluster.deployment("d", 0);
        cluster.post(
                LEASES,
                "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":{\"name\":\"l\"}}");
        String[] words = row.request().split(" ", 2);
        String type = words[0].equals("PATCH") ? Patches.MERGE : JSON;
        Answer answer =
                cluster.send(words[0], words[1], row.body().isEmpty() ? "" : type, row.body());
        assertThat(answer.text("message")).contains(row.says());
        assertThat(answer.code())
                .isEqualTo(row.code())
                .isEqualTo(Json.number(answer.json(), "code"));
        assertThat(answer.text("status")).isEqualTo("Failure");
    }

    @Test
    void saysWhichTypesOfBodiesItTakes() {
        cluster.post(SERVICES, WEB);
        assertThat(cluster.patch(SERVICES + "/web", "application/apply-patch+yaml", "a: b").code())
                .isEqualTo(415);
        assertThat(cluster.send("POST", SERVICES, "application/yaml", "a: b").code())
                .isEqualTo(415);
    }

    @Test
    void warnsOfUnknownFieldsAndDropsThem() {
        Answer answer = cluster.post(SERVICES, WEB.replace("\"ports\"", "\"typo\":1,\"ports\""));
        assertThat(answer.code()).isEqualTo(201);
        assertThat(answer.warnings()).containsExactly("299 - \"unknown field \\\"spec.typo\\\"\"");
        assertThat(answer.text()).doesNotContain("typo");
    }

    @Test
    void refusesWebPagesAndOtherHosts() throws IOException {
        var page = cluster.request("/api/v1/nodes").header("Origin", "https://evil.example");
        assertThat(cluster.send(page).code()).isEqualTo(403);
        assertThat(cluster.get("/api/v1/nodes").code()).isEqualTo(200);
        try (var raw = new Socket(InetAddress.ofLiteral("127.0.0.1"), cluster.api.port())) {
            raw.getOutputStream()
                    .write(
                            "GET /api/v1/nodes HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(raw.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void refusesABodyThatIsTooLarge() {
        Answer answer = cluster.post(SERVICES, " ".repeat(3 * 1024 * 1024 + 1));
        assertThat(answer.code()).isEqualTo(413);
    }

    @Test
    void triesWithoutDoing() {
        assertThat(cluster.post(SERVICES + "?dryRun=All", WEB).code()).isEqualTo(201);
        assertThat(cluster.get(SERVICES + "/web").code()).isEqualTo(404);
        cluster.post(SERVICES, WEB);
        assertThat(cluster.delete(SERVICES + "/web?dryRun=All").code()).isEqualTo(200);
        assertThat(cluster.get(SERVICES + "/web").code()).isEqualTo(200);
    }

    @Test
    void aWriteThatChangesNothingMakesNoVersion() {
        Answer before = cluster.post(SERVICES, WEB);
        Answer after =
                cluster.patch(
                        SERVICES + "/web", Patches.MERGE, "{\"spec\":{\"type\":\"ClusterIP\"}}");
        assertThat(after.text("metadata.resourceVersion"))
                .isEqualTo(before.text("metadata.resourceVersion"));
    }

    @Test
    void selectsByLabelsAndFields() {
        cluster.post(SERVICES, WEB);
        assertThat(names(SERVICES + "?labelSelector=component%20in%20(apiserver,x),!app"))
                .containsExactly("kubernetes");
        assertThat(names(SERVICES + "?labelSelector=component!=apiserver")).containsExactly("web");
        assertThat(names(SERVICES + "?fieldSelector=metadata.name=web")).containsExactly("web");
        assertThat(names("/api/v1/services?fieldSelector=metadata.namespace!=default")).isEmpty();
    }

    @Test
    void scalesByTheSubresource() {
        cluster.deployment("d", 1);
        String scale = DEPLOYMENTS + "/d/scale";
        assertThat(cluster.get(scale).text("status.selector")).isEqualTo("app=d");
        assertThat(
                        cluster.patch(scale, Patches.MERGE, "{\"spec\":{\"replicas\":3}}")
                                .text("spec.replicas"))
                .isEqualTo("3");
        assertThat(cluster.get(DEPLOYMENTS + "/d").text("metadata.generation")).isEqualTo("2");
        assertThat(
                        cluster.put(
                                        scale,
                                        "{\"metadata\":{\"name\":\"d\",\"resourceVersion\":\"1\"},\"spec\":{\"replicas\":0}}")
                                .code())
                .isEqualTo(409);
    }

    @Test
    void anEventHasBothItsForms() {
        cluster.post(
                "/apis/events.k8s.io/v1/namespaces/default/events",
                """
                {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"e"},"eventTime":"2026-03-04T05:05:07Z",
                "note":"N","reason":"R","type":"Normal","reportingController":"c","regarding":{"kind":"Service","name":"web"}}
                """);
        Answer core = cluster.get("/api/v1/namespaces/default/events/e");
        assertThat(
                        List.of(
                                core.text("message"),
                                core.text("involvedObject.name"),
                                core.text("apiVersion")))
                .containsExactly("N", "web", "v1");
        assertThat(cluster.get("/apis/events.k8s.io/v1/namespaces/default/events/e").text("note"))
                .isEqualTo("N");
        assertThat(cells("/api/v1/namespaces/default/events"))
                .containsExactly(
                        "60s", "Normal", "R", "service/web", "", "c", "N", "60s", "1", "e");
    }

    @Test
    void showsServicesAsAPersonKnowsThem() {
        cluster.service(
                "web",
                "\"type\":\"LoadBalancer\",\"selector\":{\"a\":\"b\"},\"ports\":[{\"port\":80}]");
        assertThat(cells(SERVICES + "?labelSelector=!component"))
                .containsExactly(
                        "web",
                        "LoadBalancer",
                        "10.96.1.1",
                        "<pending>",
                        "80:30086/TCP",
                        "0s",
                        "a=b");
        assertThat(cells("/api/v1/nodes/n1").subList(0, 6))
                .containsExactly("n1", "Ready", "<none>", "0s", "", "127.0.10.1");
    }

    @Test
    void leavesNothingBehind() throws IOException {
        int port = cluster.api.port();
        cluster.api.close();
        assertThatThrownBy(() -> cluster.get("/version")).hasCauseInstanceOf(IOException.class);
        try (var again = new ServerSocket(port)) {
            assertThat(again.getLocalPort()).isEqualTo(port);
        }
    }

    private List<String> names(String path) {
        return Json.stream(cluster.get(path).json(), "items")
                .map(o -> Json.text(o, "metadata.name"))
                .toList();
    }

    private List<String> cells(String path) {
        Answer table =
                cluster.send(
                        cluster.request(path)
                                .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io"));
        List<String> cells = new ArrayList<>();
        Json.stream(table.json(), "rows")
                .findFirst()
                .orElseThrow()
                .path("cells")
                .forEach(c -> cells.add(c.asString()));
        return cells;
    }
}
