package dev.origo.loop;

import dev.origo.reconcile.KubernetesException;
import dev.origo.reconcile.KubernetesException.Kind;
import dev.origo.spi.Tasks;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// One lease as the API server keeps it: versions, conflicts; and trouble on demand.
final class LeasesInMemory {
    private Optional<LeaseStore.LeaseRecord> lease = Optional.empty();
    private int version;

    Optional<LeaseStore.LeaseRecord> lease() {
        return lease;
    }

    String holder() {
        return lease.map(LeaseStore.LeaseRecord::holder).orElse("nobody");
    }

    void delete() {
        lease = Optional.empty();
    }

    /// Someone edits the lease by hand.
    void giveTo(String holder) {
        LeaseStore.LeaseRecord now = lease.orElseThrow();
        written(
                new LeaseStore.LeaseRecord(
                        holder,
                        now.durationSeconds(),
                        now.acquired(),
                        now.renewed(),
                        now.transitions(),
                        now.version()));
    }

    /// What one request suffers: how long it takes to get there and back, and whether it is lost.
    ///
    /// @param lostThere whether it never arrives
    /// @param lostBack whether its answer never arrives
    record Trouble(Duration there, Duration back, boolean lostThere, boolean lostBack) {
        static final Trouble NONE = new Trouble(Duration.ZERO, Duration.ZERO, false, false);
        static final Trouble DOWN = new Trouble(Duration.ZERO, Duration.ZERO, true, false);

        static Trouble hangs(Duration there) {
            return new Trouble(there, Duration.ZERO, true, false);
        }
    }

    /// The store as one replica reaches it.
    LeaseStore seenBy(Tasks tasks, Supplier<Trouble> troubles) {
        return new LeaseStore() {
            @Override
            public Optional<LeaseRecord> read() {
                return request(() -> lease);
            }

            @Override
            public LeaseRecord create(LeaseRecord fresh) {
                return request(() -> {
                    conflictIf(lease.isPresent());
                    return written(fresh);
                });
            }

            @Override
            public LeaseRecord replace(LeaseRecord other) {
                return request(() -> {
                    conflictIf(lease.isEmpty() || !lease.get().version().equals(other.version()));
                    return written(other);
                });
            }

            private <T> T request(Supplier<T> atTheServer) {
                Trouble trouble = troubles.get();
                tasks.pause(trouble.there());
                if (trouble.lostThere()) {
                    throw new KubernetesException(Kind.UNREACHABLE, "lost", new Throwable());
                }
                T answer = atTheServer.get();
                tasks.pause(trouble.back());
                if (trouble.lostBack()) {
                    throw new KubernetesException(Kind.UNREACHABLE, "lost", new Throwable());
                }
                return answer;
            }
        };
    }

    private static void conflictIf(boolean conflict) {
        if (conflict) {
            throw new KubernetesException(Kind.CONFLICT, "someone else wrote", new Throwable());
        }
    }

    private LeaseStore.LeaseRecord written(LeaseStore.LeaseRecord other) {
        version++;
        var stored =
                new LeaseStore.LeaseRecord(
                        other.holder(),
                        other.durationSeconds(),
                        other.acquired(),
                        other.renewed(),
                        other.transitions(),
                        Integer.toString(version));
        lease = Optional.of(stored);
        return stored;
    }
}
