package dev.origo.aws;

import dev.origo.aws.Seen.Balancer;
import dev.origo.aws.Seen.Listener;
import dev.origo.aws.Seen.SecurityGroup;
import dev.origo.aws.Seen.TargetGroup;
import dev.origo.model.Code;
import dev.origo.model.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The next wave from what was observed to what is wanted. Pure.
///
/// What opens a way comes before what uses it, and what closes one comes when nothing else is left
/// to do.
final class Diff {
    private final Wanted wanted;
    private final AwsObserved observed;
    private final TargetMoves targets;
    private final Optional<Balancer> stands;
    private final List<AwsStep> steps = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Set<String> unready = new HashSet<>();

    /// @param targetsMax targets of one balancer in one zone
    Diff(Wanted wanted, AwsObserved observed, int targetsMax) {
        this.wanted = wanted;
        this.observed = observed;
        this.targets = new TargetMoves(aims(), observed.facts(), targetsMax);
        this.stands = observed.balancersNamed(wanted.balancer().name()).stream().findFirst();
        clientGroup();
        boolean opening = openNodes();
        wanted.groups().forEach(group -> targetGroup(group, opening));
        problems.addAll(targets.problems());
        stands.ifPresentOrElse(this::balancer, this::createBalancer);
        boolean serving =
                stands.isPresent()
                        && new ListenerDiff(wanted, observed, unready).add(stands.get(), steps);
        leftovers(serving);
        if (steps.isEmpty() && wanted.nodes().settled()) {
            closeNodes();
        }
    }

    List<AwsStep> wave() {
        return steps;
    }

    List<Problem> problems() {
        return problems;
    }

    /// New clients are let in before others are shut out, as far as there is room for both.
    private void clientGroup() {
        String name = wanted.balancer().ownGroup();
        if (name.isEmpty()) {
            return;
        }
        Optional<SecurityGroup> found = observed.groupNamed(name);
        if (found.isEmpty()) {
            steps.add(new AwsStep.CreateGroup(observed.owner(), name, wanted.balancer().tags()));
            return;
        }
        SecurityGroup group = found.get();
        SortedSet<ClientRule> missing = Sorted.minus(wanted.clients(), group.rules());
        SortedSet<ClientRule> excess = Sorted.minus(group.rules(), wanted.clients());
        SortedSet<ClientRule> inTheWay = ClientRule.inTheWay(group.rules(), missing, excess);
        if (!missing.isEmpty() && !inTheWay.isEmpty()) {
            steps.add(new AwsStep.DismissClients(group.id(), inTheWay));
        } else if (!missing.isEmpty()) {
            steps.add(new AwsStep.AdmitClients(group.id(), missing, excess));
        } else if (!excess.isEmpty() && observed.balancers().size() <= 1) {
            steps.add(new AwsStep.DismissClients(group.id(), excess));
        }
        SortedMap<String, String> tags = missingTags(group.tags());
        if (!tags.isEmpty()) {
            steps.add(new AwsStep.TagGroup(group.id(), name, tags));
        }
    }

    /// The answer is whether the way to the nodes is still being opened.
    private boolean openNodes() {
        AwsObserved.Shared shared = observed.shared();
        if (wanted.balancer().shared() && shared.group().isEmpty()) {
            steps.add(
                    new AwsStep.EnsureShared(
                            observed.owner(), AwsNames.sharedGroup(observed.owner().cluster())));
            return true;
        }
        if (!shared.rulesKnown()) {
            return true;
        }
        boolean opening = false;
        for (var admit : wanted.nodes().admit().entrySet()) {
            SortedSet<NodeRule> opened =
                    shared.opened().getOrDefault(admit.getKey(), Sorted.none());
            SortedSet<NodeRule> missing = Sorted.minus(admit.getValue(), opened);
            if (!missing.isEmpty()) {
                opening = true;
                steps.add(
                        new AwsStep.OpenNodes(
                                observed.owner(), admit.getKey(), shared.group(), missing));
            }
        }
        return opening;
    }

