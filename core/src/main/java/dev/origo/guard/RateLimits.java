package dev.origo.guard;

import java.time.Duration;

/// How fast calls of one family may start, reads and writes apart.
///
/// @param burst tokens of a full bucket, at least 1. Source: AWS documents 40 for non-mutating
///   ELBv2 calls
/// @param startPerSecond the rate before the cloud has said anything
/// @param ceilingPerSecond the rate never rises above it
/// @param floorPerSecond the rate never falls below it, above 0
/// @param waitMax a call that would wait longer is sent back to the queue
public record RateLimits(
        int burst,
        double startPerSecond,
        double ceilingPerSecond,
        double floorPerSecond,
        Duration waitMax) {
    public static final RateLimits DEFAULT =
            new RateLimits(40, 100, 200, 1, Duration.ofSeconds(10));

    public RateLimits {
        if (burst < 1
                || floorPerSecond <= 0
                || startPerSecond < floorPerSecond
                || ceilingPerSecond < startPerSecond) {
            throw new IllegalArgumentException(
                    "burst %d must be at least 1, and 0 < floor %s <= start %s <= ceiling %s"
                            .formatted(burst, floorPerSecond, startPerSecond, ceilingPerSecond));
        }
    }
}
