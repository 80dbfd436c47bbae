package dev.origo.model;

import java.time.Duration;

/// sessionAffinity of a Service.
public sealed interface Affinity {
    /// Connections of one client may reach any backend.
    record None() implements Affinity {}

    /// Connections of one client address stay with one backend for the time given by the Service
    /// (default 3 h).
    record ClientIp(Duration timeout) implements Affinity {
        /// Where the Service gives none. Source: Service API, sessionAffinityConfig
        public static final Duration TIMEOUT_DEFAULT = Duration.ofHours(3);
    }
}
