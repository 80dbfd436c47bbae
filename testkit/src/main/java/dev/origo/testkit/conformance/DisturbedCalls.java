package dev.origo.testkit.conformance;

import dev.origo.spi.Calls;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.testkit.SimulatedTasks;
import dev.origo.testkit.Traffic;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// Has every call pass the traffic on its way to the cloud and back: it takes its time, is counted,
/// and may be disturbed. A write that may have had its effect must not be sent again, unless the
/// request carries an idempotency id.
///
/// @param tasks of the network, in which a call that came too late still has its effect
record DisturbedCalls(Calls calls, Traffic traffic, SimulatedTasks tasks) implements Calls {
    /// What a call is told whose effect comes after its client gave up.
    static final String LATE = "no answer in time";

    private static final int LATE_SECONDS_MAX = 20;

    @Override
    public <T> T read(String family, String action, Supplier<T> call) {
        return calls.read(family, action, () -> passing(family, action, false, call));
    }

    @Override
    public <T> T write(String family, String action, boolean repeatable, Supplier<T> call) {
        AtomicBoolean doubtful = new AtomicBoolean();
        return calls.write(
                family,
                action,
                repeatable,
                () -> {
                    if (doubtful.get()) {
                        throw new AssertionError(
                                "%s:%s is sent again and may have had its effect"
                                        .formatted(family, action));
                    }
                    try {
                        return passing(family, action, true, call);
                    } catch (CloudException e) {
                        doubtful.set(!repeatable && mayHaveEffect(e.failure()));
                        throw e;
                    }
                });
    }

    private static boolean mayHaveEffect(CloudFailure failure) {
        return switch (failure) {
            case CloudFailure.Unreachable(_, boolean sent) -> sent;
            case CloudFailure.Unknown _ -> true;
            default -> false;
        };
    }

    private <T> T passing(String family, String action, boolean write, Supplier<T> call) {
        try {
            traffic.before(family, action, write);
        } catch (CloudException e) {
            if (write && e.failure().equals(new CloudFailure.Unreachable(LATE, true))) {
                comesLater(family + ":" + action, call);
            }
            throw e;
        }
        try {
            return call.get();
        } finally {
            traffic.after();
        }
    }

    private void comesLater(String action, Supplier<?> call) {
        int seconds = 1 + tasks.simulation().random(LATE_SECONDS_MAX);
        tasks.after(
                Duration.ofSeconds(seconds),
                "late",
                () -> {
                    tasks.simulation().tell("late effect of " + action);
                    try {
                        var _ = call.get();
                    } catch (CloudException e) {
                        tasks.simulation().tell("which is refused: " + e.getMessage());
                    }
                });
    }
}
