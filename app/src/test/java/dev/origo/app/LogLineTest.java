package dev.origo.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/// How a log line looks: a contract for those who collect them.
final class LogLineTest {
    private static final Instant AT = Instant.parse("2026-11-23T18:17:16.100Z");

    @Test
    void textReadsLikeASentence() {
        assertThat(line(LogFormat.TEXT, "dev.origo.app.RunLog", "changed, steps 2"))
                .isEqualTo(
                        "2026-11-23T18:17:16.100Z WARN  ns/web changed, steps 2 took_ms=7 reconcile_id=ab12\n");
    }

    @Test
    void textNamesALoggerThatIsNotOurs() {
        assertThat(line(LogFormat.TEXT, "io.fabric8.kubernetes", "hm"))
                .startsWith("2026-11-23T18:17:16.100Z WARN  io.fabric8.kubernetes: ns/web hm");
    }

    @Test
    void jsonIsOneObjectALine() {
        assertThat(line(LogFormat.JSON, "dev.origo.app.RunLog", "a \"quote\"\nand a line\t\u0001"))
                .isEqualTo(
                        "{\"time\":\"2026-11-23T18:17:16.100Z\",\"level\":\"WARN\",\"logger\":\"dev.origo.app.RunLog\","
                                + "\"message\":\"a \\\"quote\\\"\\nand a line\\t\\u0001\",\"reconcile_id\":\"ab12\","
                                + "\"service\":\"ns/web\",\"took_ms\":7}\n");
    }

    private static String line(LogFormat format, String logger, String message) {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        LoggingEvent event =
                new LoggingEvent(
                        "", context.getLogger(logger), Level.WARN, message, null, new Object[0]);
        event.setInstant(AT);
        event.setMDCPropertyMap(Map.of(LogLine.SERVICE, "ns/web", LogLine.RECONCILE_ID, "ab12"));
        event.addKeyValuePair(new KeyValuePair("took_ms", 7));
        return new String(new LogLine(format).encode(event), StandardCharsets.UTF_8);
    }
}
