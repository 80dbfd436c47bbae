package dev.origo.app;

import dev.origo.guard.CallObserver;
import dev.origo.model.ServiceKey;
import dev.origo.reconcile.KubernetesException;
import dev.origo.reconcile.Next;
import dev.origo.reconcile.ReconcileObserver.Run;
import dev.origo.spi.CloudException;
import dev.origo.spi.Step;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/// Writes the log: one line at INFO or WARN for each run that changed something or failed, DEBUG
/// for the rest.
///
/// Thread rule: any thread.
final class RunLog {
    private static final Logger LOG = LoggerFactory.getLogger(RunLog.class);

    /// What was told last of a Service, so that a plan or refusal that stays is told once.
    private final ConcurrentMap<ServiceKey, String> told = new ConcurrentHashMap<>();

    /// How a run ended.
    record Ended(RunResult result, Next next, Duration took) {}

    void reconciled(Run run, Ended ended, Telemetry.Progress progress) {
        String message = message(ended, progress);
        boolean again =
                switch (ended.result()) {
                    case PLANNED, REFUSED -> message.equals(told.put(run.service(), message));
                    case CHANGED, UNCHANGED, WAITING, FAILED, BUG -> {
                        told.remove(run.service());
                        yield false;
                    }
                };
        about(
                run,
                () ->
                        LOG.atLevel(again ? Level.DEBUG : level(ended.result()))
                                .addKeyValue("took_ms", ended.took().toMillis())
                                .log(message));
    }

    void step(Run run, Step step) {
        about(run, () -> LOG.debug("applies: {}", step.describe()));
    }

    void called(CallObserver.Call call) {
        LOG.atDebug()
                .addKeyValue("outcome", call.outcome())
                .addKeyValue("took_ms", call.took().toMillis())
                .log("called {}:{}", call.family(), call.action());
    }

    void crashed(Run run, RuntimeException bug) {
        about(run, () -> LOG.error("ORIGO-5003: an error of Origo itself ended this run", bug));
    }

    void audited(int owners, int orphans, Duration took) {
        LOG.atLevel(orphans > 0 ? Level.INFO : Level.DEBUG)
                .addKeyValue("took_ms", took.toMillis())
                .log("audit: {} owners in the cloud, {} of them orphans", owners, orphans);
    }

    void auditFailed(CloudException e) {
        LOG.warn("audit failed, the next one tries again: {}", e.getMessage());
    }

    void leaseFailed(KubernetesException e) {
        LOG.warn("the lease: {}", e.getMessage());
    }

    private static Level level(RunResult result) {
        return switch (result) {
            case CHANGED, PLANNED -> Level.INFO;
            case REFUSED, FAILED -> Level.WARN;
            case BUG -> Level.ERROR;
            case UNCHANGED, WAITING -> Level.DEBUG;
        };
    }

    private static String message(Ended ended, Telemetry.Progress progress) {
        return switch (ended.result()) {
            case PLANNED -> "plan, first wave:" + progress.steps();
            case REFUSED -> "refused: " + after(ended.next()) + failure(progress);
            case FAILED -> "failed" + failure(progress) + "; " + after(ended.next());
            case CHANGED ->
                    "changed, steps %d, waves %d; %s"
                            .formatted(progress.writes(), progress.waves(), after(ended.next()));
            case UNCHANGED, WAITING, BUG ->
                    "%s; %s"
                            .formatted(
                                    ended.result().name().toLowerCase(Locale.ROOT),
                                    after(ended.next()));
        };
    }

    private static String failure(Telemetry.Progress progress) {
        return progress.failure().isEmpty() ? "" : ": " + progress.failure();
    }

    private static String after(Next next) {
        return switch (next) {
            case Next.Done _ -> "nothing more to do";
            case Next.WaitForChange(String why) -> why;
            case Next.RetryAfter(Duration delay, String why) ->
                    "again in %s: %s".formatted(Durations.text(delay), why);
            case Next.RetryBackedOff(String why) -> "again with backoff: " + why;
        };
    }

    private static void about(Run run, Runnable logging) {
        MDC.put(LogLine.SERVICE, run.service().toString());
        MDC.put(LogLine.RECONCILE_ID, run.id());
        try {
            logging.run();
        } finally {
            MDC.remove(LogLine.SERVICE);
            MDC.remove(LogLine.RECONCILE_ID);
        }
    }
}
