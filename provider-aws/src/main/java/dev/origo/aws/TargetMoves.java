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

    private final Facts facts;
    private final int perZoneMax;
    private final SortedMap<String, Change> changes = new TreeMap<>();

    /// Targets as they are when every addition has come and nothing has left yet.
    private final Map<String, Integer> inZone = new HashMap<>();

    private int inEveryZone;

    /// @param perZoneMax targets of one balancer in one zone, those of all its target groups
    TargetMoves(List<Aim> aims, Facts facts, int perZoneMax) {
        this.facts = facts;
        this.perZoneMax = perZoneMax;
        aims.forEach(aim -> changes.put(aim.there().name(), change(aim)));
        changes.values().forEach(this::count);
    }

    /// What one target group is to have.
    ///
    /// @param ids instances or addresses
    /// @param crossZone whether its targets count in every zone
    record Aim(TargetGroup there, SortedSet<String> ids, boolean crossZone) {}

    /// What is to come and to go in one target group.
    private record Change(Aim aim, SortedSet<Target> missing, SortedSet<Target> excess) {
        TargetGroup there() {
            return aim.there();
        }
    }

    /// Whether every addition to a target group has come.
    ///
    /// @param group the name of one that is aimed at
    boolean isComplete(String group) {
        return of(group).missing().isEmpty();
    }

    /// What AWS refuses though nothing that was looked up tells why.
    List<Problem> problems() {
        SortedSet<String> refused = new TreeSet<>();
        for (Change change : changes.values()) {
            change.there().refused().stream()
                    .filter(change.aim().ids()::contains)
                    .forEach(refused::add);
        }
        return refused.isEmpty()
                ? List.of()
                : List.of(
                        Problem.warning(
                                Code.NODE_NOT_IN_CLOUD,
                                "left out, AWS refuses to register %s".formatted(refused)));
    }

    /// The next steps in a target group; none where additions wait for another group's targets to
    /// leave.
    List<AwsStep> steps(String group) {
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

    private Change change(Aim aim) {
        TargetGroup there = aim.there();
        List<Target> targets =
                aim.ids().stream()
                        .filter(id -> !there.refused().contains(id))
                        .map(id -> new Target(id, there.port(), zoneToTell(there, id)))
                        .toList();
        return new Change(
                aim,
                Sorted.minus(targets, there.targets()),
                Sorted.minus(there.targets(), targets));
    }

    private String zoneToTell(TargetGroup group, String id) {
        boolean outside = group.targetType().equals("ip") && facts.zoneOf(id).isEmpty();
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
        return change.aim().crossZone() ? "" : facts.zoneOf(target.id()).orElse("");
    }
}
