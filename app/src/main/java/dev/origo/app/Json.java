package dev.origo.app;

import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes JSON: maps, collections, numbers, booleans, null; anything else as its text.
final class Json {
    private static final int CONTROL_MAX = 0x1f;

    private Json() {}

    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> map ->
                    map.entrySet().stream()
                            .map(e -> quoted(String.valueOf(e.getKey())) + ":" + text(e.getValue()))
                            .collect(Collectors.joining(",", "{", "}"));
            case Iterable<?> items -> {
                StringBuilder list = new StringBuilder("[");
                items.forEach(item -> list.append(list.length() > 1 ? "," : "").append(text(item)));
                yield list.append(']').toString();
            }
            case Boolean truth -> truth.toString();
            case Integer number -> number.toString();
            case Long number -> number.toString();
            case Double number when Double.isFinite(number) -> number.toString();
            default -> quoted(value.toString());
        };
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c <= CONTROL_MAX || Character.isSurrogate(c)) {
                        quoted.append("\\u%04x".formatted((int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
