package dev.origo.aws;

import dev.origo.aws.Seen.Balancer;
import dev.origo.aws.Seen.Listener;
import dev.origo.aws.Seen.SecurityGroup;
import dev.origo.aws.Seen.TargetGroup;
import dev.origo.model.OwnerId;
import dev.origo.spi.TargetHealth;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// What is in AWS for one owner, as last observed and folded since.
///
/// @param balancers by ARN
/// @param targetGroups by ARN
/// @param groups security groups of the owner's own, by id
/// @param shared the owner's part in what all Services share
/// @param health of the targets, as last looked at
/// @param taken names that objects without our mark have
/// @param facts what was looked up for everyone
public record AwsObserved(
        OwnerId owner,
        SortedMap<String, Balancer> balancers,
        SortedMap<String, TargetGroup> targetGroups,
        SortedMap<String, SecurityGroup> groups,
        Shared shared,
        TargetHealth health,
        Taken taken,
        Facts facts) {

    static AwsObserved nothing(OwnerId owner, Shared shared, Facts facts) {
        return new AwsObserved(
                owner,
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                shared,
                TargetHealth.NONE,
                new Taken(Sorted.none(), Set.of()),
                facts);
    }

    /// The owner's part in the cluster's shared security group.
    ///
    /// @param group its id; empty where there is none
    /// @param rulesKnown whether it is known which node groups admit it
    /// @param opened what the owner has open, by node group
    /// @param used whether the owner keeps the group from being deleted
    /// @param idle whether nobody does: a process died before the last one let go of it
    record Shared(
            String group,
            boolean rulesKnown,
            SortedMap<String, SortedSet<NodeRule>> opened,
            boolean used,
            boolean idle) {
        static final Shared NONE = new Shared("", true, Collections.emptySortedMap(), false, false);
    }

    /// Names of objects without our mark.
    ///
    /// @param derived those with a name that we would derive for this owner
    /// @param balancers load balancers of the whole account with other names; one set for all
    ///   owners
    record Taken(SortedSet<String> derived, Set<String> balancers) {
        boolean has(String name) {
            return derived.contains(name) || balancers.contains(name);
        }
    }

    AwsObserved withBalancers(Collection<Balancer> all) {
        SortedMap<String, Balancer> rows = byKey(all, Balancer::arn);
        return new AwsObserved(owner, rows, targetGroups, groups, shared, health, taken, facts);
    }

    AwsObserved withTargetGroups(Collection<TargetGroup> all) {
        SortedMap<String, TargetGroup> rows = byKey(all, TargetGroup::arn);
        return new AwsObserved(owner, balancers, rows, groups, shared, health, taken, facts);
    }

    AwsObserved withGroups(Collection<SecurityGroup> all) {
        SortedMap<String, SecurityGroup> rows = byKey(all, SecurityGroup::id);
        return new AwsObserved(owner, balancers, targetGroups, rows, shared, health, taken, facts);
    }

    AwsObserved withShared(Shared newShared) {
        return new AwsObserved(
                owner, balancers, targetGroups, groups, newShared, health, taken, facts);
    }

    AwsObserved withHealth(TargetHealth newHealth) {
        return new AwsObserved(
                owner, balancers, targetGroups, groups, shared, newHealth, taken, facts);
    }

    AwsObserved withTaken(Taken names) {
        return new AwsObserved(
                owner, balancers, targetGroups, groups, shared, health, names, facts);
    }

    AwsObserved withFacts(Facts newFacts) {
        return new AwsObserved(
                owner, balancers, targetGroups, groups, shared, health, taken, newFacts);
    }

    AwsObserved withBalancer(Balancer added) {
        return withBalancers(changed(balancers, added.arn(), Optional.of(added)).values());
    }

    AwsObserved withBalancer(String arn, UnaryOperator<Balancer> change) {
        return withBalancers(
                changed(balancers, arn, Optional.ofNullable(balancers.get(arn)).map(change))
                        .values());
    }

    AwsObserved withoutBalancer(String arn) {
        return withBalancers(changed(balancers, arn, Optional.empty()).values());
    }

    AwsObserved withTargetGroup(TargetGroup added) {
        return withTargetGroups(changed(targetGroups, added.arn(), Optional.of(added)).values());
    }

    AwsObserved withTargetGroup(String arn, UnaryOperator<TargetGroup> change) {
        return withTargetGroups(
                changed(targetGroups, arn, Optional.ofNullable(targetGroups.get(arn)).map(change))
                        .values());
    }

    AwsObserved withoutTargetGroup(String arn) {
        return withTargetGroups(changed(targetGroups, arn, Optional.empty()).values());
    }

    AwsObserved withGroup(SecurityGroup added) {
        return withGroups(changed(groups, added.id(), Optional.of(added)).values());
    }

    AwsObserved withGroup(String id, UnaryOperator<SecurityGroup> change) {
        return withGroups(
                changed(groups, id, Optional.ofNullable(groups.get(id)).map(change)).values());
    }

    AwsObserved withoutGroup(String id) {
        return withGroups(changed(groups, id, Optional.empty()).values());
    }

    AwsObserved withListener(String balancerArn, Listener listener) {
        return withBalancer(
                balancerArn,
                b ->
                        b.withListeners(
                                changed(b.listeners(), listener.arn(), Optional.of(listener))));
    }

    AwsObserved withListener(String balancerArn, String arn, UnaryOperator<Listener> change) {
        return withBalancer(
                balancerArn,
                b ->
                        b.withListeners(
                                changed(
                                        b.listeners(),
                                        arn,
                                        Optional.ofNullable(b.listeners().get(arn)).map(change))));
    }

    AwsObserved withoutListener(String balancerArn, String arn) {
        return withBalancer(
                balancerArn, b -> b.withListeners(changed(b.listeners(), arn, Optional.empty())));
    }

    Optional<TargetGroup> targetGroupNamed(String name) {
        return targetGroups.values().stream().filter(g -> g.name().equals(name)).findFirst();
    }

    Optional<SecurityGroup> groupNamed(String name) {
        return groups.values().stream().filter(g -> g.name().equals(name)).findFirst();
    }

    /// Balancers of that name, the one to keep first.
    List<Balancer> balancersNamed(String name) {
        return balancers.values().stream()
                .filter(b -> b.name().equals(name))
                .sorted(Balancer.KEEP_FIRST)
                .toList();
    }

    private static <V> SortedMap<String, V> byKey(Collection<V> rows, Function<V, String> key) {
        TreeMap<String, V> map = new TreeMap<>();
        rows.forEach(row -> map.put(key.apply(row), row));
        return Collections.unmodifiableSortedMap(map);
    }

    private static <V> SortedMap<String, V> changed(
            SortedMap<String, V> rows, String key, Optional<V> row) {
        TreeMap<String, V> map = new TreeMap<>(rows);
        map.remove(key);
        row.ifPresent(value -> map.put(key, value));
        return Collections.unmodifiableSortedMap(map);
    }
}
