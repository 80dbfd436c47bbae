package dev.origo.loop;

import java.time.Instant;
import java.util.Optional;

/// Where the leader's lease is kept: one coordination.k8s.io/v1 Lease.
///
/// Thread rule: one thread at a time. Every method throws [dev.origo.reconcile.KubernetesException]
/// (CONFLICT when someone else wrote first) and is bounded in time.
public interface LeaseStore {
    Optional<LeaseRecord> read();

    /// Creates the lease.
    LeaseRecord create(LeaseRecord lease);

    /// Replaces the lease that was read as `lease.version()`.
    LeaseRecord replace(LeaseRecord lease);

    /// The lease's content.
    ///
    /// @param holder identity of the holder; empty when released
    /// @param durationSeconds how long it holds after `renewed` by the holder's word
    /// @param version resourceVersion as read; empty for a new one
    record LeaseRecord(
            String holder,
            int durationSeconds,
            Instant acquired,
            Instant renewed,
            int transitions,
            String version) {}
}
