package dev.origo.guard;

import dev.origo.guard.CallObserver.Call;
import dev.origo.spi.Calls;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.spi.Tasks;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The one gate in front of the cloud. Every call waits for its family's rate, is counted, and is
/// repeated only where a repetition cannot do harm; a write starts only while this process may
/// write.
///
/// Thread rule: any thread.
public final class Guard implements Calls {
    /// Calls in all for one request, the first included.
    static final int ATTEMPTS_MAX = 4;

    /// Calls in all while the cloud throttles. More than otherwise, because the rate needs as many
    /// halvings to come from the start down to what a slow endpoint allows, and giving up aborts
    /// the run of a Service (tried: 3 writes/s, burst 20, 20 workers, 200 writes: 32 given up with
    /// 4 attempts, 3 with 6).
    static final int THROTTLED_ATTEMPTS_MAX = 6;

    private static final Duration BACKOFF_FIRST = Duration.ofMillis(200);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(2);
    private static final double BACKOFF_FACTOR = 2.0;

    private final Tasks tasks;
    private final RateLimits limits;
    private final BooleanSupplier mayWrite;
    private final CallObserver observer;
    private final ConcurrentMap<String, TokenBucket> buckets = new ConcurrentHashMap<>();

    /// A gate that lets writes through only while `mayWrite` says so.
    public Guard(Tasks tasks, RateLimits limits, BooleanSupplier mayWrite, CallObserver observer) {
        this.tasks = tasks;
        this.limits = limits;
        this.mayWrite = mayWrite;
        this.observer = observer;
    }

    @Override
    public <T> T read(String family, String action, Supplier<T> call) {
        return repeated(new Request<>(family, action, false, true, call));
    }

    @Override
    public <T> T write(String family, String action, boolean repeatable, Supplier<T> call) {
        return repeated(new Request<>(family, action, true, repeatable, call));
    }

    private <T> T repeated(Request<T> request) {
        // The asynchronous context only tells how long to wait; the waiting itself is the
        // scheduler's.
        Retry.AsyncContext<T> retry = retry(request).asyncContext();
        for (int attempt = 1; ; attempt++) {
            try {
                return once(request);
            } catch (CloudException e) {
                long waitMillis = retry.onError(e);
                if (waitMillis < 0 || attempt >= attemptsMax(e.failure())) {
                    throw e;
                }
                Duration wait = atLeast(e.failure(), waitMillis);
                if (wait.compareTo(limits.waitMax()) > 0) {
                    throw e;
                }
                tasks.pause(wait);
            }
        }
    }

    private static int attemptsMax(CloudFailure failure) {
        return failure instanceof CloudFailure.Throttled ? THROTTLED_ATTEMPTS_MAX : ATTEMPTS_MAX;
    }

    private <T> T once(Request<T> request) {
        TokenBucket bucket =
                buckets.computeIfAbsent(
                        request.family() + (request.write() ? "/write" : "/read"),
                        _ -> new TokenBucket(limits, tasks.nanoTime()));
        OptionalLong waitNanos = bucket.take(tasks.nanoTime());
        if (waitNanos.isEmpty()) {
            throw new CloudException(request.name(), new CloudFailure.Postponed(limits.waitMax()));
        }
        if (waitNanos.getAsLong() > 0) {
            tasks.pause(Duration.ofNanos(waitNanos.getAsLong()));
        }
        if (request.write() && !mayWrite.getAsBoolean()) {
            throw new CloudException(request.name(), new CloudFailure.Fenced());
        }
        long startedAt = tasks.nanoTime();
        try {
            T answer = request.call().get();
            observed(request, "ok", startedAt);
            return answer;
        } catch (CloudException e) {
            if (e.failure() instanceof CloudFailure.Throttled) {
                bucket.throttled(tasks.nanoTime());
            }
            observed(request, e.failure().getClass().getSimpleName(), startedAt);
            throw e;
        }
    }

    private void observed(Request<?> request, String outcome, long startedAt) {
        Duration took = Duration.ofNanos(tasks.nanoTime() - startedAt);
        observer.called(
                new Call(request.family(), request.action(), request.write(), outcome, took));
    }

    private Retry retry(Request<?> request) {
        RetryConfig config =
                RetryConfig.custom()
                        .maxAttempts(THROTTLED_ATTEMPTS_MAX)
                        .intervalFunction(
                                IntervalFunction.ofExponentialBackoff(
                                        BACKOFF_FIRST, BACKOFF_FACTOR, BACKOFF_MAX))
                        .retryOnException(e ->
                                e instanceof CloudException cloud
                                        && mayRepeat(request, cloud.failure()))
                        .build();
        return Retry.of(request.name(), config);
    }

    /// A throttled call had no effect; nor had one whose connection was never made. Anything else
    /// that was sent may have had its effect, so that only reads and repeatable writes are sent
    /// again.
    private static boolean mayRepeat(Request<?> request, CloudFailure failure) {
        return switch (failure) {
            case CloudFailure.Throttled _ -> true;
            case CloudFailure.Unreachable(String _, boolean sent) -> !sent || request.repeatable();
            case CloudFailure.Unknown _ -> request.repeatable();
            case CloudFailure.Conflict _,
                    CloudFailure.NotFound _,
                    CloudFailure.QuotaExceeded _,
                    CloudFailure.Denied _,
                    CloudFailure.Unauthenticated _,
                    CloudFailure.Rejected _,
                    CloudFailure.Fenced _,
                    CloudFailure.Postponed _ ->
                    false;
        };
    }

    /// The backoff with up to half of it added by chance, and never less than the cloud asked for.
    /// Where that is longer than a call may wait, the caller is told instead.
    private Duration atLeast(CloudFailure failure, long waitMillis) {
        long jitter = Math.floorMod(tasks.random().getAsLong(), waitMillis / 2 + 1);
        Duration wait = Duration.ofMillis(waitMillis + jitter);
        if (failure instanceof CloudFailure.Throttled(Duration asked)
                && asked.compareTo(wait) > 0) {
            return asked;
        }
        return wait;
    }

    private record Request<T>(
            String family, String action, boolean write, boolean repeatable, Supplier<T> call) {
        String name() {
            return family + ":" + action;
        }
    }
}
