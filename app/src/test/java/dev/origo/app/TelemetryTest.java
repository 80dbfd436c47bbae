package dev.origo.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.guard.CallObserver;
import dev.origo.model.ServiceKey;
import dev.origo.reconcile.Next;
import dev.origo.reconcile.ReconcileObserver.Run;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.spi.Step;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/// From what core tells to what the metrics show.
final class TelemetryTest {
    private static final Run WEB = new Run(new ServiceKey("ns", "web"), "1");
    private static final Duration TOOK = Duration.ofMillis(3);
    private static final Next DONE = new Next.Done();

    private final PrometheusMetrics metrics = new PrometheusMetrics("1.2.3");
    private final Drift drift = new Drift();
    private final Telemetry telemetry = telemetry(false);

    private record Write(String describe) implements Step {}

    private Telemetry telemetry(boolean planOnly) {
        return new Telemetry(
                metrics, drift, InstantSource.fixed(Instant.ofEpochSecond(1000)), planOnly);
    }

    @Test
    void aRunThatWroteChanged() {
        telemetry.planned(WEB, List.of(new Write("create it")));
        telemetry.reconciled(WEB, DONE, TOOK);

        assertThat(shown()).contains("seconds_count{result=\"changed\"} 1");
    }

    @Test
    void aRunThatWroteNothingDidNot() {
        telemetry.reconciled(WEB, DONE, TOOK);

        assertThat(shown()).contains("seconds_count{result=\"unchanged\"} 1");
    }

    @Test
    void aRefusedPermissionIsAFailureThoughItWaits() {
        telemetry.failed(WEB, new CloudException("a:B", new CloudFailure.Denied("a:B")));
        telemetry.reconciled(WEB, new Next.RetryAfter(Duration.ofMinutes(5), "a:B"), TOOK);

        assertThat(shown()).contains("seconds_count{result=\"failed\"} 1");
    }

    @Test
    void aCallThatOurOwnGatePostponedIsNone() {
        telemetry.failed(WEB, new CloudException("a:B", new CloudFailure.Postponed(TOOK)));
        telemetry.reconciled(WEB, new Next.RetryAfter(TOOK, "the rate"), TOOK);

        assertThat(shown()).contains("seconds_count{result=\"waiting\"} 1");
    }

    @Test
    void planModePlans() {
        Telemetry plans = telemetry(true);
        plans.planned(WEB, List.of(new Write("create it")));
        plans.reconciled(WEB, DONE, TOOK);

        assertThat(shown()).contains("seconds_count{result=\"planned\"} 1");
    }

    @Test
    void aBugIsCounted() {
        telemetry.crashed(WEB, new IllegalStateException("for the test"));
        telemetry.reconciled(WEB, new Next.RetryBackedOff("bug"), TOOK);

        assertThat(shown()).contains("origo_bugs_total 1", "seconds_count{result=\"bug\"} 1");
    }

    @Test
    void driftIsWhatAnAuditFindsToDoForASettledService() {
        settle();
        telemetry.audited(1, 0, TOOK);
        telemetry.planned(WEB, List.of(new Write("create the listener")));
        assertThat(shown()).contains("origo_drift_found_total 1", "origo_drift_repaired_total 0");

        telemetry.reconciled(WEB, new Next.RetryAfter(TOOK, "health of the targets"), TOOK);
        assertThat(shown()).contains("origo_drift_found_total 1", "origo_drift_repaired_total 1");
    }

    @Test
    void aChangeThatWasAskedForIsNoDrift() {
        settle();
        telemetry.audited(1, 0, TOOK);
        drift.serviceChanged(WEB.service());
        telemetry.planned(WEB, List.of(new Write("create a listener")));
        telemetry.reconciled(WEB, DONE, TOOK);

        assertThat(shown()).contains("origo_drift_found_total 0");
    }

    @Test
    void whatTheFirstAuditFindsIsNoDrift() {
        telemetry.audited(1, 0, TOOK);
        telemetry.planned(WEB, List.of(new Write("create a listener")));

        assertThat(shown()).contains("origo_drift_found_total 0");
    }

    @Test
    void auditsTellWhatTheyFoundAndWhen() {
        telemetry.audited(7, 2, TOOK);
        telemetry.auditFailed(new CloudException("a:B", new CloudFailure.Unknown("x")));

        assertThat(shown())
                .contains(
                        "origo_audit_owners 7.0",
                        "origo_audit_orphans 2.0",
                        "origo_audit_last_success_timestamp_seconds 1000.0",
                        "origo_audits_total{result=\"ok\"} 1.0",
                        "origo_audits_total{result=\"failed\"} 1.0");
    }

    @Test
    void callsAreCountedByOutcome() {
        telemetry.called(new CallObserver.Call("elbv2", "CreateListener", true, "ok", TOOK));
        telemetry.called(new CallObserver.Call("ec2", "DescribeVpcs", false, "Throttled", TOOK));

        assertThat(shown())
                .contains(
                        "{action=\"CreateListener\",family=\"elbv2\",kind=\"write\",outcome=\"ok\"} 1.0",
                        "origo_cloud_calls_throttled_total{action=\"DescribeVpcs\",family=\"ec2\"} 1.0");
    }

    @Test
    void balancersAreCountedByState() {
        metrics.show(Situation.WELL);

        assertThat(shown())
                .contains("origo_balancers{state=\"ready\"} 3.0", "{state=\"failed\"} 0.0");
    }

    private void settle() {
        telemetry.reconciled(WEB, DONE, TOOK);
    }

    private String shown() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, metrics.registry().scrape());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
