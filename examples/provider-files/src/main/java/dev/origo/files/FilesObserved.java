package dev.origo.files;

import dev.origo.model.OwnerId;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the directory has of one owner, by name.
record FilesObserved(
        OwnerId owner, SortedMap<String, Balancer> balancers, SortedMap<String, Pool> pools) {
    static FilesObserved nothing(OwnerId owner) {
        return new FilesObserved(owner, new TreeMap<>(), new TreeMap<>());
    }

    FilesObserved with(Kept kept) {
        FilesObserved copy =
                new FilesObserved(owner, new TreeMap<>(balancers), new TreeMap<>(pools));
        switch (kept) {
            case Balancer balancer -> copy.balancers.put(balancer.name(), balancer);
            case Pool pool -> copy.pools.put(pool.name(), pool);
        }
        return copy;
    }

    FilesObserved without(Kept kept) {
        FilesObserved copy =
                new FilesObserved(owner, new TreeMap<>(balancers), new TreeMap<>(pools));
        switch (kept) {
            case Balancer balancer -> copy.balancers.remove(balancer.name());
            case Pool pool -> copy.pools.remove(pool.name());
        }
        return copy;
    }

    boolean isUsed(Pool pool) {
        return balancers.values().stream().anyMatch(balancer -> balancer.uses(pool.name()));
    }
}
