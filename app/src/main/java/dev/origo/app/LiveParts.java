package dev.origo.app;

import dev.origo.kube.WatchHealth;
import dev.origo.kube.WatchedKubernetes;
import dev.origo.loop.Controller;
import dev.origo.loop.WorkQueue;
import dev.origo.reconcile.Claim;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// The parts of a process, as they come one after the other.
///
/// Thread rule: one thread adds parts, any thread reads.
final class LiveParts implements Live {
    private volatile Optional<WatchedKubernetes> kubernetes = Optional.empty();
    private volatile Optional<Controller<?, ?>> controller = Optional.empty();
    private volatile BooleanSupplier leading = () -> false;
    private volatile boolean synced;
    private final Claim claim;

    LiveParts(Claim claim) {
        this.claim = claim;
    }

    /// The watches begin.
    void watching(WatchedKubernetes watched) {
        kubernetes = Optional.of(watched);
    }

    /// The caches are filled.
    void filled() {
        synced = true;
    }

    void controlling(Controller<?, ?> running, BooleanSupplier leader) {
        controller = Optional.of(running);
        leading = leader;
    }

    @Override
    public boolean synced() {
        return synced;
    }

    @Override
    public boolean leading() {
        return leading.getAsBoolean();
    }

    @Override
    public WorkQueue.Load load() {
        return controller
                .map(Controller::load)
                .orElse(new WorkQueue.Load(0, 0, 0, Duration.ZERO, Duration.ZERO));
    }

    @Override
    public List<WatchHealth> watches() {
        return kubernetes.map(WatchedKubernetes::health).orElse(List.of());
    }

    @Override
    public long eventsLost() {
        return kubernetes.map(WatchedKubernetes::eventsLost).orElse(0L);
    }

    @Override
    public Map<BalancerState, Integer> balancers() {
        return leading()
                ? kubernetes.map(k -> BalancerState.count(k.services(), claim)).orElse(Map.of())
                : Map.of();
    }
}
