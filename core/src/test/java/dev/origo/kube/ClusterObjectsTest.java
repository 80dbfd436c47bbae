package dev.origo.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.kube.FakeApiServer.Answer;
import dev.origo.kube.FakeApiServer.Call;
import dev.origo.reconcile.KubernetesException;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterObjectsTest {
    private static final String PODS = "/api/v1/pods";

    @TempDir Path directory;
    private FakeApiServer server;
    private ClusterConnection cluster;

    @BeforeEach
    void start() {
        server = new FakeApiServer();
        cluster = server.connect(directory);
    }

    @AfterEach
    void stop() {
        cluster.close();
        server.close();
    }

    @Test
    void sendsWhatItIsGiven() {
        server.answer("PATCH " + PODS + "/a", Answer.ok("{\"a\":1}"));
        server.answer("DELETE " + PODS + "/a", Answer.ok("{}"));

        assertThat(cluster.objects().patch(PODS + "/a", "{\"b\":null}")).isEqualTo("{\"a\":1}");
        cluster.objects().delete(PODS + "/a", "{\"gracePeriodSeconds\":0}");

        assertThat(server.calls("PATCH"))
                .containsExactly(
                        new Call(
                                "PATCH",
                                PODS + "/a",
                                "application/merge-patch+json",
                                "{\"b\":null}"));
        assertThat(server.calls("DELETE"))
                .extracting(Call::body)
                .containsExactly("{\"gracePeriodSeconds\":0}");
    }

    @Test
    void tellsWhatTheServerRefuses() {
        server.answer("GET " + PODS, Answer.status(403, "not you"));
        assertThatThrownBy(() -> cluster.objects().get(PODS))
                .isInstanceOf(KubernetesException.class)
                .hasMessageContaining("403 not you");
    }

    @Test
    void tellsEachEventUntilTheEndIsAskedFor() throws InterruptedException {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        CompletableFuture<Void> watch = cluster.objects().watch(PODS + "?watch=true", events::add);
        server.send(PODS, "ADDED", "{\"name\":\"größer\"}");
        server.send(PODS, "DELETED", "{}");

        assertThat(events.poll(10, TimeUnit.SECONDS))
                .isEqualTo("{\"type\":\"ADDED\",\"object\":{\"name\":\"größer\"}}");
        assertThat(events.poll(10, TimeUnit.SECONDS))
                .isEqualTo("{\"type\":\"DELETED\",\"object\":{}}");
        assertThat(watch).isNotDone();
        watch.complete(null);
        assertThat(watch).isCompleted();
    }

    @Test
    void endsWithWhatWhoIsToldThrows() {
        CompletableFuture<Void> watch =
                cluster.objects()
                        .watch(
                                PODS + "?watch=true",
                                event -> {
                                    throw new IllegalStateException("not this: " + event);
                                });
        server.send(PODS, "ERROR", "{}");
        assertThatThrownBy(() -> watch.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void endsWithTheServersRefusal() {
        server.answer("GET /apis/none", Answer.status(404, "no such thing"));
        CompletableFuture<Void> watch = cluster.objects().watch("/apis/none", _ -> {});
        assertThatThrownBy(() -> watch.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("404");
    }
}
