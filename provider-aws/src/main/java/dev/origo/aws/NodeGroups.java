package dev.origo.aws;

import dev.origo.model.Code;
import dev.origo.model.Problem;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which security group of each node gets the rules. Pure.
final class NodeGroups {
    private static final String CLUSTER_TAG = "kubernetes.io/cluster/";

    private final AwsConfig config;
    private final Facts facts;
    private final SortedSet<String> lookUps = new TreeSet<>();
    private final SortedSet<String> unclear = new TreeSet<>();

    NodeGroups(AwsConfig config, Facts facts) {
        this.config = config;
        this.facts = facts;
    }

    /// What the group of each instance must let through; instances that are not looked up yet are
    /// left out.
    SortedMap<String, SortedSet<NodeRule>> admit(
            SortedSet<String> instances, SortedSet<NodeRule> rules) {
        SortedMap<String, SortedSet<NodeRule>> admit = new TreeMap<>();
        for (String id : instances) {
            Optional.ofNullable(facts.instances().get(id))
                    .flatMap(this::group)
                    .ifPresent(group -> admit.put(group, rules));
        }
        return Collections.unmodifiableSortedMap(admit);
    }

    /// Groups whose tags have to be known first.
    SortedSet<String> lookUps() {
        return lookUps;
    }

    List<Problem> problems() {
        if (unclear.isEmpty()) {
            return List.of();
        }
        return List.of(
                Problem.warning(
                                Code.NODE_SECURITY_GROUP_UNCLEAR,
                                "nodes have several security groups and not exactly one of them is tagged; the rules go to %s"
                                        .formatted(unclear))
                        .withFix(
                                "tag one security group of each node with %s%s"
                                        .formatted(CLUSTER_TAG, config.cluster().name())));
    }

    /// The group that gets the rules; empty until the tags of several are looked up.
    private Optional<String> group(Facts.Instance instance) {
        if (instance.groups().size() < 2) {
            return instance.groups().stream().findFirst();
        }
        List<String> unknown =
                instance.groups().stream()
                        .filter(group -> !facts.groupTags().containsKey(group))
                        .toList();
        if (!unknown.isEmpty()) {
            lookUps.addAll(unknown);
            return Optional.empty();
        }
        List<String> tagged = instance.groups().stream().filter(this::isTaggedForCluster).toList();
        String chosen = tagged.isEmpty() ? instance.groups().first() : tagged.getFirst();
        if (tagged.size() != 1) {
            unclear.add(chosen);
        }
        return Optional.of(chosen);
    }

    private boolean isTaggedForCluster(String group) {
        return facts.groupTags()
                .getOrDefault(group, Sorted.map(Map.of()))
                .containsKey(CLUSTER_TAG + config.cluster().name());
    }
}
