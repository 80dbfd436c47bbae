package dev.origo.app;

import dev.origo.guard.CallObserver;
import dev.origo.kube.WatchHealth;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// Everything that `/metrics` tells.
///
/// Thread rule: any thread.
final class PrometheusMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    /// From a steady state in memory to a create that waits for its cloud.
    private static final double[] RECONCILE_SECONDS = {
        0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
    };

    private static final double[] CALL_SECONDS = {
        0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
    };

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final List<Described> described = new ArrayList<>();
    private volatile Live live = Live.NOTHING;

    private final Histogram reconciles =
            histogram(
                    RECONCILE_SECONDS,
                    new Described(
                            "origo_reconcile_duration_seconds",
                            "histogram",
                            List.of("result"),
                            "How long reconciliations of one Service took, by result: changed, unchanged, waiting, refused,"
                                    + " failed, planned, bug. The exemplar is the reconcile_id of the log."));
    private final Counter bugs =
            counter("origo_bugs_total", "Errors of Origo itself; each is in the log.");
    private final Histogram calls =
            histogram(
                    CALL_SECONDS,
                    new Described(
                            "origo_cloud_call_duration_seconds",
                            "histogram",
                            List.of("family", "action"),
                            "How long calls to the cloud took, waiting for the rate not counted."));
    private final Counter callOutcomes =
            counter(
                    "origo_cloud_calls_total",
                    "Calls to the cloud. kind is read or write; outcome is ok or the kind of failure.",
                    "family",
                    "action",
                    "kind",
                    "outcome");
    private final Counter throttled =
            counter(
                    "origo_cloud_calls_throttled_total",
                    "Calls that the cloud refused because of their rate.",
                    "family",
                    "action");
    private final Counter audits =
            counter(
                    "origo_audits_total",
                    "Audits, by result: ok or failed. Why one failed, as for want of a permission, is in the log alone: it is"
                            + " of no one Service, so no event or condition tells it.",
                    "result");
    private final Gauge auditSeconds =
            gauge("origo_audit_last_duration_seconds", "How long the last good audit took.");
    private final Gauge auditSuccess =
            gauge(
                    "origo_audit_last_success_timestamp_seconds",
                    "When the last good audit ended, in seconds since 1970.");
    private final Gauge auditFound =
            gauge(
                    "origo_audit_owners",
                    "Services, past ones included, that the last good audit found something of in the cloud.");
    private final Gauge auditOrphans =
            gauge(
                    "origo_audit_orphans",
                    "Owners that the last good audit found without a Service; what an audit confirms is removed.");
    private final Counter driftFound =
            counter(
                    "origo_drift_found_total",
                    "Settled Services whose cloud objects an audit found changed by someone else.");
    private final Counter driftRepaired =
            counter("origo_drift_repaired_total", "Drifted Services that were put right again.");
    private final Counter leaseFailures =
            counter(
                    "origo_lease_failures_total",
                    "Times that the leader's Lease could not be read or written.");

    /// One metric of the reference page.
    record Described(String name, String type, List<String> labels, String help) {}

    PrometheusMetrics(String version) {
        Info info =
                Info.builder()
                        .name("origo_build_info")
                        .help("The version that runs; always 1.")
                        .labelNames("version", "java")
                        .register(registry);
        info.setLabelValues(version, Runtime.version().toString());
        describe(
                "origo_build_info", "gauge", "The version that runs; always 1.", "version", "java");
        registerQueue();
        registerWatches();
        live("origo_leader", "Whether this process may write: 1 or 0.", l -> l.leading() ? 1 : 0);
        balancers();
        audits.initLabelValues("ok");
        audits.initLabelValues("failed");
    }

    PrometheusRegistry registry() {
        return registry;
    }

    /// Every metric, ordered by name.
    List<Described> described() {
        return described.stream().sorted(Comparator.comparing(Described::name)).toList();
    }

    /// From now on gauges show this.
    void show(Live now) {
        live = now;
    }

    void reconciled(RunResult result, Duration took, String reconcileId) {
        reconciles
                .labelValues(result.name().toLowerCase(Locale.ROOT))
                .observeWithExemplar(seconds(took), Labels.of("reconcile_id", reconcileId));
    }

    void bug() {
        bugs.inc();
    }

    void called(CallObserver.Call call) {
        calls.labelValues(call.family(), call.action()).observe(seconds(call.took()));
        callOutcomes
                .labelValues(
                        call.family(),
                        call.action(),
                        call.write() ? "write" : "read",
                        call.outcome())
                .inc();
        if (call.throttled()) {
            throttled.labelValues(call.family(), call.action()).inc();
        }
    }

    void audited(int owners, int orphaned, Duration took, Instant at) {
        audits.labelValues("ok").inc();
        auditFound.set(owners);
        auditOrphans.set(orphaned);
        auditSeconds.set(seconds(took));
        auditSuccess.set((double) at.getEpochSecond());
    }

    void auditFailed() {
        audits.labelValues("failed").inc();
    }

    void driftFound() {
        driftFound.inc();
    }

    void driftRepaired() {
        driftRepaired.inc();
    }

    void leaseFailed() {
        leaseFailures.inc();
    }

    private void registerQueue() {
        live("origo_queue_waiting", "Services that wait for a worker.", l -> l.load().waiting());
        live(
                "origo_queue_in_flight",
                "Services that are being reconciled.",
                l -> l.load().inFlight());
        live(
                "origo_queue_delayed",
                "Services that will be looked at again after a delay or backoff.",
                l -> l.load().delayed());
        live(
                "origo_queue_oldest_waiting_seconds",
                "How long the first waiting Service has waited.",
                l -> seconds(l.load().oldestWaiting()));
        live(
                "origo_queue_longest_in_flight_seconds",
                "How long the longest reconciliation has lasted so far.",
                l -> seconds(l.load().longestInFlight()));
    }

    private void registerWatches() {
        watches(
                "origo_watch_unwatched_seconds",
                "Time since the watch of this kind last worked; 0 while it does.",
                health -> seconds(health.unwatched()));
        watches(
                "origo_watch_quiet_seconds",
                "Time since anything was heard of this kind. A quiet cluster is no fault.",
                health -> seconds(health.quiet()));
        String restarts = "origo_watch_restarts_total";
        String help = "How often the watch of this kind was replaced because it had died or hung.";
        describe(restarts, "counter", help, "kind");
        CounterWithCallback.builder()
                .name(restarts)
                .help(help)
                .labelNames("kind")
                .callback(out ->
                        live.watches().forEach(h -> out.call((double) h.restarts(), h.kind())))
                .register(registry);
        String lost = "origo_events_lost_total";
        String lostHelp = "Kubernetes events that could not be written.";
        describe(lost, "counter", lostHelp);
        CounterWithCallback.builder()
                .name(lost)
                .help(lostHelp)
                .callback(out -> out.call((double) live.eventsLost()))
                .register(registry);
    }

    private void balancers() {
        String name = "origo_balancers";
        String help =
                "Services of ours by state: pending, ready, not_serving, refused, failed, deleting. Told by the leader only.";
        describe(name, "gauge", help, "state");
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("state")
                .callback(out -> {
                    var counts = live.balancers();
                    for (BalancerState state : BalancerState.values()) {
                        out.call(counts.getOrDefault(state, 0), state.word());
                    }
                })
                .register(registry);
    }

    private void watches(String name, String help, ToDoubleFunction<WatchHealth> value) {
        describe(name, "gauge", help, "kind");
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("kind")
                .callback(out ->
                        live.watches().forEach(h -> out.call(value.applyAsDouble(h), h.kind())))
                .register(registry);
    }

    private void live(String name, String help, ToDoubleFunction<Live> value) {
        describe(name, "gauge", help);
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(out -> out.call(value.applyAsDouble(live)))
                .register(registry);
    }

    private Histogram histogram(double[] bounds, Described about) {
        described.add(about);
        return Histogram.builder()
                .name(about.name())
                .help(about.help())
                .labelNames(about.labels().toArray(String[]::new))
                .classicOnly()
                .classicUpperBounds(bounds)
                .register(registry);
    }

    private Counter counter(String name, String help, String... labels) {
        describe(name, "counter", help, labels);
        return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
    }

    private Gauge gauge(String name, String help) {
        describe(name, "gauge", help);
        return Gauge.builder().name(name).help(help).register(registry);
    }

    private void describe(String name, String type, String help, String... labels) {
        described.add(new Described(name, type, List.of(labels), help));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / NANOS_PER_SECOND;
    }
}
