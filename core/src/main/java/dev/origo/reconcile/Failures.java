package dev.origo.reconcile;

import dev.origo.model.Code;
import dev.origo.model.Problem;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import java.time.Duration;
import java.util.List;

/// What a failed call to the cloud means for the Service. Pure.
///
/// @param problems at most one, for the user
/// @param passes whether it passes by itself most of the time, so that the user is told only when
///   it has lasted
/// @param remember whether the call certainly had no effect, so that what is remembered still holds
record Failures(Next next, List<Problem> problems, boolean passes, boolean remember) {
    /// The cloud's answer will not change soon, and a person may be at work on it.
    private static final Duration SLOW = Duration.ofMinutes(5);

    /// A renewal that comes late leaves us the leader; where another one leads by then, the queue
    /// is closed and nothing is tried again.
    static final Duration FENCED = Duration.ofSeconds(2);

    static Failures of(CloudException e) {
        String action = e.action();
        return switch (e.failure()) {
            case CloudFailure.Throttled(Duration retryAfter) ->
                    throttled(
                            retryAfter.isPositive()
                                    ? new Next.RetryAfter(retryAfter, action + " throttled")
                                    : new Next.RetryBackedOff(action + " throttled"));
            case CloudFailure.Postponed(Duration retryAfter) ->
                    throttled(new Next.RetryAfter(retryAfter, action + " waits for the rate"));
            case CloudFailure.Fenced() ->
                    silent(new Next.RetryAfter(FENCED, action + " waits for the lease"));
            case CloudFailure.Conflict(String message) ->
                    passing(
                            new Next.RetryBackedOff(action + ": " + message),
                            Code.CLOUD_CONFLICT,
                            action + " is refused again and again: in use, or being changed");
            case CloudFailure.NotFound(String message) ->
                    passing(
                            new Next.RetryBackedOff(action + ": " + message),
                            Code.CLOUD_OBJECT_NOT_FOUND,
                            action + " is refused again and again: what it names is not there");
            case CloudFailure.Unreachable(String message, boolean sent) ->
                    told(
                            new Next.RetryBackedOff(action + ": " + message),
                            Code.CLOUD_UNREACHABLE,
                            "%s: no answer: %s".formatted(action, message),
                            !sent);
            case CloudFailure.Unknown(String message) ->
                    told(
                            new Next.RetryBackedOff(action + ": " + message),
                            Code.CLOUD_FAILED,
                            "%s: %s".formatted(action, message),
                            false);
            case CloudFailure.QuotaExceeded(String quota) ->
                    told(
                            slowly(action),
                            Code.QUOTA_EXCEEDED,
                            "%s: quota used up: %s".formatted(action, quota),
                            false);
            case CloudFailure.Denied(String permission) ->
                    told(
                            slowly(action),
                            Code.PERMISSION_DENIED,
                            "not allowed: %s".formatted(permission),
                            false);
            case CloudFailure.Unauthenticated(String message) ->
                    told(
                            new Next.RetryBackedOff(action),
                            Code.CREDENTIALS_REFUSED,
                            "%s: the credentials are refused: %s".formatted(action, message),
                            false);
            case CloudFailure.Rejected(Problem problem) ->
                    new Failures(
                            new Next.WaitForChange(problem.message()),
                            List.of(problem),
                            false,
                            false);
        };
    }

    private static Failures silent(Next next) {
        return new Failures(next, List.of(), true, true);
    }

    /// Any call may be the one that meets the limit: which one it was would only make each failure
    /// look like another one.
    private static Failures throttled(Next next) {
        Problem problem =
                Problem.error(Code.CLOUD_THROTTLED, "the cloud lets calls through only slowly");
        return new Failures(next, List.of(problem), true, true);
    }

    /// The cloud's own words name objects and requests, which differ from try to try: they are in
    /// the log.
    private static Failures passing(Next next, Code code, String message) {
        return new Failures(next, List.of(Problem.error(code, message)), true, false);
    }

    private static Next slowly(String action) {
        return new Next.RetryAfter(SLOW, action);
    }

    private static Failures told(Next next, Code code, String message, boolean remember) {
        return new Failures(next, List.of(Problem.error(code, message)), false, remember);
    }
}
