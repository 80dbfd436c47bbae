package dev.origo.loop;

import dev.origo.model.OwnerId;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Claim;
import dev.origo.reconcile.Reconciler;
import dev.origo.spi.CloudException;
import dev.origo.spi.Step;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/// When each Service is looked at: when it changes, when nodes change, at every audit, and at the
/// start.
///
/// Thread rule: any thread.
public final class Controller<O, S extends Step> {
    private static final Duration IDLE_POLL = Duration.ofMillis(200);

    /// The audit that confirms an orphan need not wait for the usual interval.
    private static final Duration SUSPECT_AUDIT = Duration.ofMinutes(1);

    private final Reconciler.Parts<O, S> parts;
    private final Pace pace;
    private final AuditObserver auditObserver;
    private final WorkQueue queue;

    /// A new one each term: what it keeps in mind may have been changed by another leader since.
    private volatile Reconciler<O, S> reconciler;

    /// Owners without a Service in the last audit. One audit is no proof: the watched cache may be
    /// older than a Service that another leader served.
    private volatile Set<OwnerId> suspects = Set.of();

    /// Grows with each start and stop; what was scheduled before is void. Changed, and acted upon,
    /// under the object's monitor.
    private final AtomicLong term = new AtomicLong();

    private volatile boolean running;
    private volatile boolean nodesDue;

    public Controller(Reconciler.Parts<O, S> parts, Pace pace, AuditObserver auditObserver) {
        this.parts = parts;
        this.pace = pace;
        this.auditObserver = auditObserver;
        this.reconciler = new Reconciler<>(parts);
        this.queue = new WorkQueue(parts.tasks(), pace.workers(), key -> reconciler.reconcile(key));
    }

    /// How often and how much at a time.
    ///
    /// @param workers Services in work at the same time
    /// @param auditInterval between audits; up to a tenth is added by chance
    /// @param nodesTogether how long node changes are gathered before they fan out
    public record Pace(int workers, Duration auditInterval, Duration nodesTogether) {
        public Pace {
            if (workers < 1 || auditInterval.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException(
                        "workers %d must be at least 1 and the audit interval %s at least 1s"
                                .formatted(workers, auditInterval));
            }
        }
    }

    /// Told of audits. Thread rule: any thread; must not block or throw.
    public interface AuditObserver {
        /// An audit ended; what it found is looked at after this.
        ///
        /// @param orphans owners whose Service is gone or wants nothing
        void audited(int owners, int orphans, Duration took);

        /// The cloud could not be read; the next audit tries again.
        void auditFailed(CloudException e);
    }

    /// Begins: an audit fills the memory, then every Service is looked at. Waits for what an
    /// earlier term left in flight, since it would remember what is no longer so.
    public synchronized void start() {
        running = true;
        begin(term.incrementAndGet());
    }

    private synchronized void begin(long mine) {
        if (mine != term.get()) {
            return;
        }
        if (!isIdle()) {
            parts.tasks().after(IDLE_POLL, "first audit", () -> begin(mine));
            return;
        }
        nodesDue = false;
        parts.memory().forgetAll();
        reconciler = new Reconciler<>(parts);
        suspects = Set.of();
        parts.tasks()
                .start(
                        "first audit",
                        () -> {
                            // Also when the audit meets a bug: without the queue nothing would
                            // ever be looked at, and without the next audit no drift.
                            try {
                                audit(mine);
                            } finally {
                                open(mine);
                                scheduleAudit(mine);
                            }
                        });
    }

    /// Starts nothing more. What is in flight goes on to its end; see [#isIdle].
    public synchronized void stop() {
        term.incrementAndGet();
        running = false;
        queue.close();
    }

    private synchronized void open(long mine) {
        if (mine == term.get()) {
            queue.open();
        }
    }

    public boolean isIdle() {
        return queue.load().inFlight() == 0;
    }

    public WorkQueue.Load load() {
        return queue.load();
    }

    /// A Service appeared, changed or went.
    public synchronized void serviceChanged(ServiceKey key) {
        if (running) {
            queue.add(key);
        }
    }

    /// Nodes changed: what comes within a moment is one change.
    public synchronized void nodesChanged() {
        if (!running || nodesDue) {
            return;
        }
        nodesDue = true;
        long mine = term.get();
        parts.tasks()
                .after(
                        pace.nodesTogether(),
                        "nodes",
                        () -> {
                            nodesDue = false;
                            addAll(wantBalancer(), mine);
                        });
    }

    private NavigableSet<ServiceKey> wantBalancer() {
        return parts.kubernetes().services().stream()
                .filter(service -> parts.claim().of(service) != Claim.Verdict.FOREIGN)
                .map(ServiceSnapshot::key)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void scheduleAudit(long mine) {
        if (mine != term.get()) {
            return;
        }
        Duration interval = pace.auditInterval();
        if (!suspects.isEmpty() && interval.compareTo(SUSPECT_AUDIT) > 0) {
            interval = SUSPECT_AUDIT;
        }
        long millis = interval.toMillis();
        long jitter = Math.floorMod(parts.tasks().random().getAsLong(), millis / 10 + 1);
        parts.tasks()
                .after(
                        Duration.ofMillis(millis + jitter),
                        "audit",
                        () -> {
                            if (mine != term.get()) {
                                return;
                            }
                            try {
                                audit(mine);
                            } finally {
                                scheduleAudit(mine);
                            }
                        });
    }

    /// Reads everything of ours in the cloud in shared pages, and has every Service and every owner
    /// found looked at with it: an orphan, and one whose Service became someone else's or wants no
    /// balancer while nobody watched. What a later start or a stop has overtaken is dropped.
    private void audit(long mine) {
        long startedAt = parts.tasks().nanoTime();
        try {
            parts.memory().auditBegins();
            Map<OwnerId, O> found = new TreeMap<>(parts.provider().cloud().observeAll());
            if (mine != term.get()) {
                return;
            }
            int owners = found.size();
            Set<OwnerId> orphans = orphans(found.keySet());
            found.keySet().removeAll(unconfirmed(orphans));
            suspects = orphans;
            parts.memory().auditEnds(found);
            NavigableSet<ServiceKey> keys = wantBalancer();
            found.keySet().forEach(owner -> keys.add(owner.service()));
            auditObserver.audited(
                    owners, orphans.size(), Duration.ofNanos(parts.tasks().nanoTime() - startedAt));
            addAll(keys, mine);
        } catch (CloudException e) {
            auditObserver.auditFailed(e);
            addAll(wantBalancer(), mine);
        }
    }

    private Set<OwnerId> orphans(Set<OwnerId> owners) {
        Set<String> living = new HashSet<>();
        parts.kubernetes().services().forEach(service -> living.add(service.meta().uid()));
        return owners.stream()
                .filter(owner -> !living.contains(owner.uid()))
                .collect(Collectors.toSet());
    }

    /// Orphans that neither the audit before found nor this process served.
    private Set<OwnerId> unconfirmed(Set<OwnerId> orphans) {
        Set<OwnerId> remembered = parts.memory().owners();
        return orphans.stream()
                .filter(orphan -> !suspects.contains(orphan) && !remembered.contains(orphan))
                .collect(Collectors.toSet());
    }

    private synchronized void addAll(NavigableSet<ServiceKey> keys, long mine) {
        if (mine == term.get()) {
            keys.forEach(queue::add);
        }
    }
}
