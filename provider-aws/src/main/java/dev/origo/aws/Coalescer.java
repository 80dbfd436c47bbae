package dev.origo.aws;

import dev.origo.spi.Tasks;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Joins questions that are asked at the same time: while one answer is being fetched, all who come
/// wait for the next one together. Nobody gets an answer that was begun before the question.
///
/// Thread rule: any thread. The lock guards who waits; no call is made under it.
final class Coalescer<A> {
    private final Tasks tasks;
    private final String name;
    private final Duration gather;
    private final Function<Set<String>, A> fetch;

    private Round<A> next = new Round<>(); // guarded by this
    private boolean waited; // guarded by this: whether anyone waits for next
    private boolean running; // guarded by this

    /// @param gather how long to wait for others before a fetch
    /// @param fetch fetches the answer for all keys that were asked for
    Coalescer(Tasks tasks, String name, Duration gather, Function<Set<String>, A> fetch) {
        this.tasks = tasks;
        this.name = name;
        this.gather = gather;
        this.fetch = fetch;
    }

    private record Round<A>(Set<String> keys, CompletableFuture<A> answer) {
        Round() {
            this(new TreeSet<>(), new CompletableFuture<>());
        }
    }

    /// The answer of the first fetch that begins from now on.
    ///
    /// @throws dev.origo.spi.CloudException if that fetch failed
    A ask(Collection<String> keys) {
        CompletableFuture<A> answer;
        boolean first;
        synchronized (this) {
            next.keys().addAll(keys);
            answer = next.answer();
            waited = true;
            first = !running;
            running = true;
        }
        if (first) {
            tasks.start(name, this::rounds);
        }
        return tasks.await(answer);
    }

    private void rounds() {
        boolean asked = true;
        while (asked) {
            if (gather.isPositive()) {
                tasks.pause(gather);
            }
            round();
            asked = isAskedAgain();
        }
    }

    private void round() {
        Round<A> round;
        synchronized (this) {
            round = next;
            next = new Round<>();
            waited = false;
        }
        try {
            round.answer().complete(fetch.apply(round.keys()));
        } catch (RuntimeException | Error e) {
            round.answer().completeExceptionally(e); // each who waits has it thrown
        }
    }

    private synchronized boolean isAskedAgain() {
        running = waited;
        return running;
    }
}
