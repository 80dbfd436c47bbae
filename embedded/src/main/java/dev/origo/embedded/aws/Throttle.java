package dev.origo.embedded.aws;

import dev.origo.embedded.aws.AwsSettings.Bucket;
import dev.origo.embedded.aws.AwsSettings.Rate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;

/// AWS's token buckets. Guarded by the account's lock.
final class Throttle {
    private record Level(double tokens, Instant at) {}

    private final Map<Bucket, Level> levels = new EnumMap<>(Bucket.class);
    private final InstantSource clock;

    Throttle(InstantSource clock) {
        this.clock = clock;
    }

    /// Takes a token or refuses the call; buckets without a rate never run dry.
    void take(Call call, AwsSettings settings) {
        Bucket bucket = Bucket.of(call);
        Rate rate = settings.rates().get(bucket);
        if (rate == null) {
            return;
        }
        Instant now = clock.instant();
        Level old = levels.getOrDefault(bucket, new Level(rate.burst(), now));
        double refill = Duration.between(old.at(), now).toNanos() / 1e9 * rate.perSecond();
        double tokens = Math.min(rate.burst(), old.tokens() + refill);
        if (tokens < 1) {
            throw Faults.throttled(call.family());
        }
        levels.put(bucket, new Level(tokens - 1, now));
    }
}
