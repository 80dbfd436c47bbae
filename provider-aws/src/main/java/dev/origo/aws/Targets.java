package dev.origo.aws;

import dev.origo.aws.Seen.TargetGroup;
import dev.origo.model.Backend;
import dev.origo.model.Code;
import dev.origo.model.Hashes;
import dev.origo.model.IpFamily;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.OwnerId;
import dev.origo.model.Problem;
import dev.origo.model.Settings;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Chooses what a balancer sends to: instances, or node addresses where no node has an instance.
/// What stands decides where nodes leave it open. Pure.
final class Targets {
    /// Source: cloud-provider-aws, "providerID": `aws:///ZONE/INSTANCE`
    private static final Pattern PROVIDER_ID = Pattern.compile("aws:/+(?:([^/]+)/)?(i-[0-9a-z]+)");

    private static final int NAMES_MAX = 5;

    private final String type;
    private final SortedSet<String> ids = new TreeSet<>();
    private final SortedSet<String> unseen = new TreeSet<>();
    private final List<Problem> problems = new ArrayList<>();

    private Targets(String type) {
        this.type = type;
    }

    /// A node that can be a target.
    private record Candidate(String node, String zone, String id) {}

    /// Whose nodes, and which of them.
    ///
    /// @param family of addresses, where those are the targets
    record Ask(OwnerId owner, List<Backend> backends, Settings settings, IpFamily family) {}

    /// @param perZoneMax targets in one zone that one target group may have
    static Targets of(LoadBalancerSpec spec, AwsObserved observed, int perZoneMax) {
        return of(
                new Ask(spec.owner(), spec.backends(), spec.settings(), spec.families().getFirst()),
                observed,
                perZoneMax);
    }

    static Targets of(Ask ask, AwsObserved observed, int perZoneMax) {
        Map<String, String> labels =
                ask.settings().get(AwsSettings.NODE_LABELS).orElse(Sorted.map(Map.of()));
        List<Backend> nodes =
                ask.backends().stream().filter(node -> matches(node, labels)).sorted().toList();
        Targets targets = new Targets(type(nodes, observed.targetGroups().values()));
        List<Candidate> candidates =
                targets.type.equals("instance")
                        ? targets.instances(nodes, observed.facts())
                        : targets.addresses(nodes, ask.family(), observed.facts());
        targets.take(ask, candidates, perZoneMax);
        targets.unseen.retainAll(targets.ids);
        if (!ask.backends().isEmpty() && nodes.isEmpty()) {
            targets.problems.add(
                    Problem.warning(
                                    Code.NO_ELIGIBLE_NODE,
                                    "no eligible node has the labels %s".formatted(labels))
                            .withFix("correct origo.dev/aws-target-node-labels"));
        }
        return targets;
    }

    /// Another type means other target groups, so addresses stay until every node is an instance.
    private static String type(List<Backend> nodes, Collection<TargetGroup> standing) {
        long instances = nodes.stream().filter(node -> instance(node).isPresent()).count();
        boolean either = nodes.isEmpty() || (instances > 0 && instances < nodes.size());
        boolean addressesStand =
                !standing.isEmpty() && standing.stream().allMatch(g -> g.targetType().equals("ip"));
        if (either) {
            return addressesStand ? "ip" : "instance";
        }
        return instances > 0 ? "instance" : "ip";
    }

    /// `instance` or `ip`.
    String type() {
        return type;
    }

    SortedSet<String> ids() {
        return Sorted.set(ids);
    }

    /// Those of `ids` of which it is not known yet how they can be registered.
    SortedSet<String> unseen() {
        return Sorted.set(unseen);
    }

    /// What tells of those that are unseen.
    Set<String> lookUps() {
        return type.equals("ip") && !unseen.isEmpty() ? Set.of(Facts.SUBNETS) : unseen();
    }

    List<Problem> problems() {
        return problems;
    }

