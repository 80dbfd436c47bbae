package dev.origo.aws;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The rules that admit the shared group, by node group: as read, and changed since.
///
/// Thread rule: the lock of the book that has it.
final class Standing {
    private final SortedMap<String, SortedSet<NodeRule>> rules = new TreeMap<>();

    /// When each rule was opened or closed that may be news to one who reads now.
    private final Map<Spot, Long> landed = new HashMap<>();

    /// A rule of a node group.
    record Spot(String nodeGroup, NodeRule rule) {}

    SortedMap<String, SortedSet<NodeRule>> all() {
        return Collections.unmodifiableSortedMap(rules);
    }

    SortedSet<NodeRule> in(String nodeGroup) {
        return rules.getOrDefault(nodeGroup, Sorted.none());
    }

    /// Takes over what was read. A rule that was opened or closed since the read began, or that is
    /// in flight, stays as it is.
    ///
    /// @param asOf the version before the read began
    void read(long asOf, Map<String, SortedSet<NodeRule>> told, Set<Spot> inFlight) {
        landed.values().removeIf(at -> at <= asOf);
        Set<Spot> newer = new HashSet<>(landed.keySet());
        newer.addAll(inFlight);
        Set<Spot> stand = spots(told);
        stand.removeAll(newer);
        newer.retainAll(spots(rules));
        stand.addAll(newer);
        rules.clear();
        stand.forEach(spot -> add(spot.nodeGroup(), Set.of(spot.rule())));
    }

    /// Something was tried, and this stands now.
    void landed(String nodeGroup, Collection<NodeRule> tried, Collection<NodeRule> stand, long at) {
        add(nodeGroup, stand);
        Sorted.union(tried, stand).forEach(rule -> landed.put(new Spot(nodeGroup, rule), at));
    }

    private void add(String nodeGroup, Collection<NodeRule> more) {
        rules.computeIfAbsent(nodeGroup, _ -> new TreeSet<>()).addAll(more);
    }

    void remove(String nodeGroup, Collection<NodeRule> gone) {
        rules.getOrDefault(nodeGroup, new TreeSet<>()).removeAll(gone);
    }

    void clear() {
        rules.clear();
        landed.clear();
    }

    private static Set<Spot> spots(Map<String, SortedSet<NodeRule>> rules) {
        Set<Spot> spots = new HashSet<>();
        rules.forEach((group, set) -> set.forEach(rule -> spots.add(new Spot(group, rule))));
        return spots;
    }
}
