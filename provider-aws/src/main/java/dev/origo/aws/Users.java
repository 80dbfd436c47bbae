package dev.origo.aws;

import java.util.HashSet;
import java.util.Set;

/// Owners of the shared security group, by their hashes.
///
/// Thread rule: one thread at a time.
final class Users {
    private final Set<String> all = new HashSet<>();

    /// Of whom the last audit found nothing, and who have asked for nothing since.
    private final Set<String> unseen = new HashSet<>();

    void add(String owner) {
        all.add(owner);
        unseen.remove(owner);
    }

    void remove(String owner) {
        all.remove(owner);
    }

    boolean has(String owner) {
        return all.contains(owner);
    }

    boolean hasOneBeside(String owner) {
        return all.stream().anyMatch(user -> !user.equals(owner));
    }

    /// An audit found something of these owners. Who has nothing in two audits, without having
    /// asked for anything in between, is gone: another process, which led meanwhile, has removed
    /// it.
    ///
    /// @param claimants owners who hold rules, users or not
    /// @return who is gone
    Set<String> audited(Set<String> found, Set<String> claimants) {
        Set<String> absent = new HashSet<>(all);
        absent.addAll(claimants);
        absent.removeAll(found);
        Set<String> gone = new HashSet<>(absent);
        gone.retainAll(unseen);
        all.removeAll(gone);
        absent.removeAll(gone);
        unseen.clear();
        unseen.addAll(absent);
        return gone;
    }
}
