package dev.origo.app;

import dev.origo.guard.CallObserver;
import dev.origo.loop.Controller;
import dev.origo.reconcile.KubernetesException;
import dev.origo.reconcile.Next;
import dev.origo.reconcile.ReconcileObserver;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.spi.Step;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Hears what core does, and tells metrics and log.
///
/// Thread rule: any thread.
final class Telemetry implements CallObserver, ReconcileObserver, Controller.AuditObserver {
    private final PrometheusMetrics metrics;
    private final RunLog log;
    private final Drift drift;
    private final InstantSource clock;
    private final boolean planOnly;

    /// Runs that have begun to do something; bounded by the runs in flight.
    private final ConcurrentMap<Run, Progress> progress = new ConcurrentHashMap<>();

    Telemetry(PrometheusMetrics metrics, Drift drift, InstantSource clock, boolean planOnly) {
        this.metrics = metrics;
        this.log = new RunLog();
        this.drift = drift;
        this.clock = clock;
        this.planOnly = planOnly;
    }

    /// What a run has done so far. Changed by its own task only.
    static final class Progress {
        private final StringBuilder steps = new StringBuilder();
        private int writes;
        private int waves;
        private boolean drifted;
        private boolean crashed;
        private String failure = "";

        int writes() {
            return writes;
        }

        int waves() {
            return waves;
        }

        String failure() {
            return failure;
        }

        /// One step a line.
        String steps() {
            return steps.toString();
        }
    }

    @Override
    public void called(Call call) {
        metrics.called(call);
        log.called(call);
    }

    @Override
    public void planned(Run run, List<? extends Step> wave) {
        List<? extends Step> writes = wave.stream().filter(Step::writes).toList();
        if (writes.isEmpty()) {
            return;
        }
        Progress mine = progress(run);
        mine.waves++;
        mine.writes += writes.size();
        writes.forEach(step -> mine.steps.append("\n  ").append(step.describe()));
        if (!planOnly) {
            writes.forEach(step -> log.step(run, step));
        }
        if (drift.isDrift(run.service())) {
            mine.drifted = true;
            metrics.driftFound();
        }
    }

    @Override
    public void failed(Run run, RuntimeException failure) {
        boolean quiet =
                failure instanceof CloudException cloud
                        && (cloud.failure() instanceof CloudFailure.Fenced
                                || cloud.failure() instanceof CloudFailure.Postponed);
        boolean passes =
                failure instanceof KubernetesException cluster
                        && (cluster.kind() == KubernetesException.Kind.GONE
                                || cluster.kind() == KubernetesException.Kind.FENCED);
        if (!quiet && !passes) {
            progress(run).failure = String.valueOf(failure.getMessage());
        }
    }

    @Override
    public void crashed(Run run, RuntimeException bug) {
        progress(run).crashed = true;
        metrics.bug();
        log.crashed(run, bug);
    }

    @Override
    public void reconciled(Run run, Next next, Duration took) {
        Progress mine = progress(run);
        progress.remove(run);
        RunResult result = result(mine, next);
        metrics.reconciled(result, took, run.id());
        log.reconciled(run, new RunLog.Ended(result, next, took), mine);
        boolean good = result == RunResult.CHANGED || result == RunResult.UNCHANGED;
        if (good && mine.drifted) {
            metrics.driftRepaired();
        }
        if (good && next instanceof Next.Done) {
            drift.settled(run.service());
        }
    }

    @Override
    public void audited(int owners, int orphans, Duration took) {
        drift.auditEnded();
        metrics.audited(owners, orphans, took, clock.instant());
        log.audited(owners, orphans, took);
    }

    @Override
    public void auditFailed(CloudException e) {
        metrics.auditFailed();
        log.auditFailed(e);
    }

    void leaseFailed(KubernetesException e) {
        metrics.leaseFailed();
        log.leaseFailed(e);
    }

    private Progress progress(Run run) {
        return progress.computeIfAbsent(run, _ -> new Progress());
    }

    private RunResult result(Progress mine, Next next) {
        if (mine.crashed) {
            return RunResult.BUG;
        }
        if (planOnly && mine.writes > 0) {
            return RunResult.PLANNED;
        }
        return switch (next) {
            case Next.WaitForChange _ -> RunResult.REFUSED;
            case Next.RetryBackedOff _ -> RunResult.FAILED;
            case Next.RetryAfter _ when !mine.failure.isEmpty() -> RunResult.FAILED;
            case Next.RetryAfter _ -> mine.writes > 0 ? RunResult.CHANGED : RunResult.WAITING;
            case Next.Done _ -> mine.writes > 0 ? RunResult.CHANGED : RunResult.UNCHANGED;
        };
    }
}
