package dev.origo.reconcile;

import dev.origo.model.ServiceKey;
import dev.origo.spi.Step;
import java.time.Duration;
import java.util.List;

/// Told of every reconciliation, for metrics and logs. Thread rule: any thread; must not block or
/// throw.
public interface ReconcileObserver {
    /// A wave is about to be applied, or, in plan mode, would be.
    void planned(Run run, List<? extends Step> wave);

    /// A reconciliation ended.
    void reconciled(Run run, Next next, Duration took);

    /// The cloud or the API server failed; `reconciled` follows and tells what comes next.
    ///
    /// @param failure a CloudException or a KubernetesException
    default void failed(Run run, RuntimeException failure) {}

    /// One of our own bugs came out; the run is given up, the process goes on.
    void crashed(Run run, RuntimeException bug);

    /// One reconciliation.
    ///
    /// @param id in the log, the event's annotation and the metric's exemplar
    record Run(ServiceKey service, String id) {}
}
