package dev.origo.reconcile;

import dev.origo.model.Code;
import dev.origo.model.OwnerId;
import dev.origo.model.ServiceKey;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Since when each owner meets failures that pass by themselves most of the time, so that they are
/// told only when they have lasted. One time per owner and code.
///
/// Thread rule: any thread, one owner at a time.
final class Patience {
    /// Longer than a deleted balancer's interfaces hold on to its security groups, most of the
    /// time.
    static final Duration LASTING = Duration.ofMinutes(2);

    private final ConcurrentMap<OwnerId, Map<Code, Long>> sinceByOwner = new ConcurrentHashMap<>();

    /// Whether the owner has met this failure for long, this time included.
    ///
    /// @param nowNanos of the monotonic clock
    boolean isOver(OwnerId owner, Code code, long nowNanos) {
        long since =
                sinceByOwner
                        .computeIfAbsent(owner, _ -> new ConcurrentHashMap<>())
                        .computeIfAbsent(code, _ -> nowNanos);
        return nowNanos - since >= LASTING.toNanos();
    }

    /// What was to be done was done.
    void forget(OwnerId owner) {
        sinceByOwner.remove(owner);
    }

    /// There is no Service of that name any more.
    void forget(ServiceKey key) {
        sinceByOwner.keySet().removeIf(owner -> owner.service().equals(key));
    }
}
