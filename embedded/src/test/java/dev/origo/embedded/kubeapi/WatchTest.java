package dev.origo.embedded.kubeapi;

import static dev.origo.embedded.kubeapi.Cluster.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class WatchTest {
    private static final String PORT = "\"ports\":[{\"port\":80}]";

    private final Cluster cluster = new Cluster();
    private String version = "";

    @BeforeEach
    void list() {
        cluster.tasks.run();
        version = cluster.get(SERVICES).text("metadata.resourceVersion");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void tellsWhatHappensAfterAVersion() {
        Iterator<String> lines = from(version, "");
        cluster.service("web", PORT);
        cluster.patch(
                SERVICES + "/web", Patches.MERGE, "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
        cluster.delete(SERVICES + "/web");
        assertThat(next(lines)).isEqualTo("ADDED web");
        assertThat(next(lines)).isEqualTo("MODIFIED web");
        assertThat(next(lines)).isEqualTo("DELETED web");
    }

    @Test
    void tellsWhatComesIntoASelectionAndLeavesIt() {
        Iterator<String> lines = from(version, "&labelSelector=a=b");
        cluster.service("web", PORT);
        cluster.patch(
                SERVICES + "/web", Patches.MERGE, "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
        cluster.patch(SERVICES + "/web", Patches.MERGE, "{\"metadata\":{\"labels\":null}}");
        assertThat(next(lines)).isEqualTo("ADDED web");
        assertThat(next(lines)).isEqualTo("DELETED web");
    }

    @Test
    void beginsWithWhatIsThereAndSaysWhereItEnds() {
        Iterator<String> lines =
                cluster.watch(
                                SERVICES
                                        + "?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan")
                        .iterator();
        assertThat(next(lines)).isEqualTo("ADDED kubernetes");
        assertThat(lines.next()).contains("BOOKMARK", "\"k8s.io/initial-events-end\":\"true\"");
    }

    @Test
    void endsAfterItsTime() {
        Iterator<String> lines = from("0", "&timeoutSeconds=5");
        assertThat(next(lines)).isEqualTo("ADDED kubernetes");
        cluster.tasks.advance(Duration.ofSeconds(5));
        assertThat(lines.hasNext()).isFalse();
    }

    @Test
    void marksItsPlaceEachMinute() {
        Iterator<String> lines = from("0", "&allowWatchBookmarks=true");
        assertThat(next(lines)).isEqualTo("ADDED kubernetes");
        // The watch sets its alarm just after it has told; until then there is nothing to advance.
        while (cluster.tasks.waiting() < 2) {
            Thread.onSpinWait();
        }
        cluster.tasks.advance(Duration.ofMinutes(1));
        assertThat(lines.next()).contains("BOOKMARK", "\"resourceVersion\":");
    }

    @Test
    void refusesAVersionThatIsForgotten() {
        cluster.service("web", PORT);
        for (int i = 0; i < Store.HISTORY_MAX; i++) {
            cluster.patch(
                    SERVICES + "/web",
                    Patches.MERGE,
                    "{\"metadata\":{\"labels\":{\"n\":\"%d\"}}}".formatted(i));
        }
        JsonNode event = Cluster.parsed(from(version, "").next());
        assertThat(Json.text(event, "type")).isEqualTo("ERROR");
        assertThat(Json.number(event, "object.code")).isEqualTo(410);
        assertThat(Json.text(event, "object.reason")).isEqualTo("Expired");
    }

    @Test
    void writesAscii() {
        Iterator<String> lines = from(version, "");
        cluster.service("web", PORT);
        cluster.patch(
                SERVICES + "/web", Patches.MERGE, "{\"metadata\":{\"annotations\":{\"a\":\"ä\"}}}");
        next(lines);
        String line = lines.next();
        assertThat(line.getBytes(StandardCharsets.UTF_8)).hasSize(line.length());
        assertThat(line).contains("\\u00E4");
    }

    private Iterator<String> from(String begin, String more) {
        return cluster.watch(SERVICES + "?watch=true&resourceVersion=" + begin + more).iterator();
    }

    private static String next(Iterator<String> lines) {
        JsonNode event = Cluster.parsed(lines.next());
        return Json.text(event, "type") + " " + Json.text(event, "object.metadata.name");
    }
}
