package dev.origo.aws;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which rules owners, by their hashes, need in which node groups: those that they opened, and
/// those of another process, of which their target groups tell. What an owner has closed itself it
/// does not close again, whatever they tell: an owner without nodes keeps its target groups. But
/// nobody else takes it for unneeded either, as another process may have opened it anew.
///
/// Thread rule: the lock of the book that has it.
final class Claims {
    private final Map<String, Map<String, SortedSet<NodeRule>>> held = new HashMap<>();
    private final Map<String, Map<String, SortedSet<NodeRule>>> closed = new HashMap<>();

    void opened(String owner, String nodeGroup, SortedSet<NodeRule> rules) {
        rules(held, owner, nodeGroup).addAll(rules);
        rules(closed, owner, nodeGroup).removeAll(rules);
    }

    void closed(String owner, String nodeGroup, SortedSet<NodeRule> rules) {
        rules(held, owner, nodeGroup).removeAll(rules);
        rules(closed, owner, nodeGroup).addAll(rules);
    }

    void told(String owner, String nodeGroup, SortedSet<NodeRule> rules) {
        rules(held, owner, nodeGroup).addAll(rules);
    }

    /// What the owner has open and has not closed.
    ///
    /// @param told by its target groups
    SortedSet<NodeRule> open(String owner, String nodeGroup, SortedSet<NodeRule> told) {
        return Sorted.minus(
                Sorted.union(of(held, owner, nodeGroup), told), of(closed, owner, nodeGroup));
    }

    /// What anyone needs there.
    SortedSet<NodeRule> in(String nodeGroup) {
        SortedSet<NodeRule> all = new TreeSet<>();
        held.values().forEach(one -> all.addAll(one.getOrDefault(nodeGroup, Sorted.none())));
        return all;
    }

    boolean hasAny(String owner) {
        return held.getOrDefault(owner, Map.of()).values().stream()
                .anyMatch(rules -> !rules.isEmpty());
    }

    boolean hasAnyBeside(String owner) {
        return held.keySet().stream().anyMatch(one -> !one.equals(owner) && hasAny(one));
    }

    Set<String> owners() {
        return new HashSet<>(held.keySet());
    }

    void forget(Collection<String> owners) {
        held.keySet().removeAll(owners);
        closed.keySet().removeAll(owners);
    }

    private static SortedSet<NodeRule> of(
            Map<String, Map<String, SortedSet<NodeRule>>> some, String owner, String nodeGroup) {
        return some.getOrDefault(owner, Map.of()).getOrDefault(nodeGroup, Sorted.none());
    }

    private static SortedSet<NodeRule> rules(
            Map<String, Map<String, SortedSet<NodeRule>>> some, String owner, String nodeGroup) {
        return some.computeIfAbsent(owner, _ -> new HashMap<>())
                .computeIfAbsent(nodeGroup, _ -> new TreeSet<>());
    }
}
