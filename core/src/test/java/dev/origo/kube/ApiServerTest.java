package dev.origo.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.kube.ApiServer.Request;
import dev.origo.kube.ApiServer.Verb;
import dev.origo.kube.FakeApiServer.Answer;
import dev.origo.reconcile.KubernetesException;
import dev.origo.reconcile.KubernetesException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ApiServerTest {
    private static final Request PATCH =
            new Request(Verb.PATCH, "services/status", "x", Duration.ofSeconds(20));

    @TempDir Path directory;

    record Row(String name, Answer answer, Kind kind, String message) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row("gone", Answer.status(404, "no web"), Kind.GONE, "404 no web"),
                new Row("conflict", Answer.status(409, "modified"), Kind.CONFLICT, "409 modified"),
                new Row(
                        "another UID as precondition",
                        Answer.status(409, "Precondition failed: UID in precondition: a"),
                        Kind.GONE,
                        "409 Precondition failed"),
                new Row(
                        "another UID in the patch",
                        new Answer(
                                422,
                                """
                                {"kind":"Status","apiVersion":"v1","message":"invalid","details":{"causes":[
                                {"reason":"FieldValueInvalid","field":"metadata.uid"}]},"code":422}
                                """),
                        Kind.GONE,
                        "422 invalid"),
                new Row("invalid", Answer.status(422, "bad"), Kind.UNREACHABLE, "422 bad"),
                new Row(
                        "forbidden",
                        Answer.status(403, "not you"),
                        Kind.FORBIDDEN,
                        "403 not you; the RBAC verb 'patch' on 'services/status' is needed"),
                new Row("busy", Answer.status(429, "slow"), Kind.UNREACHABLE, "429 slow"),
                new Row("credentials", Answer.status(401, "who"), Kind.UNREACHABLE, "401 who"),
                new Row("a proxy's page", new Answer(502, "<html>"), Kind.UNREACHABLE, "502"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void tellsRefusalsApart(Row row) {
        try (FakeApiServer server = new FakeApiServer();
                ClusterConnection cluster = server.connect(directory)) {
            server.answer("PATCH /x", row.answer());
            assertThatThrownBy(() -> cluster.api().send(PATCH, "application/json", "{}"))
                    .isInstanceOf(KubernetesException.class)
                    .hasMessageContaining(row.message())
                    .extracting(e -> ((KubernetesException) e).kind())
                    .isEqualTo(row.kind());
            // A 401 is tried again with the token of a fresh read of the credentials; nothing else
            // is.
            assertThat(server.calls("PATCH")).hasSize(row.message().startsWith("401") ? 2 : 1);
        }
    }

    @Test
    void boundsEveryCallInTime() {
        CountDownLatch never = new CountDownLatch(1);
        try (FakeApiServer server = new FakeApiServer();
                ClusterConnection cluster = server.connect(directory)) {
            server.answer(
                    "GET /x",
                    _ -> {
                        awaitUninterrupted(never);
                        return Answer.ok("{}");
                    });
            Request request = new Request(Verb.GET, "x", "x", Duration.ofMillis(100));
            assertThatThrownBy(() -> cluster.api().send(request, "", ""))
                    .isInstanceOf(KubernetesException.class)
                    .hasMessageContaining("cannot get x at " + server.url());
            never.countDown();
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
