package dev.origo.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.kube.FakeApiServer.Answer;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Event;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventRecorderTest {
    private static final String EVENTS = "/api/v1/namespaces/shop/events";
    private static final ServiceSnapshot SERVICE =
            ServiceMapper.snapshot(
                    Objects.service(
                            "\"name\":\"web\",\"namespace\":\"shop\",\"uid\":\"u-1\",\"resourceVersion\":\"9\"",
                            ""));

    @TempDir Path directory;
    private final ManualTasks tasks = new ManualTasks();
    private final FakeApiServer server = new FakeApiServer();
    private ClusterConnection cluster;
    private EventRecorder recorder;

    @BeforeEach
    void connect() {
        cluster = server.connect(directory);
        recorder = new EventRecorder(cluster.api(), tasks);
        server.answer("POST " + EVENTS, Answer.ok("{}"));
        server.answer("PATCH " + EVENTS + "/web.0000000000000001", Answer.ok("{}"));
    }

    @AfterEach
    void close() {
        cluster.close();
        server.close();
    }

    @Test
    void writesAnEventThatToolsShow() {
        tell("Ensured", "all is well", "r1");
        assertThat(server.calls("POST").getFirst().body())
                .isEqualTo(
                        """
                        {"apiVersion":"v1","kind":"Event","metadata":{\
                        "annotations":{"origo.dev/reconcile-id":"r1"},\
                        "name":"web.0000000000000001","namespace":"shop"},"count":1,\
                        "firstTimestamp":"2026-03-04T05:06:07Z",\
                        "involvedObject":{"apiVersion":"v1","kind":"Service","name":"web",\
                        "namespace":"shop","resourceVersion":"9","uid":"u-1"},\
                        "lastTimestamp":"2026-03-04T05:06:07Z","message":"all is well",\
                        "reason":"Ensured","reportingComponent":"origo","reportingInstance":"origo",\
                        "source":{"component":"origo"},"type":"Normal"}\
                        """);
    }

    @Test
    void countsTheSameEventUp() {
        tell("Ensured", "all is well", "r1");
        tasks.advance(Duration.ofMinutes(1));
        tell("Ensured", "all is well", "r2");
        tell("Ensured", "all is well", "r3");
        assertThat(server.calls("POST")).hasSize(1);
        assertThat(server.calls("PATCH").getLast().body())
                .contains("\"count\":3", "\"r3\"", "\"lastTimestamp\":\"2026-03-04T05:07:07Z\"")
                .doesNotContain("firstTimestamp", "involvedObject");
    }

    @Test
    void writesAnotherEventForAnotherMessage() {
        tell("Ensured", "all is well", "r1");
        tell("Ensured", "all is better", "r1");
        assertThat(server.calls("POST")).hasSize(2);
    }

    @Test
    void beginsAnewWhenTheApiServerForgotTheEvent() {
        tell("Ensured", "all is well", "r1");
        server.answer("PATCH " + EVENTS + "/web.0000000000000001", Answer.status(404, "gone"));
        tell("Ensured", "all is well", "r2");
        assertThat(server.calls("POST").getLast().body())
                .contains("\"count\":1", "web.0000000000000002");
    }

    @Test
    void countsWhatItCannotWriteAndGoesOn() {
        server.answer("POST " + EVENTS, Answer.status(403, "namespace is being terminated"));
        tell("Ensured", "all is well", "r1");
        assertThat(recorder.lost()).isEqualTo(1);
        server.answer("POST " + EVENTS, Answer.ok("{}"));
        tell("Ensured", "all is well", "r2");
        assertThat(server.calls("POST")).hasSize(2);
    }

    @Test
    void neverBlocksAndDropsWhatDoesNotFit() {
        for (int i = 0; i < EventRecorder.QUEUED_MAX + 7; i++) {
            recorder.record(SERVICE, new Event(false, "Ensured", "all is well", "r" + i));
        }
        assertThat(server.calls("POST")).isEmpty();
        assertThat(recorder.lost()).isEqualTo(7);
    }

    @Test
    void cutsWhatTheApiServerWouldRefuse() {
        tell("Ensured", "x".repeat(2000), "r1");
        assertThat(server.calls("POST").getFirst().body())
                .contains("\"message\":\"" + "x".repeat(1024) + "\"");
    }

    private void tell(String reason, String message, String reconcileId) {
        recorder.record(SERVICE, new Event(false, reason, message, reconcileId));
        tasks.run();
    }
}
