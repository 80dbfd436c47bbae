package dev.origo.app;

import dev.origo.kube.WatchHealth;
import dev.origo.loop.WorkQueue;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A process as a test says it is.
record Situation(boolean synced, boolean leading, WorkQueue.Load load, List<WatchHealth> watches)
        implements Live {
    static final WorkQueue.Load IDLE = new WorkQueue.Load(0, 0, 0, Duration.ZERO, Duration.ZERO);

    static final Situation WELL = new Situation(true, true, IDLE, List.of(watch(Duration.ZERO)));

    static WatchHealth watch(Duration unwatched) {
        return new WatchHealth(
                "services", unwatched.isZero(), unwatched, Duration.ofMinutes(30), 0, "gone away");
    }

    Situation with(WorkQueue.Load other) {
        return new Situation(synced, leading, other, watches);
    }

    Situation unwatched(Duration since) {
        return new Situation(synced, leading, load, List.of(watch(since)));
    }

    @Override
    public long eventsLost() {
        return 0;
    }

    @Override
    public Map<BalancerState, Integer> balancers() {
        return Map.of(BalancerState.READY, 3);
    }
}
