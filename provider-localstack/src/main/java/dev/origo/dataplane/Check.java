package dev.origo.dataplane;

import dev.origo.model.HealthCheck;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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

    /// The same over TLS, whatever certificate is shown. Source: ELB, "Health checks for target
    /// groups": load balancers do not validate these certificates.
    public record Https(Http request) implements Probe {}

    /// A TCP connection is accepted.
    public record Tcp() implements Probe {}

    /// Status codes of HTTP that pass.
    public record Codes(Set<Integer> passing) {
        private static final String SYNTAX = "[1-9][0-9]{2}(-[1-9][0-9]{2})?";

        public Codes {
            passing = Set.copyOf(passing);
        }

        /// Reads `200`, `200-399` or `200,302`. Source: Matcher of the ELBv2 API.
        public static Codes parse(String text) {
            return new Codes(
                    Arrays.stream(text.split(",", -1))
                            .map(String::strip)
                            .flatMapToInt(Codes::range)
                            .boxed()
                            .collect(Collectors.toSet()));
        }

        private static IntStream range(String text) {
            if (!text.matches(SYNTAX)) {
                throw new IllegalArgumentException(
                        "'%s' is not a status code, as 200, or a range, as 200-399"
                                .formatted(text));
            }
            String[] ends = text.split("-", -1);
            return IntStream.rangeClosed(
                    Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
        }
    }
}
