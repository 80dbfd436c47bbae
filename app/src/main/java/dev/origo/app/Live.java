package dev.origo.app;

import dev.origo.kube.WatchHealth;
import dev.origo.loop.WorkQueue;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What the parts of the process can tell about themselves at this moment. Thread rule: any thread.
interface Live {
    /// What there is before anything runs.
    Live NOTHING =
            new Live() {
                @Override
                public boolean synced() {
                    return false;
                }

                @Override
                public boolean leading() {
                    return false;
                }

                @Override
                public WorkQueue.Load load() {
                    return new WorkQueue.Load(0, 0, 0, Duration.ZERO, Duration.ZERO);
                }

                @Override
                public List<WatchHealth> watches() {
                    return List.of();
                }

                @Override
                public long eventsLost() {
                    return 0;
                }

                @Override
                public Map<BalancerState, Integer> balancers() {
                    return Map.of();
                }
            };

    /// Whether the caches were filled once.
    boolean synced();

    /// Whether this process may write.
    boolean leading();

    WorkQueue.Load load();

    List<WatchHealth> watches();

    long eventsLost();

    /// How many Services of ours are in which state.
    Map<BalancerState, Integer> balancers();
}
