package dev.origo.dataplane;

import dev.origo.model.HealthCheck;

/// The health of one target, decided from what its probes saw. Words of state, reason and
/// description are AWS's. A network load balancer tells every failed check as
/// `Target.FailedHealthChecks`; this tells what was seen.
///
/// @param reason empty when healthy
/// @param streak probes in a row that speak against the state Source: TargetHealth of the ELBv2
///   API; health checks for target groups (a new target must pass one check to be healthy).
public record Health(State state, String reason, String description, int streak) {

    public static final Health INITIAL =
            new Health(
                    State.INITIAL,
                    "Elb.InitialHealthChecking",
                    "Initial health checks in progress",
                    0);
    public static final Health HEALTHY = new Health(State.HEALTHY, "", "", 0);
    public static final Health DRAINING =
            new Health(
                    State.DRAINING,
                    "Target.DeregistrationInProgress",
                    "Target deregistration is in progress",
                    0);
    public static final Health UNUSED =
            new Health(
                    State.UNUSED,
                    "Target.NotInUse",
                    "Target group is not configured to receive traffic from the load balancer",
                    0);

    /// Words of the ELBv2 API, in lower case there.
    public enum State {
        INITIAL,
        HEALTHY,
        UNHEALTHY,
        DRAINING,
        UNUSED
    }

    /// What one probe saw.
    public sealed interface Outcome {}

    /// The target answered as wanted.
    public record Passed() implements Outcome {}

    /// It did not.
    public record Failed(String reason, String description) implements Outcome {
        static Failed refused() {
            return new Failed("Target.FailedHealthChecks", "Health checks failed");
        }

        static Failed timedOut() {
            return new Failed("Target.Timeout", "Request timed out");
        }

        static Failed code(int code) {
            return new Failed(
                    "Target.ResponseCodeMismatch",
                    "Health checks failed with these codes: [%d]".formatted(code));
        }
    }

    /// The health after one more probe.
    Health after(Outcome outcome, HealthCheck.Timing timing) {
        return switch (outcome) {
            case Passed _ -> passed(timing);
            case Failed failed -> failed(failed, timing);
        };
    }

    private Health passed(HealthCheck.Timing timing) {
        return switch (state) {
            case INITIAL, HEALTHY -> HEALTHY;
            case UNHEALTHY ->
                    streak + 1 >= timing.healthy()
                            ? HEALTHY
                            : new Health(State.UNHEALTHY, reason, description, streak + 1);
            case DRAINING, UNUSED -> this;
        };
    }

    private Health failed(Failed failed, HealthCheck.Timing timing) {
        return switch (state) {
            case INITIAL, HEALTHY ->
                    streak + 1 >= timing.unhealthy()
                            ? new Health(State.UNHEALTHY, failed.reason(), failed.description(), 0)
                            : new Health(state, reason, description, streak + 1);
            case UNHEALTHY -> new Health(State.UNHEALTHY, failed.reason(), failed.description(), 0);
            case DRAINING, UNUSED -> this;
        };
    }
}
