package dev.origo.app;

import dev.origo.kube.WatchHealth;
import dev.origo.loop.WorkQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What is wrong with the process, for the probes. Pure.
final class Health {
    /// Much longer than any reconciliation whose calls are all bounded in time.
    static final Duration IN_FLIGHT_MAX = Duration.ofMinutes(15);

    /// With free workers nothing waits but for the first audit.
    static final Duration WAITING_MAX = Duration.ofMinutes(10);

    /// A watch that hangs is replaced again and again before this; after it that did not help, and
    /// a new process may.
    static final Duration UNWATCHED_MAX = Duration.ofMinutes(10);

    private Health() {}

    /// Why the process should be replaced; empty if it should live.
    static List<String> ailments(Live live) {
        List<String> ailments = new ArrayList<>();
        for (WatchHealth watch : live.watches()) {
            if (!watch.alive(UNWATCHED_MAX)) {
                ailments.add(
                        "the watch of %s has not worked for %s; last failure: %s"
                                .formatted(
                                        watch.kind(),
                                        Durations.text(watch.unwatched()),
                                        watch.lastFailure()));
            }
        }
        WorkQueue.Load load = live.load();
        if (load.longestInFlight().compareTo(IN_FLIGHT_MAX) > 0) {
            ailments.add(
                    "a reconciliation has lasted for " + Durations.text(load.longestInFlight()));
        }
        if (load.inFlight() == 0 && load.oldestWaiting().compareTo(WAITING_MAX) > 0) {
            ailments.add(
                    "a Service has waited for %s with all workers free"
                            .formatted(Durations.text(load.oldestWaiting())));
        }
        return ailments;
    }

    /// Why no rollout should count on the process yet; empty if it is ready. A standby is ready.
    static List<String> unreadiness(Live live) {
        return live.synced() ? List.of() : List.of("Services and nodes are not listed yet");
    }
}
