package dev.origo.loop;

import dev.origo.model.ServiceKey;
import dev.origo.reconcile.Next;
import dev.origo.spi.Tasks;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Keys to be looked at: each one at a time and never two runs of it at once, different ones in
/// parallel. A key that is added while it runs is run again. Holds each key at most once, so that
/// it is bounded by the number of Services.
///
/// Thread rule: any thread; the object's monitor guards all fields, and nothing is run under it.
public final class WorkQueue {
    private static final Duration BACKOFF_FIRST = Duration.ofSeconds(1);
    private static final double BACKOFF_FACTOR = 2.0;
    private static final Duration BACKOFF_MAX = Duration.ofMinutes(5);

    private final Tasks tasks;
    private final int inFlightMax;
    private final Function<ServiceKey, Next> work;
    private final IntervalFunction backoff =
            IntervalFunction.ofExponentialBackoff(BACKOFF_FIRST, BACKOFF_FACTOR, BACKOFF_MAX);

    /// Waiting keys in order, with the time of their coming.
    private final Map<ServiceKey, Long> waiting = new LinkedHashMap<>();

    private final Map<ServiceKey, Long> inFlight = new HashMap<>();
    private final Set<ServiceKey> again = new HashSet<>();
    private final Map<ServiceKey, Integer> failures = new HashMap<>();
    private final Map<ServiceKey, Tasks.Timer> timers = new HashMap<>();
    private boolean open;

    /// A closed queue; keys may be added, none is run before [#open].
    ///
    /// @param inFlightMax keys that are run at the same time, at least 1
    public WorkQueue(Tasks tasks, int inFlightMax, Function<ServiceKey, Next> work) {
        if (inFlightMax < 1) {
            throw new IllegalArgumentException(
                    "workers %d must be at least 1".formatted(inFlightMax));
        }
        this.tasks = tasks;
        this.inFlightMax = inFlightMax;
        this.work = work;
    }

    /// Depth and ages, for metrics and the liveness probe.
    ///
    /// @param oldestWaiting how long the first waiting key has waited
    /// @param longestInFlight how long the longest run has lasted
    public record Load(
            int waiting,
            int inFlight,
            int delayed,
            Duration oldestWaiting,
            Duration longestInFlight) {}

    /// Adds a key, now. A delay or backoff that it was waiting for is over: something changed.
    public synchronized void add(ServiceKey key) {
        Tasks.Timer timer = timers.remove(key);
        if (timer != null) {
            timer.close();
        }
        if (inFlight.containsKey(key)) {
            again.add(key);
            return;
        }
        waiting.putIfAbsent(key, tasks.nanoTime());
        startWaiting();
    }

    public synchronized void open() {
        open = true;
        startWaiting();
    }

    /// Starts no more keys and forgets those that wait; what is in flight goes on to its end.
    public synchronized void close() {
        open = false;
        waiting.clear();
        again.clear();
        failures.clear();
        timers.values().forEach(Tasks.Timer::close);
        timers.clear();
    }

    public synchronized Load load() {
        long now = tasks.nanoTime();
        return new Load(
                waiting.size(),
                inFlight.size(),
                timers.size(),
                oldest(waiting, now),
                oldest(inFlight, now));
    }

    private static Duration oldest(Map<ServiceKey, Long> since, long now) {
        return Duration.ofNanos(since.values().stream().mapToLong(at -> now - at).max().orElse(0));
    }

    private synchronized void startWaiting() {
        Iterator<ServiceKey> next = waiting.keySet().iterator();
        while (open && inFlight.size() < inFlightMax && next.hasNext()) {
            ServiceKey key = next.next();
            next.remove();
            inFlight.put(key, tasks.nanoTime());
            tasks.start("reconcile " + key, () -> run(key));
        }
    }

    private void run(ServiceKey key) {
        Next next = new Next.RetryBackedOff("the run did not end");
        try {
            next = work.apply(key);
        } finally {
            done(key, next);
        }
    }

    private synchronized void done(ServiceKey key, Next next) {
        inFlight.remove(key);
        if (open) {
            schedule(key, next);
        }
        // Also while closed: it was added after the closing, for the next opening.
        if (again.remove(key)) {
            add(key);
        }
        startWaiting();
    }

    private void schedule(ServiceKey key, Next next) {
        switch (next) {
            case Next.Done _, Next.WaitForChange _ -> failures.remove(key);
            case Next.RetryAfter(Duration delay, String _) -> {
                failures.remove(key);
                later(key, delay);
            }
            case Next.RetryBackedOff _ -> later(key, backoff(failures.merge(key, 1, Integer::sum)));
        }
    }

    private void later(ServiceKey key, Duration delay) {
        timers.put(key, tasks.after(delay, "retry " + key, () -> add(key)));
    }

    /// Doubles with each failure in a row, and up to a quarter is added by chance so that keys do
    /// not march in step.
    private Duration backoff(int failuresInRow) {
        long millis = backoff.apply(failuresInRow);
        return Duration.ofMillis(
                millis + Math.floorMod(tasks.random().getAsLong(), millis / 4 + 1));
    }
}
