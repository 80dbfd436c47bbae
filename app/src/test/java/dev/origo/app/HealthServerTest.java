package dev.origo.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.loop.WorkQueue;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The probes and the metrics, over HTTP.
final class HealthServerTest {
    private static final ListenAddress ANY = ListenAddress.parse("127.0.0.1:0");

    private record Row(String name, String path, Live live, int status, String says) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Row> rows() {
        Situation well = Situation.WELL;
        Duration long20 = Duration.ofMinutes(20);
        return Stream.of(
                new Row("well and alive", "/livez", well, 200, "ok\n"),
                new Row("well and ready", "/readyz", well, 200, "ok\n"),
                new Row("alive before anything runs", "/livez", Live.NOTHING, 200, "ok\n"),
                new Row(
                        "not ready before the caches are",
                        "/readyz",
                        Live.NOTHING,
                        503,
                        "not listed"),
                new Row(
                        "a standby is ready",
                        "/readyz",
                        new Situation(true, false, Situation.IDLE, well.watches()),
                        200,
                        "ok\n"),
                new Row(
                        "a watch that is gone for a while comes back",
                        "/livez",
                        well.unwatched(Duration.ofMinutes(3)),
                        200,
                        "ok\n"),
                new Row(
                        "a watch that stays away",
                        "/livez",
                        well.unwatched(long20),
                        503,
                        "the watch of services has not worked for 1200 s; last failure: gone away"),
                new Row(
                        "a reconciliation without end",
                        "/livez",
                        well.with(new WorkQueue.Load(0, 1, 0, Duration.ZERO, long20)),
                        503,
                        "a reconciliation has lasted for 1200 s"),
                new Row(
                        "a queue that stands still",
                        "/livez",
                        well.with(new WorkQueue.Load(4, 0, 0, long20, Duration.ZERO)),
                        503,
                        "all workers free"),
                new Row(
                        "a long queue that moves",
                        "/livez",
                        well.with(new WorkQueue.Load(900, 32, 0, long20, Duration.ofSeconds(2))),
                        200,
                        "ok\n"),
                new Row("elsewhere", "/", well, 404, "/metrics, /livez and /readyz"),
                new Row("metrics", "/metrics", well, 200, "origo_leader 1.0"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void answers(Row row) throws Exception {
        PrometheusMetrics metrics = new PrometheusMetrics("1.2.3");
        metrics.show(row.live());
        try (HealthServer server = HealthServer.start(ANY, metrics, row::live)) {
            HttpResponse<String> answer = get(server, row.path(), "text/plain");

            assertThat(answer.body()).contains(row.says());
            assertThat(answer.statusCode()).isEqualTo(row.status());
        }
    }

    @Test
    void theExemplarOfAReconciliationIsItsId() throws Exception {
        PrometheusMetrics metrics = new PrometheusMetrics("1.2.3");
        metrics.reconciled(RunResult.CHANGED, Duration.ofMillis(20), "ab12");
        try (HealthServer server = HealthServer.start(ANY, metrics, () -> Live.NOTHING)) {
            String body = get(server, "/metrics", "application/openmetrics-text").body();

            assertThat(body)
                    .contains("origo_reconcile_duration_seconds_count{result=\"changed\"} 1")
                    .contains("# {reconcile_id=\"ab12\"} 0.02");
        }
    }

    @Test
    void anAddressInUseIsAWrongOption() {
        PrometheusMetrics metrics = new PrometheusMetrics("1.2.3");
        try (HealthServer server = HealthServer.start(ANY, metrics, () -> Live.NOTHING)) {
            ListenAddress taken = new ListenAddress(ANY.address(), server.port());

            assertThatThrownBy(() -> HealthServer.start(taken, metrics, () -> Live.NOTHING))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("--listen " + taken);
        }
    }

    private static HttpResponse<String> get(HealthServer server, String path, String accept)
            throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://127.0.0.1:%d%s".formatted(server.port(), path)))
                            .header("Accept", accept)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
