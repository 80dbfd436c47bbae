package dev.origo.reconcile;

import dev.origo.model.Desired;
import dev.origo.model.OwnerId;
import dev.origo.model.Problem;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.ReconcileObserver.Run;
import dev.origo.reconcile.Reconciler.Parts;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.spi.Step;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Takes away what carries an owner's mark, until it was seen that nothing is left.
///
/// Thread rule: as [Reconciler].
final class Destruction<O, S extends Step> {
    private static final int ROUNDS_MAX = 2;

    private final Parts<O, S> parts;
    private final Waves<O, S> waves;
    private final Consumer<OwnerId> ended;

    /// Owners whose destruction has begun and has not been seen to end.
    private final Set<OwnerId> leaving = ConcurrentHashMap.newKeySet();

    /// @param ended told of each owner of whom nothing is left
    Destruction(Parts<O, S> parts, Waves<O, S> waves, Consumer<OwnerId> ended) {
        this.parts = parts;
        this.waves = waves;
        this.ended = ended;
    }

    boolean isUnderWay(OwnerId owner) {
        return leaving.contains(owner);
    }

    /// The Service wants its balancer again.
    void isOff(OwnerId owner) {
        leaving.remove(owner);
    }

    /// Owners of this key that are remembered or being destroyed.
    NavigableSet<OwnerId> owners(ServiceKey key) {
        NavigableSet<OwnerId> owners = new TreeSet<>(parts.memory().owners(key));
        leaving.stream().filter(owner -> owner.service().equals(key)).forEach(owners::add);
        return owners;
    }

    /// Those of them of whom the Service that has the key now takes no care.
    NavigableSet<OwnerId> owners(ServiceSnapshot service) {
        NavigableSet<OwnerId> owners = owners(service.key());
        if (!isAbandoned(service)) {
            owners.removeIf(owner -> owner.uid().equals(service.meta().uid()));
        }
        return owners;
    }

    /// Someone took our finalizer from a Service that wants no balancer: nobody else will clean up.
    private static boolean isAbandoned(ServiceSnapshot service) {
        return service.type() != ServiceSnapshot.Type.LOAD_BALANCER
                && !service.meta().finalizers().contains(ServicePatch.FINALIZER);
    }

    /// Destroys what carries the owner's mark. The answer is whether nothing is left: seen anew,
    /// not concluded.
    boolean of(Run run, OwnerId owner) {
        leaving.add(owner);
        O observed = waves.observed(owner);
        for (int round = 0; round < ROUNDS_MAX; round++) {
            Waves.Result<O> result = waves.run(run, new Desired.Absent(owner), observed, () -> {});
            Optional<Problem> refusal =
                    result.problems().stream().filter(Problem::blocks).findFirst();
            if (refusal.isPresent()) {
                throw new CloudException("delete", new CloudFailure.Rejected(refusal.get()));
            }
            if (parts.planOnly()) {
                return false;
            }
            observed = parts.provider().cloud().observe(owner);
            if (parts.provider().planner().isAbsent(observed)) {
                parts.memory().forget(owner);
                leaving.remove(owner);
                ended.accept(owner);
                return true;
            }
        }
        parts.memory().put(owner, observed);
        return false;
    }

    /// As [#of], for an owner whose Service can be told nothing.
    boolean ofGone(Run run, OwnerId owner) {
        try {
            return of(run, owner);
        } catch (CloudException e) {
            if (!Failures.of(e).remember()) {
                parts.memory().forget(owner);
            }
            throw e;
        }
    }
}
