package dev.origo.reconcile;

import dev.origo.model.OwnerId;
import dev.origo.model.ServiceKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What was observed of each owner, with what the cloud's answers have changed since. The cloud is
/// the truth; this only saves asking it.
///
/// Thread rule: any thread; the object's monitor guards all fields.
public final class Memory<O> {
    private final Map<OwnerId, O> byOwner = new HashMap<>();

    /// Owners that changed since the audit began: what the audit read of them may be older than
    /// what we know.
    private final Set<OwnerId> changedSinceAudit = new HashSet<>();

    public synchronized Optional<O> get(OwnerId owner) {
        return Optional.ofNullable(byOwner.get(owner));
    }

    public synchronized void put(OwnerId owner, O observed) {
        byOwner.put(owner, observed);
        changedSinceAudit.add(owner);
    }

    public synchronized void forget(OwnerId owner) {
        byOwner.remove(owner);
        changedSinceAudit.add(owner);
    }

    public synchronized void forgetAll() {
        changedSinceAudit.addAll(byOwner.keySet());
        byOwner.clear();
    }

    /// Every remembered owner that has this key, whatever its UID, in order.
    public synchronized List<OwnerId> owners(ServiceKey key) {
        return byOwner.keySet().stream()
                .filter(owner -> owner.service().equals(key))
                .sorted()
                .toList();
    }

    public synchronized Set<OwnerId> owners() {
        return new TreeSet<>(byOwner.keySet());
    }

    /// An audit is about to read the cloud. One audit at a time.
    public synchronized void auditBegins() {
        changedSinceAudit.clear();
    }

    /// Takes over what the audit found, except of owners that changed meanwhile. Owners of whom it
    /// found nothing are forgotten.
    public synchronized void auditEnds(Map<OwnerId, O> found) {
        byOwner.keySet()
                .removeIf(owner -> !found.containsKey(owner) && !changedSinceAudit.contains(owner));
        found.forEach((owner, observed) -> {
            if (!changedSinceAudit.contains(owner)) {
                byOwner.put(owner, observed);
            }
        });
    }
}
