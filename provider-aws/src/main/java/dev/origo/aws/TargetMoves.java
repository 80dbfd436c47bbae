package dev.origo.aws;

import dev.origo.aws.Seen.Target;
import dev.origo.aws.Seen.TargetGroup;
import dev.origo.model.Code;
import dev.origo.model.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which targets to register and to deregister next. Pure.
///
/// Additions come first so that capacity never dips, unless they find no room before what is to
/// leave has left.
final class TargetMoves {
    /// Source: ELBv2 API, RegisterTargets in cloud-provider-aws
    private static final int TARGETS_PER_CALL = 100;

    /// Source: "Quotas for your Network Load Balancers", targets per target group
    private static final int TARGETS_PER_GROUP = 1000;

    private final Wanted wanted;
    private final AwsObserved observed;
    private final int perZoneMax;
    private final SortedMap<String, Change> changes = new TreeMap<>();

    /// Targets as they are when every addition has come and nothing has left yet.
    private final Map<String, Integer> inZone = new HashMap<>();

    private int inEveryZone;

    /// @param perZoneMax targets of one balancer in one zone, those of all its target groups
    TargetMoves(Wanted wanted, AwsObserved observed, int perZoneMax) {
        this.wanted = wanted;
        this.observed = observed;
        this.perZoneMax = perZoneMax;
        for (Wanted.Group group : wanted.groups()) {
            observed.targetGroupNamed(group.name())
                    .ifPresent(there -> changes.put(group.name(), change(group, there)));
        }
        changes.values().forEach(this::count);
    }

    /// What is to come and to go in one target group.
    ///
    /// @param crossZone whether its targets count in every zone
    private record Change(
            TargetGroup there,
            SortedSet<Target> missing,
            SortedSet<Target> excess,
            boolean crossZone) {}

    /// Whether every addition to a target group has come.
    ///
    /// @param group the name of a wanted one that is there
    boolean isComplete(String group) {
        return of(group).missing().isEmpty();
    }

    /// What AWS refuses though nothing that was looked up tells why.
    List<Problem> problems() {
        SortedSet<String> refused = new TreeSet<>();
        changes.values().forEach(change -> refused.addAll(change.there().refused()));
        refused.retainAll(wanted.nodes().ids());
        return refused.isEmpty()
                ? List.of()
                : List.of(
                        Problem.warning(
                                Code.NODE_NOT_IN_CLOUD,
                                "left out, AWS refuses to register %s".formatted(refused)));
    }

    /// The next steps in a target group: none before it is known of every target whether it can be
    /// one, and none where additions wait for another group's targets to leave.
    List<AwsStep> steps(String group) {
        if (!wanted.nodes().unseen().isEmpty()) {
            return List.of();
        }
        Change change = of(group);
        String arn = change.there().arn();
        boolean leaving = changes.values().stream().anyMatch(c -> !c.excess().isEmpty());
        List<AwsStep> steps = new ArrayList<>();
        if (!change.missing().isEmpty() && (!leaving || fits(change))) {
            Sorted.chunks(change.missing(), TARGETS_PER_CALL)
                    .forEach(some -> steps.add(new AwsStep.Register(arn, group, some)));
        } else {
            Sorted.chunks(change.excess(), TARGETS_PER_CALL)
                    .forEach(some -> steps.add(new AwsStep.Deregister(arn, group, some)));
        }
        return steps;
    }

    private Change of(String group) {
        return Optional.ofNullable(changes.get(group)).orElseThrow();
    }

    private Change change(Wanted.Group group, TargetGroup there) {
        List<Target> targets =
                wanted.nodes().ids().stream()
                        .filter(id -> !there.refused().contains(id))
                        .map(id -> new Target(id, group.port(), zoneToTell(group, id)))
                        .toList();
        boolean crossZone =
                Attributes.isCrossZone(wanted.balancer().attributes(), group.attributes())
                        || observed.balancersNamed(wanted.balancer().name()).stream()
                                .anyMatch(b ->
                                        Attributes.isCrossZone(b.attributes(), there.attributes()));
        return new Change(
                there,
                Sorted.minus(targets, there.targets()),
                Sorted.minus(there.targets(), targets),
                crossZone);
    }

    private String zoneToTell(Wanted.Group group, String id) {
        boolean outside = group.targetType().equals("ip") && observed.facts().zoneOf(id).isEmpty();
        return outside ? Target.EVERY_ZONE : "";
    }

    private void count(Change change) {
        for (Target target : Sorted.union(change.there().targets(), change.missing())) {
            String zone = zone(change, target);
            if (zone.isEmpty()) {
                inEveryZone++;
            } else {
                inZone.merge(zone, 1, Integer::sum);
            }
        }
    }

    private boolean fits(Change change) {
        int inGroup = change.there().targets().size() + change.missing().size();
        return inGroup <= TARGETS_PER_GROUP
                && change.missing().stream()
                        .map(target -> zone(change, target))
                        .distinct()
                        .allMatch(zone -> inEveryZone + count(zone) <= perZoneMax);
    }

    private int count(String zone) {
        return zone.isEmpty()
                ? inZone.values().stream().mapToInt(Integer::intValue).max().orElse(0)
                : inZone.getOrDefault(zone, 0);
    }

    /// The zone in which a target counts; empty for every zone: with cross-zone balancing, and
    /// where its own is not known. Source: "Quotas for your Network Load Balancers"
    private String zone(Change change, Target target) {
        return change.crossZone() ? "" : observed.facts().zoneOf(target.id()).orElse("");
    }
}
