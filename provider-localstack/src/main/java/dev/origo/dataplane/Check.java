package dev.origo.dataplane;

import dev.origo.model.HealthCheck;
import java.util.Arrays;
import java.util.List;

/// How the health of each target is found out.
///
/// @param timing pace and thresholds
/// @param carriesProxyHeader whether a PROXY listener puts its header before the probe, too
public record Check(Probe probe, HealthCheck.Timing timing, boolean carriesProxyHeader) {

    /// The question put to each target, on its health port.
    public sealed interface Probe {}

    /// `GET path` is answered with one of the codes.
    public record Http(String path, Codes codes) implements Probe {
        public Http {
            boolean printable = path.chars().allMatch(c -> c > ' ' && c <= '~');
            if (!path.startsWith("/") || !printable) {
                throw new IllegalArgumentException("'%s' is not a path".formatted(path));
            }
        }
    }

    /// A TCP connection is accepted.
    public record Tcp() implements Probe {}

    /// Status codes of HTTP that pass.
    public record Codes(List<Range> ranges) {
        private static final String SYNTAX = "[1-9][0-9]{2}(-[1-9][0-9]{2})?";

        public Codes {
            ranges = List.copyOf(ranges);
        }

        /// Reads `200`, `200-399` or `200,302`. Source: Matcher of the ELBv2 API.
        public static Codes parse(String text) {
            List<Range> ranges =
                    Arrays.stream(text.split(",", -1))
                            .map(String::strip)
                            .map(Codes::range)
                            .toList();
            return new Codes(ranges);
        }

        public boolean contains(int code) {
            return ranges.stream().anyMatch(r -> r.first() <= code && code <= r.last());
        }

        private static Range range(String text) {
            if (!text.matches(SYNTAX)) {
                throw new IllegalArgumentException(
                        "'%s' is not a status code, as 200, or a range, as 200-399"
                                .formatted(text));
            }
            int dash = text.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
            return new Range(first, dash < 0 ? first : Integer.parseInt(text.substring(dash + 1)));
        }
    }

    /// Codes from the first to the last, both included.
    public record Range(int first, int last) {}
}
