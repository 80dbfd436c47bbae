package dev.origo.reconcile;

import java.time.Duration;

/// When a Service is looked at again.
public sealed interface Next {
    /// When it changes.
    record Done() implements Next {}

    /// When it changes; before that, trying again is useless.
    record WaitForChange(String why) implements Next {}

    /// After this time, or when it changes. Earlier failures no longer count.
    record RetryAfter(Duration delay, String why) implements Next {}

    /// After the queue's backoff, which grows with each failure in a row.
    record RetryBackedOff(String why) implements Next {}
}
