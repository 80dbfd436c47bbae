package dev.origo.spi;

import dev.origo.model.Problem;
import java.time.Duration;

/// Why a call to the cloud failed: every failure is one of these.
public sealed interface CloudFailure {
    /// Too many calls; come back after `retryAfter` at the earliest.
    record Throttled(Duration retryAfter) implements CloudFailure {}

    /// No answer. If `sent`, the request may have had its effect.
    record Unreachable(String message, boolean sent) implements CloudFailure {}

    /// Not now: in use, being changed, or made by someone else at the same time.
    record Conflict(String message) implements CloudFailure {}

    /// What the call names is not there.
    record NotFound(String message) implements CloudFailure {}

    record QuotaExceeded(String quota) implements CloudFailure {}

    /// The identity lacks a permission.
    ///
    /// @param permission the API action that is missing, as `elasticloadbalancing:CreateListener`
    record Denied(String permission) implements CloudFailure {}

    /// The credentials themselves are missing, wrong or expired.
    record Unauthenticated(String message) implements CloudFailure {}

    /// The cloud refuses what is asked; asking again is useless before the Service or the
    /// configuration changes.
    record Rejected(Problem problem) implements CloudFailure {}

    /// Our own gate: this process is not, or no longer, the one that may write. The call was not
    /// made.
    record Fenced() implements CloudFailure {}

    /// Our own gate: the rate leaves no room within the time that a call may wait. The call was not
    /// made.
    record Postponed(Duration retryAfter) implements CloudFailure {}

    /// Anything else. The request may have had its effect.
    record Unknown(String message) implements CloudFailure {}
}
