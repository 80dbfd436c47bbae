package dev.origo.aws;

import dev.origo.aws.Facts.Route;
import dev.origo.aws.Facts.Subnet;
import dev.origo.model.Code;
import dev.origo.model.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Chooses where a balancer stands: named subnets, or one per zone by tags. Pure.
///
/// Source of the tags: AWS Load Balancer Controller, "Subnet auto-discovery".
final class Subnets {
    private static final String CLUSTER_TAG = "kubernetes.io/cluster/";
    private static final String PUBLIC_ROLE = "kubernetes.io/role/elb";
    private static final String PRIVATE_ROLE = "kubernetes.io/role/internal-elb";

    /// A network balancer needs them. Source: ELBv2 API, InvalidSubnet
    private static final int FREE_ADDRESSES_MIN = 8;

    /// What is asked for.
    ///
    /// @param named ids or Name tags; empty for discovery
    record Ask(String cluster, boolean internal, boolean dualStack, List<String> named) {}

    /// One subnet per zone, or why not.
    record Choice(List<String> ids, List<Problem> problems) {}

    private Subnets() {}

    static Choice choose(Ask ask, List<Subnet> subnets) {
        return ask.named().isEmpty() ? discovered(ask, subnets) : named(ask, subnets);
    }

    private static Choice named(Ask ask, List<Subnet> subnets) {
        List<Problem> problems = new ArrayList<>();
        Map<String, Subnet> byZone = new TreeMap<>();
        List<String> ids = new ArrayList<>();
        for (String name : ask.named()) {
            Optional<Subnet> found =
                    subnets.stream()
                            .filter(s -> s.id().equals(name) || name.equals(s.tags().get("Name")))
                            .min(Comparator.comparing(Subnet::id));
            if (found.isEmpty()) {
                problems.add(
                        Problem.error(
                                Code.SUBNET_NOT_FOUND,
                                "subnet '%s' is not in the VPC; it has %s"
                                        .formatted(
                                                name,
                                                subnets.stream()
                                                        .map(Subnet::id)
                                                        .sorted()
                                                        .toList())));
                continue;
            }
            Subnet subnet = found.get();
            Subnet same = byZone.putIfAbsent(subnet.zone(), subnet);
            if (same != null) {
                problems.add(
                        Problem.error(
                                Code.INVALID_ANNOTATION_VALUE,
                                "subnets %s and %s are both in zone %s; a balancer has one per zone"
                                        .formatted(same.id(), subnet.id(), subnet.zone())));
            }
            if (ask.dualStack() && !subnet.hasIpv6()) {
                problems.add(
                        Problem.error(
                                Code.NO_SUBNET,
                                "subnet %s has no IPv6 range, which dual stack needs"
                                        .formatted(subnet.id())));
            }
            ids.add(subnet.id());
        }
        return new Choice(List.copyOf(ids), List.copyOf(problems));
    }

    private static Choice discovered(Ask ask, List<Subnet> subnets) {
        String role = ask.internal() ? PRIVATE_ROLE : PUBLIC_ROLE;
        boolean tagged = subnets.stream().anyMatch(s -> hasRole(s, role));
        Route wanted = ask.internal() ? Route.PRIVATE : Route.PUBLIC;
        boolean routed = !tagged && subnets.stream().anyMatch(s -> s.route() == wanted);
        SortedMap<String, String> rejected = new TreeMap<>();
        SortedMap<String, Subnet> byZone = new TreeMap<>();
        List<Subnet> ordered =
                subnets.stream()
                        .sorted(
                                Comparator.comparing((Subnet s) ->
                                                !s.tags().containsKey(CLUSTER_TAG + ask.cluster()))
                                        .thenComparing(Subnet::id))
                        .toList();
        for (Subnet subnet : ordered) {
            String obstacle = obstacle(ask, subnet);
            if (obstacle.isEmpty() && tagged && !hasRole(subnet, role)) {
                obstacle = "lacks the tag " + role;
            }
            if (obstacle.isEmpty() && routed && subnet.route() != wanted) {
                obstacle = "its route table makes it " + subnet.route();
            }
            if (obstacle.isEmpty() && byZone.containsKey(subnet.zone())) {
                obstacle = "zone %s has a subnet already".formatted(subnet.zone());
            }
            if (obstacle.isEmpty()) {
                byZone.put(subnet.zone(), subnet);
            } else {
                rejected.put(subnet.id(), obstacle);
            }
        }
        if (byZone.isEmpty()) {
            return new Choice(List.of(), List.of(none(role, rejected)));
        }
        return new Choice(byZone.values().stream().map(Subnet::id).toList(), List.of());
    }

    private static String obstacle(Ask ask, Subnet subnet) {
        boolean ours = subnet.tags().containsKey(CLUSTER_TAG + ask.cluster());
        boolean others =
                subnet.tags().keySet().stream().anyMatch(key -> key.startsWith(CLUSTER_TAG));
        if (others && !ours) {
            return "tagged for another cluster only";
        }
        String role = ask.internal() ? PRIVATE_ROLE : PUBLIC_ROLE;
        String otherRole = ask.internal() ? PUBLIC_ROLE : PRIVATE_ROLE;
        if (hasRole(subnet, otherRole) && !hasRole(subnet, role)) {
            return "has the tag %s instead of %s".formatted(otherRole, role);
        }
        if (subnet.freeAddresses() < FREE_ADDRESSES_MIN) {
            return "has %d free addresses, at least %d are needed"
                    .formatted(subnet.freeAddresses(), FREE_ADDRESSES_MIN);
        }
        return ask.dualStack() && !subnet.hasIpv6() ? "has no IPv6 range" : "";
    }

    private static boolean hasRole(Subnet subnet, String role) {
        String value = subnet.tags().get(role);
        return value != null && (value.isEmpty() || value.equals("1"));
    }

    private static Problem none(String role, SortedMap<String, String> rejected) {
        String message =
                rejected.isEmpty()
                        ? "the VPC has no subnet"
                        : "no subnet can hold the balancer: "
                                + String.join(
                                        "; ",
                                        rejected.entrySet().stream()
                                                .map(e -> e.getKey() + " " + e.getValue())
                                                .toList());
        return Problem.error(Code.NO_SUBNET, message)
                .withFix(
                        "tag one subnet per zone with %s=1, or name them in origo.dev/aws-subnets"
                                .formatted(role));
    }
}
