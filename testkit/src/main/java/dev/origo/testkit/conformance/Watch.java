package dev.origo.testkit.conformance;

import dev.origo.model.Ingress;
import dev.origo.model.ServiceSnapshot;
import dev.origo.testkit.conformance.Balancer.Front;
import dev.origo.testkit.conformance.Balancer.Listener;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// What has to hold after every write of an act.
///
/// @param before the listeners that stood when it began
record Watch(Outcome outcome, SortedMap<Front, Listener> before) {

    /// The laws that are broken now, in words.
    ///
    /// @param standing the Service's balancers
    /// @param wanted as the Service is written now; empty where it is refused
    List<String> broken(
            ServiceSnapshot service, List<Balancer> standing, Optional<Balancer> wanted) {
        List<String> broken = new ArrayList<>();
        boolean replacing = outcome instanceof Outcome.MayReplace;
        if (standing.size() > (replacing ? 2 : 1)) {
            broken.add("%d balancers stand".formatted(standing.size()));
        }
        if (replacing || outcome instanceof Outcome.InPlace) {
            List<String> published =
                    service.status().ingress().stream()
                            .map(Ingress::address)
                            .map(Ingress.Address::text)
                            .toList();
            published.stream()
                    .filter(address ->
                            standing.stream().noneMatch(b -> b.addresses().contains(address)))
                    .forEach(address -> broken.add(address + " is published and does not stand"));
            List<Balancer> inUse =
                    standing.stream()
                            .filter(b -> published.stream().anyMatch(b.addresses()::contains))
                            .toList();
            wanted.ifPresent(after -> broken.addAll(dips(fronts(inUse), after.listeners())));
        }
        return broken;
    }

    /// What is wanted before and after an act is there all the time: listeners, targets, and those
    /// who may connect; and nobody may who may neither before nor after.
    private List<String> dips(SortedMap<Front, Listener> now, SortedMap<Front, Listener> after) {
        List<String> broken = new ArrayList<>();
        before.forEach((front, old) -> {
            Optional<Listener> wanted = Optional.ofNullable(after.get(front));
            Optional<Listener> is = Optional.ofNullable(now.get(front));
            if (wanted.isPresent() && is.isEmpty()) {
                broken.add(front + " is missing");
            } else if (wanted.isPresent()) {
                broken.addAll(
                        dip(
                                front + " targets",
                                old.targets(),
                                wanted.get().targets(),
                                is.get().targets()));
                broken.addAll(
                        dip(
                                front + " source ranges",
                                old.sourceRanges(),
                                wanted.get().sourceRanges(),
                                is.get().sourceRanges()));
            }
        });
        return broken;
    }

    private static <T> List<String> dip(
            String what, SortedSet<T> before, SortedSet<T> after, SortedSet<T> now) {
        Set<T> both = new HashSet<>(before);
        both.retainAll(after);
        Set<T> either = new HashSet<>(before);
        either.addAll(after);
        boolean kept = now.containsAll(both) && either.containsAll(now);
        return kept
                ? List.of()
                : List.of("%s are %s on the way from %s to %s".formatted(what, now, before, after));
    }

    static SortedMap<Front, Listener> fronts(List<Balancer> balancers) {
        SortedMap<Front, Listener> fronts = new TreeMap<>();
        balancers.forEach(balancer -> fronts.putAll(balancer.listeners()));
        return fronts;
    }
}
