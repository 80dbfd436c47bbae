package dev.origo.app;

/// How one reconciliation ended, for metrics and the log.
enum RunResult {
    /// Something was written to the cloud.
    CHANGED,
    UNCHANGED,
    /// Nothing was written; it is looked at again soon, as while a balancer is being made.
    WAITING,
    /// The Service cannot be served before it changes.
    REFUSED,
    /// The cloud or the API server failed; it is tried again.
    FAILED,
    /// Plan mode: something would be written.
    PLANNED,
    /// An error of Origo itself.
    BUG
}
