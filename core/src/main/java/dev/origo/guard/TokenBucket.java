package dev.origo.guard;

import java.time.Duration;
import java.util.OptionalLong;

/// A token bucket whose rate halves when the cloud throttles and rises again, a step a second,
/// while it does not.
///
/// Thread rule: any thread; the object's monitor guards all fields.
final class TokenBucket {
    private static final double NANOS_PER_SECOND = 1e9;

    /// How many calls a second the rate rises per second without throttling, as a share of the
    /// ceiling.
    private static final double RISE_SHARE = 0.01;

    private final RateLimits limits;
    private double tokens;
    private double perSecond;
    private long filledAt;
    private long loweredAt;

    TokenBucket(RateLimits limits, long nowNanos) {
        this.limits = limits;
        this.tokens = limits.burst();
        this.perSecond = limits.startPerSecond();
        this.filledAt = nowNanos;
        this.loweredAt = nowNanos - Duration.ofSeconds(1).toNanos();
    }

    /// Takes a token. The answer is how many nanoseconds to wait before the call may start (0 for
    /// at once), or empty where that would be longer than the limit; then no token is taken.
    synchronized OptionalLong take(long nowNanos) {
        refill(nowNanos);
        double missing = Math.max(0, 1 - tokens);
        long waitNanos = (long) Math.ceil(missing / perSecond * NANOS_PER_SECOND);
        if (waitNanos > limits.waitMax().toNanos()) {
            return OptionalLong.empty();
        }
        tokens -= 1;
        return OptionalLong.of(waitNanos);
    }

    /// The cloud throttled: half the rate, at most once a second, since calls in flight tell of the
    /// same excess.
    synchronized void throttled(long nowNanos) {
        refill(nowNanos);
        tokens = Math.min(tokens, 0);
        if (nowNanos - loweredAt >= NANOS_PER_SECOND) {
            perSecond = Math.max(limits.floorPerSecond(), perSecond / 2);
            loweredAt = nowNanos;
        }
    }

    synchronized double perSecond() {
        return perSecond;
    }

    private void refill(long nowNanos) {
        double seconds = Math.max(0, nowNanos - filledAt) / NANOS_PER_SECOND;
        tokens = Math.min(limits.burst(), tokens + seconds * perSecond);
        perSecond =
                Math.min(
                        limits.ceilingPerSecond(),
                        perSecond + seconds * limits.ceilingPerSecond() * RISE_SHARE);
        filledAt = nowNanos;
    }
}
