package dev.origo.guard;

import java.time.Duration;

/// Told of every call to the cloud, for metrics and logs. Thread rule: any thread; must not block
/// or throw.
@FunctionalInterface
public interface CallObserver {
    /// One call ended.
    void called(Call call);

    /// How one call went.
    ///
    /// @param outcome `ok` or the failure's name, as `Throttled`
    /// @param took from start to answer, waiting for the rate not counted
    record Call(String family, String action, boolean write, String outcome, Duration took) {
        public boolean throttled() {
            return outcome.equals("Throttled");
        }
    }
}
