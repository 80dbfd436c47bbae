package dev.origo.dataplane;

import dev.origo.dataplane.Health.State;
import dev.origo.dataplane.Status.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A target in a pool: its health, its connections, and the thread that probes it.
final class Member {
    final Counters counters;
    private final Pool pool;
    private final Semaphore wake = new Semaphore(0);
    private volatile Target target;
    private volatile Health health = Health.INITIAL;
    private volatile long cutAtNanos;
    private volatile boolean registered = true;

    Member(Pool pool, Counters ofPort, Target target) {
        this.pool = pool;
        this.counters = new Counters(ofPort);
        this.target = target;
    }

    Target target() {
        return target;
    }

    Health health() {
        return health;
    }

    boolean healthy() {
        return health.state() == State.HEALTHY;
    }

    boolean registered() {
        return registered;
    }

    /// Why a connection to it has to end now, if it has. Times are [System#nanoTime]'s.
    Optional<Reason> over(long nowNanos, long lastNanos, Duration idleTimeout) {
        if (nowNanos - lastNanos > idleTimeout.toNanos()) {
            return Optional.of(Reason.IDLE);
        }
        if (!registered && nowNanos - cutAtNanos >= 0) {
            return Optional.of(Reason.DRAINED);
        }
        boolean unhealthy = health.state() == State.UNHEALTHY && !pool.failsOpen();
        return unhealthy && pool.listener().rules().cutUnhealthy()
                ? Optional.of(Reason.UNHEALTHY)
                : Optional.empty();
    }

    boolean idle() {
        return counters.counts().active() == 0;
    }

    /// Takes over a changed health port or check at once.
    void update(Target now) {
        target = now;
        wake.release();
    }

    /// No new connection comes, established ones may go on until then.
    synchronized void deregister(long cutAt) {
        cutAtNanos = cutAt;
        health = Health.DRAINING;
        registered = false;
        wake.release();
    }

    /// Probes until it is deregistered, in a thread of its own.
    void probe() {
        while (registered) {
            Listener listener = pool.listener();
            if (changes(pool.prober.ask(target, listener), listener.check())) {
                pool.healthChanged();
            }
            if (!pause(listener.check().timing().interval().toNanos())) {
                return;
            }
        }
    }

    /// Whether the outcome changes the state; never that of a deregistered one.
    private synchronized boolean changes(Health.Outcome outcome, Check check) {
        Health before = health;
        health = before.after(outcome, check.timing());
        return before.state() != health.state();
    }

    private boolean pause(long nanos) {
        try {
            if (wake.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                wake.drainPermits();
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
