package dev.origo.dataplane;

import dev.origo.dataplane.Status.Reason;

/// A client's TCP connection that goes on until both sides end, or it is cut.
sealed interface Live permits Flow, HttpRelay {
    /// Returns when it has ended.
    void run() throws InterruptedException;

    /// Cuts it where its time is over.
    void sweep(long nowNanos);

    /// Resets all sides. Counted once.
    void cut(Reason reason);
}
