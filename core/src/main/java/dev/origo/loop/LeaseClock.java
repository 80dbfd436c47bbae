package dev.origo.loop;

import dev.origo.loop.LeaseStore.LeaseRecord;
import java.time.Duration;
import java.time.Instant;

/// Who may write, as a pure function of the lease as read and of a monotonic clock: no wall clock
/// is trusted, neither ours nor another replica's. Times are nanoseconds of that clock.
///
/// @param identity ours
/// @param seen the lease as last seen
/// @param seenSince when this very record was seen first
/// @param heldUntil when our own hold ends, measured from the start of the request that renewed it;
///   `Long.MIN_VALUE` where we do not hold
record LeaseClock(String identity, LeaseRecord seen, long seenSince, long heldUntil) {
    private static final LeaseRecord NOTHING =
            new LeaseRecord("", 0, Instant.EPOCH, Instant.EPOCH, 0, "");

    static LeaseClock unknown(String identity) {
        return new LeaseClock(identity, NOTHING, Long.MIN_VALUE, Long.MIN_VALUE);
    }

    /// The lease was read.
    LeaseClock saw(LeaseRecord lease, long now) {
        return lease.equals(seen) ? this : new LeaseClock(identity, lease, now, heldUntil);
    }

    /// We wrote the lease by a request that began at `began`.
    LeaseClock renewed(LeaseRecord lease, long began, Duration duration) {
        return new LeaseClock(identity, lease, began, began + duration.toNanos());
    }

    LeaseClock lost() {
        return new LeaseClock(identity, seen, seenSince, Long.MIN_VALUE);
    }

    boolean holds(long now) {
        return heldUntil != Long.MIN_VALUE && now < heldUntil;
    }

    /// No write starts later than the deadline minus the margin: what is on the wire then has the
    /// margin to land in. A call may take longer; what lands late is absorbed by observing.
    boolean mayWrite(long now, Duration margin) {
        return heldUntil != Long.MIN_VALUE && now < heldUntil - margin.toNanos();
    }

    /// Whether we may take the lease: it is free, it is ours, or its holder has let it stand for
    /// its whole duration under our eyes.
    boolean mayTake(long now) {
        return !untilFree(now).isPositive();
    }

    /// How long its holder's word still keeps us from taking the lease; nothing or less where we
    /// may.
    Duration untilFree(long now) {
        if (seen.holder().isEmpty() || seen.holder().equals(identity)) {
            return Duration.ZERO;
        }
        return Duration.ofSeconds(seen.durationSeconds()).minusNanos(now - seenSince);
    }
}
