package dev.origo.dataplane;

import dev.origo.dataplane.Status.Counts;
import dev.origo.dataplane.Status.Reason;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What went through a listener or to a target, which counts for its listener, too. Any thread may
/// count.
final class Counters {
    private final List<Counters> all;
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final Map<Reason, LongAdder> ended = new ConcurrentHashMap<>();

    Counters() {
        this.all = List.of(this);
    }

    Counters(Counters ofPort) {
        this.all = List.of(this, ofPort);
    }

    void opened() {
        all.forEach(counters -> counters.opened.increment());
    }

    void closed() {
        all.forEach(counters -> counters.closed.increment());
    }

    void in(long bytes) {
        all.forEach(counters -> counters.bytesIn.add(bytes));
    }

    void out(long bytes) {
        all.forEach(counters -> counters.bytesOut.add(bytes));
    }

    void ended(Reason reason) {
        all.forEach(counters ->
                counters.ended.computeIfAbsent(reason, _ -> new LongAdder()).increment());
    }

    Counts counts() {
        long closedNow = closed.sum();
        long openedNow = opened.sum();
        Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
        ended.forEach((reason, count) -> reasons.put(reason, count.sum()));
        return new Counts(
                openedNow,
                openedNow - closedNow,
                bytesIn.sum(),
                bytesOut.sum(),
                Map.copyOf(reasons));
    }
}
