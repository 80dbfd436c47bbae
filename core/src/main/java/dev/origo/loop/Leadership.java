package dev.origo.loop;

import dev.origo.loop.LeaseStore.LeaseRecord;
import dev.origo.reconcile.KubernetesException;
import dev.origo.spi.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Keeps one replica of several the only writer: takes the lease, renews it, gives it back.
///
/// Thread rule: [#mayWrite] and [#isLeader] from any thread; the rest runs on one task.
public final class Leadership {
    private static final int GIVE_BACK_TRIES_MAX = 2;

    private final LeaseStore store;
    private final Tasks tasks;
    private final Terms terms;
    private final Listener listener;

    /// Read by every writer, changed by the one task that tries.
    private volatile LeaseClock clock;

    private volatile boolean leading;
    private volatile boolean stopped;

    public Leadership(LeaseStore store, Tasks tasks, Terms terms, Listener listener) {
        this.store = store;
        this.tasks = tasks;
        this.terms = terms;
        this.listener = listener;
        this.clock = LeaseClock.unknown(terms.identity());
    }

    /// The rules of the lease.
    ///
    /// @param identity ours, unique among the replicas
    /// @param duration how long a lease stands without renewal, whole seconds: others read it so
    /// @param retry how often it is renewed or tried for
    /// @param margin no write starts later than the end of the lease less this; as long as most
    ///   calls take
    public record Terms(String identity, Duration duration, Duration retry, Duration margin) {
        public Terms {
            if (!duration.equals(Duration.ofSeconds(duration.toSeconds()))) {
                throw new IllegalArgumentException(
                        "lease duration %s must be whole seconds".formatted(duration));
            }
            if (retry.plus(margin).compareTo(duration) >= 0) {
                throw new IllegalArgumentException(
                        "lease duration %s must be longer than retry %s plus margin %s"
                                .formatted(duration, retry, margin));
            }
        }

        /// Fifteen seconds, as Kubernetes' own components have. Source: k8s.io/component-base,
        /// leader election defaults.
        public static Terms standard(String identity) {
            return new Terms(
                    identity, Duration.ofSeconds(15), Duration.ofSeconds(2), Duration.ofSeconds(4));
        }
    }

    /// Told when the right to write comes and goes. Called on the lease's task; must not block for
    /// long.
    public interface Listener {
        void elected();

        void deposed();

        /// The lease could not be read or written this time.
        void leaseFailed(KubernetesException e);
    }

    /// Begins to try, and goes on until [#stop].
    public void start() {
        tasks.start("lease", this::attempt);
    }

    /// Gives the lease back, so that another replica need not wait for its end. Call when no write
    /// is in flight: none starts after it.
    public void stop() {
        stopped = true;
        leading = false;
        if (clock.holds(tasks.nanoTime())) {
            giveBack();
        }
    }

    public boolean mayWrite() {
        return !stopped && clock.mayWrite(tasks.nanoTime(), terms.margin());
    }

    public boolean isLeader() {
        return leading;
    }

    private void attempt() {
        if (stopped) {
            return;
        }
        try {
            tryOnce();
        } catch (KubernetesException e) {
            // The lease stands as it was; whether we still hold it is the clock's to say.
            listener.leaseFailed(e);
        } finally {
            // Also when the listener fails: who stops trying never leads again.
            try {
                announce();
            } finally {
                if (!stopped) {
                    tasks.after(untilNextTry(), "lease", this::attempt);
                }
            }
        }
    }

    /// A lease that another replica lets run out is tried for at its very end.
    private Duration untilNextTry() {
        Duration untilFree = clock.untilFree(tasks.nanoTime());
        boolean soon = untilFree.isPositive() && untilFree.compareTo(terms.retry()) < 0;
        return soon ? untilFree : terms.retry();
    }

    private void tryOnce() {
        long began = tasks.nanoTime();
        Instant now = tasks.clock().instant();
        Optional<LeaseRecord> read = store.read();
        read.ifPresent(this::saw);
        // Where someone deleted the lease, its holder may write until the end that we saw.
        if (stopped || !clock.mayTake(tasks.nanoTime())) {
            return;
        }
        LeaseRecord written =
                read.isPresent()
                        ? store.replace(wanted(read.get(), now))
                        : store.create(record(now, now, 0, ""));
        clock = clock.renewed(written, began, terms.duration());
        if (stopped) {
            giveBack();
        }
    }

    private void saw(LeaseRecord lease) {
        clock = clock.saw(lease, tasks.nanoTime());
        if (!isOurs(lease)) {
            clock = clock.lost();
        }
    }

    private boolean isOurs(LeaseRecord lease) {
        return lease.holder().equals(terms.identity());
    }

    private LeaseRecord wanted(LeaseRecord lease, Instant now) {
        return isOurs(lease)
                ? record(lease.acquired(), now, lease.transitions(), lease.version())
                : record(now, now, lease.transitions() + 1, lease.version());
    }

    /// Reads the lease anew, since a renewal may have been on its way; a second time if one still
    /// was. Whoever cannot give it back leaves it to its end.
    private void giveBack() {
        for (int tries = 0; tries < GIVE_BACK_TRIES_MAX; tries++) {
            try {
                store.read().filter(this::isOurs).ifPresent(this::release);
                return;
            } catch (KubernetesException e) {
                listener.leaseFailed(e);
            }
        }
    }

    private void release(LeaseRecord lease) {
        store.replace(
                new LeaseRecord(
                        "",
                        1,
                        lease.acquired(),
                        tasks.clock().instant(),
                        lease.transitions(),
                        lease.version()));
    }

    private LeaseRecord record(Instant acquired, Instant renewed, int transitions, String version) {
        return new LeaseRecord(
                terms.identity(),
                (int) terms.duration().toSeconds(),
                acquired,
                renewed,
                transitions,
                version);
    }

    private void announce() {
        boolean holds = mayWrite();
        if (holds && !leading) {
            leading = true;
            listener.elected();
        } else if (!holds && leading) {
            leading = false;
            listener.deposed();
        }
    }
}