    private List<Candidate> instances(List<Backend> nodes, Facts facts) {
        List<String> without = new ArrayList<>();
        List<String> foreign = new ArrayList<>();
        SortedMap<String, String> absent = new TreeMap<>();
        List<Candidate> candidates = new ArrayList<>();
        for (Backend node : nodes) {
            Optional<Candidate> candidate = instance(node);
            if (candidate.isEmpty()) {
                (node.providerId().isEmpty() ? without : foreign).add(node.node());
                continue;
            }
            String id = candidate.get().id();
            Facts.Instance known = facts.instances().get(id);
            if (known == null) {
                unseen.add(id);
            } else if (!known.usable()) {
                absent.put(node.node(), known.obstacle());
                continue;
            }
            candidates.add(candidate.get());
        }
        warn(Code.NODE_WITHOUT_PROVIDER_ID, "left out, without providerID", without);
        warn(
                Code.FOREIGN_PROVIDER_ID,
                "left out, with a providerID that is no EC2 instance",
                foreign);
        warn(
                Code.NODE_NOT_IN_CLOUD,
                "left out",
                absent.entrySet().stream()
                        .map(e -> e.getKey() + " (" + e.getValue() + ")")
                        .toList());
        return candidates;
    }

    private List<Candidate> addresses(List<Backend> nodes, IpFamily family, Facts facts) {
        List<String> without = new ArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        for (Backend node : nodes) {
            Optional<String> address =
                    node.addresses().stream().filter(a -> isOf(a, family)).findFirst();
            if (address.isEmpty()) {
                without.add(node.node());
                continue;
            }
            if (!facts.subnetsKnown()) {
                unseen.add(address.get());
            }
            candidates.add(new Candidate(node.node(), "", address.get()));
        }
        warn(Code.NODE_NOT_IN_CLOUD, "left out, without an internal address of " + family, without);
        return candidates;
    }

    private void take(Ask ask, List<Candidate> candidates, int perZoneMax) {
        Map<String, List<Candidate>> byZone = new TreeMap<>();
        // With cross-zone balancing every target counts in every zone.
        boolean crossZone =
                Attributes.isCrossZone(
                        Attributes.ofBalancer(ask.settings()),
                        ask.settings()
                                .get(AwsSettings.TARGET_GROUP_ATTRIBUTES)
                                .orElse(Sorted.map(Map.of())));
        candidates.forEach(c ->
                byZone.computeIfAbsent(crossZone ? "" : c.zone(), _ -> new ArrayList<>()).add(c));
        for (List<Candidate> zone : byZone.values()) {
            zone.stream()
                    .sorted(
                            Comparator.comparing((Candidate c) ->
                                    zone.size() <= perZoneMax
                                            ? c.node()
                                            : Hashes.base32(16, ask.owner().uid(), c.node())))
                    .limit(perZoneMax)
                    .forEach(c -> ids.add(c.id()));
        }
        if (ids.size() < candidates.size()) {
            problems.add(
                    Problem.warning(
                            Code.SUBSET_OF_NODES,
                            "%d of %d nodes are targets: a balancer's quota leaves room for %d in each zone and port"
                                    .formatted(ids.size(), candidates.size(), perZoneMax)));
        }
    }

    private void warn(Code code, String what, List<String> nodes) {
        if (nodes.isEmpty()) {
            return;
        }
        String more =
                nodes.size() > NAMES_MAX ? " and %d more".formatted(nodes.size() - NAMES_MAX) : "";
        String names = String.join(", ", nodes.stream().limit(NAMES_MAX).toList());
        problems.add(Problem.warning(code, "nodes %s: %s%s".formatted(what, names, more)));
    }

    private static Optional<Candidate> instance(Backend node) {
        Matcher matcher = PROVIDER_ID.matcher(node.providerId());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String zone = Optional.ofNullable(matcher.group(1)).orElse("");
        return Optional.of(new Candidate(node.node(), zone, matcher.group(2)));
    }

    /// A label without value is any value of it, as cloud-provider-aws reads it. Where
    /// aws-load-balancer-controller takes the empty value alone, nodes that have the label have
    /// that one most of the time.
    private static boolean matches(Backend node, Map<String, String> labels) {
        return labels.entrySet().stream()
                .allMatch(label ->
                        label.getValue().isEmpty()
                                ? node.labels().containsKey(label.getKey())
                                : label.getValue().equals(node.labels().get(label.getKey())));
    }

    private static boolean isOf(String address, IpFamily family) {
        boolean v4 = InetAddress.ofLiteral(address) instanceof Inet4Address;
        return v4 == (family == IpFamily.IPV4);
    }
}
