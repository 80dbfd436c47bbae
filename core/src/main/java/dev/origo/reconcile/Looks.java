package dev.origo.reconcile;

import dev.origo.model.Condition;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.OwnerId;
import dev.origo.model.PortPath;
import dev.origo.spi.TargetHealth;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/// How often the health of a changed balancer is still to be looked at before it is left to the
/// audit, and what is told of it.
///
/// Thread rule: any thread, one owner at a time.
final class Looks {
    /// Looks without a healthy target; at one each 10 s this is five minutes.
    private static final int WITHOUT_HEALTHY_MAX = 30;

    /// Looks after the first healthy target, for those that follow it. With policy Local some never
    /// do.
    private static final int AFTER_HEALTHY_MAX = 3;

    /// How long no node's health port has to be reached in every look, until that is no passing
    /// state: longer than kube-proxy takes to start.
    static final Duration SILENT = Duration.ofSeconds(30);

    private final ConcurrentMap<OwnerId, State> states = new ConcurrentHashMap<>();
    private final ConcurrentMap<OwnerId, Long> silentSince = new ConcurrentHashMap<>();

    private final LongSupplier nanoTime;

    private record State(int left, boolean looked) {}

    /// @param nanoTime of the monotonic clock
    Looks(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /// The balancer or its targets changed.
    void begin(OwnerId owner) {
        states.put(owner, new State(WITHOUT_HEALTHY_MAX, false));
        silentSince.remove(owner);
    }

    /// Whether and where the Service is served.
    ///
    /// @param conditions those of its Service
    Condition serving(
            LoadBalancerSpec spec,
            Conditions conditions,
            List<PortPath> paths,
            TargetHealth health) {
        OwnerId owner = spec.owner();
        if (!isCurrent(owner)) {
            return conditions.servingUnknown("the targets changed a moment ago");
        }
        boolean silent = HealthPort.isSilent(spec.policy(), paths, health);
        // What an earlier process told is told on: a restart proves nothing else.
        boolean told =
                conditions
                        .written(Conditions.SERVING)
                        .filter(c -> c.reason().equals(HealthPort.UNREACHABLE.code().reason()))
                        .isPresent();
        boolean lasts = isSilent(owner, silent);
        return silent && (lasts || told)
                ? conditions.servingNowhere()
                : conditions.serving(health, spec.policy());
    }

    /// Whether no node's health port was reached in any look for long, this one included.
    private boolean isSilent(OwnerId owner, boolean silent) {
        if (!silent) {
            silentSince.remove(owner);
            return false;
        }
        long now = nanoTime.getAsLong();
        return now - silentSince.computeIfAbsent(owner, _ -> now) >= SILENT.toNanos();
    }

    /// Whether a look is still to be had.
    boolean due(OwnerId owner) {
        State state = states.get(owner);
        return state != null && state.left() > 0;
    }

    /// Whether what is known of the targets' health was read after the last change.
    private boolean isCurrent(OwnerId owner) {
        State state = states.get(owner);
        return state == null || state.looked();
    }

    /// The health was read.
    void looked(OwnerId owner, TargetHealth health) {
        states.computeIfPresent(
                owner,
                (_, state) -> {
                    boolean all = health.total() > 0 && health.healthy() == health.total();
                    int bound =
                            health.healthy() > 0
                                    ? Math.min(state.left(), AFTER_HEALTHY_MAX)
                                    : state.left();
                    return new State(all ? 0 : bound - 1, true);
                });
    }

    void forget(OwnerId owner) {
        states.remove(owner);
        silentSince.remove(owner);
    }
}
