package dev.origo.conformance.aws;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Lives through many seeds on all processors, and counts what happened in them. A seed that breaks
/// a law is told with the end of its trace, and lives again with `AwsChurnTest`.
///
/// Arguments: the first seed, and how many.
final class Soak {
    private static final Pattern STAMP = Pattern.compile("^([0-9]+)us ");
    private static final int TOLD_EVERY = 500;

    /// What to count, by a text that the trace has for it.
    private static final Map<String, String> KINDS =
            Map.ofEntries(
                    Map.entry("fault: call throttled", ": THROTTLED "),
                    Map.entry("fault: call failed in the cloud", ": SERVER_ERROR "),
                    Map.entry("fault: answer lost after the effect", ": ANSWER_LOST "),
                    Map.entry("fault: object in use", ": IN_USE "),
                    Map.entry("fault: permission missing", ": DENIED "),
                    Map.entry("fault: no answer, no effect", ": LATE "),
                    Map.entry("fault: process killed", " is killed"),
                    Map.entry("fault: process suspended", " stands still for "),
                    Map.entry("fault: API server away", "the API server is away"),
                    Map.entry("fault: watches cut and relisted", " watches nothing for "),
                    Map.entry("fault: quotas, lagging reads", "the cloud's weather is "),
                    Map.entry("fault: balancer or listener deleted by hand", "vandal strikes"),
                    Map.entry("leader elected", ": elected"),
                    Map.entry("change by a user", ": user "),
                    Map.entry("call to the cloud", ": calls "),
                    Map.entry("reconciliation", ": reconciled "));

    private final AtomicLong next;
    private final long end;
    private final long begun = System.nanoTime();
    private final LongAdder lived = new LongAdder();
    private final LongAdder lines = new LongAdder();
    private final LongAdder simulatedMicros = new LongAdder();
    private final Map<String, LongAdder> counts = new TreeMap<>();
    private final List<Long> failed = new ArrayList<>();

    private Soak(long first, long count) {
        next = new AtomicLong(first);
        end = first + count;
        KINDS.keySet().forEach(kind -> counts.put(kind, new LongAdder()));
    }

    public static void main(String[] arguments) throws InterruptedException {
        Soak soak = new Soak(Long.parseLong(arguments[0]), Long.parseLong(arguments[1]));
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            threads.add(Thread.ofPlatform().start(soak::live));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        soak.report();
        System.exit(soak.failed.isEmpty() ? 0 : 1);
    }

    private void live() {
        for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
            try {
                count(AwsChurnTest.churn().live(seed));
            } catch (RuntimeException | Error e) {
                synchronized (failed) {
                    failed.add(seed);
                    System.out.printf("seed %d: %s%n", seed, e);
                }
            }
            lived.increment();
            if (lived.sum() % TOLD_EVERY == 0) {
                System.err.printf("%d seeds, %.0f an hour%n", lived.sum(), perHour());
            }
        }
    }

    private void count(String trace) {
        String last = "";
        for (String line : trace.lines().toList()) {
            lines.increment();
            counts.forEach((kind, count) -> {
                if (line.contains(KINDS.getOrDefault(kind, "?"))) {
                    count.increment();
                }
            });
            last = line;
        }
        Matcher stamp = STAMP.matcher(last);
        if (stamp.find()) {
            simulatedMicros.add(Long.parseLong(stamp.group(1)));
        }
    }

    private double perHour() {
        return lived.sum() * 3.6e12 / (System.nanoTime() - begun);
    }

    private void report() {
        System.out.println("| | |\n|---|---|");
        System.out.printf("| seeds | %,d, of which %d broke a law |%n", lived.sum(), failed.size());
        System.out.printf("| rate | %,.0f seeds an hour |%n", perHour());
        Duration simulated = Duration.ofNanos(simulatedMicros.sum() * 1_000);
        System.out.printf("| simulated time | %,d days |%n", simulated.toDays());
        System.out.printf("| events | %,d |%n", lines.sum());
        counts.forEach((kind, count) -> System.out.printf("| %s | %,d |%n", kind, count.sum()));
        if (!failed.isEmpty()) {
            System.out.println("broke a law: " + failed);
        }
    }
}