    /// Whatever stands keeps what it needs, wanted or not.
    private void closeNodes() {
        AwsObserved.Shared shared = observed.shared();
        SortedSet<NodeRule> needed = new TreeSet<>();
        observed.targetGroups().values().forEach(group -> needed.addAll(group.needs()));
        shared.opened()
                .forEach((group, opened) -> {
                    SortedSet<NodeRule> kept =
                            wanted.nodes().admit().getOrDefault(group, Sorted.none());
                    boolean isOfTargets = !kept.isEmpty();
                    SortedSet<NodeRule> excess =
                            Sorted.minus(opened, isOfTargets ? Sorted.union(kept, needed) : kept);
                    if (!excess.isEmpty()) {
                        steps.add(
                                new AwsStep.CloseNodes(
                                        observed.owner(), group, shared.group(), excess));
                    }
                });
    }

    private List<TargetMoves.Aim> aims() {
        List<Balancer> balancers = observed.balancersNamed(wanted.balancer().name());
        List<TargetMoves.Aim> aims = new ArrayList<>();
        for (Wanted.Group group : wanted.groups()) {
            boolean soon =
                    Attributes.isCrossZone(wanted.balancer().attributes(), group.attributes());
            observed.targetGroupNamed(group.name())
                    .map(there ->
                            new TargetMoves.Aim(
                                    there,
                                    wanted.nodes().ids(),
                                    soon || there.isCrossZone(balancers)))
                    .ifPresent(aims::add);
        }
        return aims;
    }

    private void targetGroup(Wanted.Group group, boolean opening) {
        Optional<TargetGroup> found = observed.targetGroupNamed(group.name());
        if (found.isEmpty()) {
            unready.add(group.name());
            steps.add(
                    new AwsStep.CreateTargetGroup(
                            observed.owner(), group, wanted.balancer().tags()));
            return;
        }
        TargetGroup there = found.get();
        if (!group.check().isIn(there.check()) && !opening) {
            steps.add(new AwsStep.SetCheck(there.arn(), group.name(), group.check()));
        }
        SortedMap<String, String> changes =
                Attributes.changes(
                        group.attributes(),
                        there.attributes(),
                        Attributes.groupDefaults(group.targetType(), group.protocol()));
        if (!changes.isEmpty()) {
            unready.add(group.name());
            steps.add(new AwsStep.SetGroupAttributes(there.arn(), group.name(), changes));
        }
        tag(there.arn(), group.name(), there.tags());
        // None before it is known of every target whether and how it can be one.
        if (wanted.nodes().unseen().isEmpty()) {
            steps.addAll(targets.steps(group.name()));
        }
        if (!targets.isComplete(group.name())) {
            unready.add(group.name());
        }
    }

    private void createBalancer() {
        groupIds()
                .ifPresent(groups ->
                        steps.add(
                                new AwsStep.CreateBalancer(
                                        observed.owner(),
                                        wanted.balancer(),
                                        groups,
                                        observed.shared().group())));
    }

    /// The security groups of the balancer; empty while one is still to be made.
    private Optional<List<String>> groupIds() {
        List<String> ids = new ArrayList<>();
        String own = wanted.balancer().ownGroup();
        Optional<SecurityGroup> group = observed.groupNamed(own);
        if (!own.isEmpty() && group.isEmpty()) {
            return Optional.empty();
        }
        group.ifPresent(g -> ids.add(g.id()));
        if (wanted.balancer().shared()) {
            if (observed.shared().group().isEmpty()) {
                return Optional.empty();
            }
            ids.add(observed.shared().group());
        }
        ids.addAll(wanted.balancer().moreGroups());
        return Optional.of(List.copyOf(ids));
    }

