package dev.origo.app;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: `10m`, `1h30m`, `500ms`.
final class Durations {
    private static final Pattern PART = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    private Durations() {}

    /// Reads a duration.
    ///
    /// @throws IllegalArgumentException naming the text and what is allowed
    static Duration parse(String text) {
        Duration sum = Duration.ZERO;
        Matcher parts = PART.matcher(text);
        int end = 0;
        while (parts.find() && parts.start() == end) {
            end = parts.end();
            long count = Long.parseLong(parts.group(1));
            sum =
                    sum.plus(
                            switch (parts.group(2)) {
                                case "ms" -> Duration.ofMillis(count);
                                case "s" -> Duration.ofSeconds(count);
                                case "m" -> Duration.ofMinutes(count);
                                default -> Duration.ofHours(count);
                            });
        }
        if (text.isEmpty() || end < text.length()) {
            throw new IllegalArgumentException(
                    "'%s' is not a duration such as 30s, 10m or 1h30m".formatted(text));
        }
        return sum;
    }

    /// Writes it short: milliseconds below 10 s, seconds above.
    static String text(Duration duration) {
        return duration.toMillis() < 10_000
                ? duration.toMillis() + " ms"
                : duration.toSeconds() + " s";
    }
}
