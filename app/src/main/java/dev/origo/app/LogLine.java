package dev.origo.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/// One event as one line: text for people or a JSON object for machines.
///
/// The JSON keys `time`, `level`, `logger`, `message`, `service`, `reconcile_id`, `error` are
/// relied on by others; more keys are free.
final class LogLine extends EncoderBase<ILoggingEvent> {
    static final String SERVICE = "service";
    static final String RECONCILE_ID = "reconcile_id";

    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private final LogFormat format;

    LogLine(LogFormat format) {
        this.format = format;
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String line =
                switch (format) {
                    case TEXT -> text(event);
                    case JSON -> json(event);
                };
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ILoggingEvent event) {
        Map<String, String> mdc = new TreeMap<>(event.getMDCPropertyMap());
        StringBuilder line = new StringBuilder();
        line.append(time(event)).append(' ').append("%-5s".formatted(event.getLevel()));
        if (!event.getLoggerName().startsWith("dev.origo.")) {
            line.append(' ').append(event.getLoggerName()).append(':');
        }
        String service = mdc.remove(SERVICE);
        if (service != null) {
            line.append(' ').append(service);
        }
        line.append(' ').append(event.getFormattedMessage());
        fields(event).forEach((key, value) -> line.append(' ').append(key + "=" + value));
        mdc.forEach((key, value) -> line.append(' ').append(key + "=" + value));
        error(event.getThrowableProxy(), "\n", line);
        return line.toString().stripTrailing();
    }

    private static String json(ILoggingEvent event) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("time", time(event));
        object.put("level", event.getLevel().toString());
        object.put("logger", event.getLoggerName());
        object.put("message", event.getFormattedMessage());
        object.putAll(new TreeMap<>(event.getMDCPropertyMap()));
        object.putAll(fields(event));
        StringBuilder error = new StringBuilder();
        error(event.getThrowableProxy(), "", error);
        if (!error.isEmpty()) {
            object.put("error", error.toString());
        }
        return Json.text(object);
    }

    private static String time(ILoggingEvent event) {
        return TIME.format(Instant.ofEpochMilli(event.getTimeStamp()));
    }

    private static Map<String, Object> fields(ILoggingEvent event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                fields.put(pair.key, pair.value);
            }
        }
        return fields;
    }

    private static void error(@Nullable IThrowableProxy thrown, String before, StringBuilder line) {
        if (thrown != null) {
            line.append(before).append(ThrowableProxyUtil.asString(thrown).stripTrailing());
        }
    }
}