    private void balancer(Balancer there) {
        Wanted.Balancer balancer = wanted.balancer();
        groupIds()
                .filter(groups -> !there.net().groups().isEmpty())
                .filter(groups -> !Sorted.set(groups).equals(there.net().groups()))
                .ifPresent(groups ->
                        steps.add(new AwsStep.SetGroups(there.arn(), there.name(), groups)));
        SortedSet<String> subnets =
                balancer.places().stream()
                        .map(Wanted.Place::subnet)
                        .collect(Collectors.toCollection(TreeSet::new));
        if (!balancer.keepPlaces()
                && !subnets.isEmpty()
                && !subnets.equals(there.net().subnets())) {
            steps.add(new AwsStep.SetPlaces(there.arn(), balancer));
        } else if (!balancer.ipType().equals(there.net().ipType())) {
            steps.add(new AwsStep.SetIpType(there.arn(), there.name(), balancer.ipType()));
        }
        SortedMap<String, String> changes =
                Attributes.changes(
                        balancer.attributes(), there.attributes(), Attributes.BALANCER_DEFAULTS);
        if (!changes.isEmpty()) {
            steps.add(new AwsStep.SetBalancerAttributes(there.arn(), there.name(), changes));
        }
        tag(there.arn(), there.name(), there.tags());
    }

    private boolean isPublished(Balancer balancer) {
        return wanted.published().contains(balancer.dnsName().toLowerCase(Locale.ROOT));
    }

    /// What a replacement, a removed port or a doubtful create left. A predecessor goes only when
    /// its successor serves and is published in its place.
    private void leftovers(boolean serving) {
        boolean successorReady = serving && stands.get().isActive();
        for (Balancer other : observed.balancers().values()) {
            if (stands.filter(b -> b.arn().equals(other.arn())).isPresent()) {
                continue;
            }
            boolean twin = other.name().equals(wanted.balancer().name());
            if (AwsPlanner.isProtected(other)) {
                Problem problem = AwsPlanner.isProtectedProblem(other);
                problems.add(Problem.warning(problem.code(), problem.message()));
            } else if (twin || (successorReady && !isPublished(other))) {
                steps.add(new AwsStep.DeleteBalancer(other.arn(), other.name()));
            } else {
                problems.add(
                        Problem.warning(
                                Code.REPLACEMENT,
                                "%s takes the place of %s"
                                        .formatted(wanted.balancer().name(), other.name())));
            }
        }
        Set<String> wantedNames =
                wanted.groups().stream().map(Wanted.Group::name).collect(Collectors.toSet());
        Set<String> inUse =
                observed.balancers().values().stream()
                        .flatMap(b -> b.listeners().values().stream())
                        .map(Listener::targetGroupArn)
                        .collect(Collectors.toSet());
        for (TargetGroup group : observed.targetGroups().values()) {
            if (!wantedNames.contains(group.name()) && !inUse.contains(group.arn())) {
                steps.add(new AwsStep.DeleteTargetGroup(group.arn(), group.name()));
            }
        }
        for (SecurityGroup group : observed.groups().values()) {
            boolean used =
                    observed.balancers().values().stream()
                            .anyMatch(b -> b.net().groups().contains(group.id()));
            if (!group.name().equals(wanted.balancer().ownGroup()) && !used) {
                steps.add(new AwsStep.DeleteGroup(group.id(), group.name()));
            }
        }
    }

    private void tag(String arn, String name, SortedMap<String, String> there) {
        SortedMap<String, String> missing = missingTags(there);
        if (!missing.isEmpty()) {
            steps.add(new AwsStep.Tag(arn, name, missing));
        }
    }

    private SortedMap<String, String> missingTags(SortedMap<String, String> there) {
        SortedMap<String, String> missing = new TreeMap<>(wanted.balancer().tags());
        missing.entrySet().removeIf(tag -> tag.getValue().equals(there.get(tag.getKey())));
        return Sorted.map(missing);
    }
}
