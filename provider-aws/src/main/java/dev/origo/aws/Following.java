package dev.origo.aws;

import dev.origo.aws.Seen.Balancer;
import dev.origo.aws.Seen.Listener;
import dev.origo.aws.Seen.Target;
import dev.origo.aws.Seen.TargetGroup;
import dev.origo.model.Desired;
import dev.origo.model.IpFamily;
import dev.origo.model.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/// The next wave for a Service that is refused as it is written now: what stands stays as it is,
/// and only its targets follow the nodes. Pure.
final class Following {
    private final Desired.Kept kept;
    private final AwsConfig config;
    private final AwsObserved observed;

    private Following(Desired.Kept kept, AwsConfig config, AwsObserved observed) {
        this.kept = kept;
        this.config = config;
        this.observed = observed;
    }

    static List<AwsStep> wave(Desired.Kept kept, AwsConfig config, AwsObserved observed) {
        Following following = new Following(kept, config, observed);
        if (observed.targetGroups().isEmpty()) {
            return List.of();
        }
        // Which nodes the user means to have cannot be read, but a node that is gone is gone.
        return kept.settings().isUnreadable(AwsSettings.NODE_LABELS)
                ? following.removals()
                : following.changes();
    }

    private List<AwsStep> removals() {
        Targets targets = targets(Settings.NONE, Integer.MAX_VALUE);
        return moves(
                targets,
                group -> {
                    SortedSet<String> left = new TreeSet<>(targets.ids());
                    left.retainAll(group.targets().stream().map(Target::id).toList());
                    return left;
                });
    }

    private List<AwsStep> moves(Targets targets, Function<TargetGroup, SortedSet<String>> idsOf) {
        List<TargetGroup> groups = groupsOf(targets);
        Collection<Balancer> balancers = observed.balancers().values();
        TargetMoves moves =
                new TargetMoves(
                        groups.stream()
                                .map(g ->
                                        new TargetMoves.Aim(
                                                g, idsOf.apply(g), g.isCrossZone(balancers)))
                                .toList(),
                        observed.facts(),
                        config.limits().targetsMax());
        return groups.stream().flatMap(group -> moves.steps(group.name()).stream()).toList();
    }

    /// Those that can have such targets.
    private List<TargetGroup> groupsOf(Targets targets) {
        return observed.targetGroups().values().stream()
                .filter(g -> targets.ids().isEmpty() || g.targetType().equals(targets.type()))
                .toList();
    }

    private List<AwsStep> changes() {
        int numbers =
                (int)
                        observed.balancers().values().stream()
                                .flatMap(b -> b.listeners().values().stream())
                                .map(Listener::port)
                                .distinct()
                                .count();
        Targets targets =
                targets(
                        kept.settings(),
                        Math.max(1, config.limits().targetsMax() / Math.max(1, numbers)));
        NodeGroups groups = new NodeGroups(config, observed.facts());
        SortedMap<String, SortedSet<NodeRule>> admit = groups.admit(targets.ids(), needs());
        List<AwsStep> steps = new ArrayList<>();
        SortedSet<String> lookUps = new TreeSet<>(targets.lookUps());
        if (managesNodes()) {
            lookUps.addAll(groups.lookUps());
            if (!observed.shared().rulesKnown()) {
                steps.add(new AwsStep.LookUpRules(observed.owner()));
            }
        }
        if (!lookUps.isEmpty()) {
            steps.add(new AwsStep.LookUp(Sorted.set(lookUps)));
        }
        if (!steps.isEmpty()) {
            return steps;
        }
        if (managesNodes()) {
            admit.forEach((group, rules) -> open(steps, group, rules));
        }
        steps.addAll(moves(targets, _ -> targets.ids()));
        return steps;
    }

    private Targets targets(Settings settings, int perZoneMax) {
        boolean ipv6 =
                observed.targetGroups().values().stream()
                        .flatMap(group -> group.targets().stream())
                        .anyMatch(target -> target.id().contains(":"));
        IpFamily family = ipv6 ? IpFamily.IPV6 : IpFamily.IPV4;
        return Targets.of(
                new Targets.Ask(kept.owner(), kept.backends(), settings, family),
                observed,
                perZoneMax);
    }

    /// Whether the nodes admit the balancers by rules of ours: those that stand have the shared
    /// group then.
    private boolean managesNodes() {
        return observed.balancers().values().stream()
                .anyMatch(b -> b.net().groups().contains(observed.shared().group()));
    }

    private SortedSet<NodeRule> needs() {
        SortedSet<NodeRule> needs = new TreeSet<>();
        observed.targetGroups().values().forEach(group -> needs.addAll(group.needs()));
        return Sorted.set(needs);
    }

    private void open(List<AwsStep> steps, String group, SortedSet<NodeRule> rules) {
        AwsObserved.Shared shared = observed.shared();
        SortedSet<NodeRule> missing =
                Sorted.minus(rules, shared.opened().getOrDefault(group, Sorted.none()));
        if (!missing.isEmpty()) {
            steps.add(new AwsStep.OpenNodes(observed.owner(), group, shared.group(), missing));
        }
    }
}
