package dev.origo.aws;

import dev.origo.aws.Seen.Target;
import dev.origo.model.Cidr;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Ipv6Range;
import software.amazon.awssdk.services.ec2.model.PrefixListId;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.AvailabilityZone;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerAddress;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;

/// From what AWS answers to our rows, and back. What an endpoint leaves out is empty, never null.
final class Rows {
    private Rows() {}

    static Seen.Balancer balancer(LoadBalancer b) {
        return new Seen.Balancer(
                b.loadBalancerArn(),
                b.loadBalancerName(),
                b.state() == null ? "active" : text(b.state().codeAsString()),
                "internal".equals(b.schemeAsString()),
                text(b.dnsName()),
                b.createdTime() == null ? "" : b.createdTime().toString(),
                new Seen.Net(
                        b.ipAddressTypeAsString() == null ? "ipv4" : b.ipAddressTypeAsString(),
                        Sorted.set(
                                b.availabilityZones().stream()
                                        .map(AvailabilityZone::subnetId)
                                        .toList()),
                        Sorted.set(b.securityGroups()),
                        addresses(b.availabilityZones())),
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                Collections.emptySortedMap());
    }

    private static Seen.Addresses addresses(List<AvailabilityZone> zones) {
        List<LoadBalancerAddress> all =
                zones.stream().flatMap(zone -> zone.loadBalancerAddresses().stream()).toList();
        return new Seen.Addresses(
                zones.stream().anyMatch(AvailabilityZone::hasLoadBalancerAddresses),
                Seen.Addresses.given(all.stream().map(a -> text(a.allocationId()))),
                Seen.Addresses.given(all.stream().map(a -> text(a.privateIPv4Address()))));
    }

    static Seen.Listener listener(Listener l) {
        String target =
                l.defaultActions().stream()
                        .map(a -> a.targetGroupArn())
                        .filter(arn -> arn != null)
                        .findFirst()
                        .orElse("");
        String certificate =
                l.certificates().stream().findFirst().map(c -> c.certificateArn()).orElse("");
        return new Seen.Listener(
                l.listenerArn(),
                l.port(),
                text(l.protocolAsString()),
                target,
                new Wanted.Tls(
                        certificate,
                        Sorted.none(),
                        text(l.sslPolicy()),
                        l.alpnPolicy().stream()
                                .filter(p -> !p.equals("None"))
                                .findFirst()
                                .orElse("")));
    }

    static Seen.TargetGroup targetGroup(TargetGroup g) {
        String codes = g.matcher() == null ? "" : text(g.matcher().httpCode());
        return new Seen.TargetGroup(
                g.targetGroupArn(),
                g.targetGroupName(),
                text(g.protocolAsString()),
                g.port() == null ? 0 : g.port(),
                text(g.targetTypeAsString()),
                new Wanted.Check(
                        text(g.healthCheckProtocolAsString()),
                        text(g.healthCheckPort()),
                        text(g.healthCheckPath()),
                        codes,
                        number(g.healthCheckIntervalSeconds()),
                        number(g.healthCheckTimeoutSeconds()),
                        number(g.healthyThresholdCount()),
                        number(g.unhealthyThresholdCount())),
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                Sorted.none(),
                Sorted.none());
    }

    /// Registered targets; one that is being drained is on its way out.
    static SortedSet<Target> targets(List<TargetHealthDescription> health) {
        return Sorted.set(
                health.stream().filter(h -> !isDraining(h)).map(h -> target(h.target())).toList());
    }

    private static Target target(TargetDescription target) {
        boolean outside = Target.EVERY_ZONE.equals(target.availabilityZone());
        return new Target(target.id(), number(target.port()), outside ? Target.EVERY_ZONE : "");
    }

    static boolean isDraining(TargetHealthDescription health) {
        return health.targetHealth() != null
                && "draining".equals(health.targetHealth().stateAsString());
    }

    static Seen.SecurityGroup group(SecurityGroup g) {
        SortedSet<ClientRule> rules = new TreeSet<>();
        g.ipPermissions().forEach(permission -> rules.addAll(clientRules(permission)));
        return new Seen.SecurityGroup(
                g.groupId(), text(g.groupName()), Sorted.set(rules), tags(g.tags()));
    }

    private static List<ClientRule> clientRules(IpPermission p) {
        int from = p.fromPort() == null ? -1 : p.fromPort();
        int to = p.toPort() == null ? -1 : p.toPort();
        Stream<String> sources =
                Stream.of(
                                p.ipRanges().stream().map(r -> canonical(r.cidrIp())),
                                p.ipv6Ranges().stream().map(r -> canonical(r.cidrIpv6())),
                                p.prefixListIds().stream().map(l -> l.prefixListId()),
                                p.userIdGroupPairs().stream().map(pair -> pair.groupId()))
                        .flatMap(all -> all);
        return sources.map(s -> new ClientRule(protocol(p), from, to, s)).toList();
    }

    /// EC2 takes ICMPv6 by name and may answer its number.
    private static String protocol(IpPermission permission) {
        String protocol = text(permission.ipProtocol());
        return switch (protocol) {
            case "6" -> "tcp";
            case "17" -> "udp";
            case "1" -> "icmp";
            case "58" -> "icmpv6";
            default -> protocol;
        };
    }

    private static String canonical(String range) {
        try {
            return ClientRule.text(Cidr.parse(range));
        } catch (IllegalArgumentException e) {
            return range; // a rule that we did not write: it goes as it came
        }
    }

    /// Rules of a group that admit another group.
    static SortedSet<NodeRule> admitting(SecurityGroup nodes, String source) {
        SortedSet<NodeRule> rules = new TreeSet<>();
        for (IpPermission p : nodes.ipPermissions()) {
            boolean admits =
                    p.userIdGroupPairs().stream().anyMatch(pair -> source.equals(pair.groupId()));
            if (admits && p.fromPort() != null && p.toPort() != null) {
                rules.add(new NodeRule(protocol(p), p.fromPort(), p.toPort()));
            }
        }
        return rules;
    }

    static List<IpPermission> clientPermissions(Collection<ClientRule> rules) {
        return rules.stream().map(Rows::permission).toList();
    }

    private static IpPermission permission(ClientRule rule) {
        IpPermission.Builder permission = permission(rule.protocol(), rule.from(), rule.to());
        String source = rule.source();
        if (source.startsWith("pl-")) {
            return permission
                    .prefixListIds(PrefixListId.builder().prefixListId(source).build())
                    .build();
        }
        if (source.startsWith("sg-")) {
            return permission.userIdGroupPairs(pair(source).build()).build();
        }
        return source.contains(":")
                ? permission.ipv6Ranges(Ipv6Range.builder().cidrIpv6(source).build()).build()
                : permission.ipRanges(IpRange.builder().cidrIp(source).build()).build();
    }

    /// @param description what people read beside the rule
    static List<IpPermission> nodePermissions(
            Collection<NodeRule> rules, String source, String description) {
        UserIdGroupPair pair = pair(source).description(description).build();
        return rules.stream()
                .map(r -> permission(r.protocol(), r.from(), r.to()))
                .map(p -> p.userIdGroupPairs(pair).build())
                .toList();
    }

    private static IpPermission.Builder permission(String protocol, int from, int to) {
        IpPermission.Builder permission = IpPermission.builder().ipProtocol(protocol);
        return protocol.equals("-1") ? permission : permission.fromPort(from).toPort(to);
    }

    private static UserIdGroupPair.Builder pair(String group) {
        return UserIdGroupPair.builder().groupId(group);
    }

    static SortedMap<String, String> tags(
            Collection<software.amazon.awssdk.services.ec2.model.Tag> tags) {
        SortedMap<String, String> map = new TreeMap<>();
        tags.forEach(tag -> map.put(tag.key(), text(tag.value())));
        return Sorted.map(map);
    }

    static SortedMap<String, String> elbTags(
            Collection<software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag> tags) {
        SortedMap<String, String> map = new TreeMap<>();
        tags.forEach(tag -> map.put(tag.key(), text(tag.value())));
        return Sorted.map(map);
    }

    static List<software.amazon.awssdk.services.ec2.model.Tag> tags(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(t ->
                        software.amazon.awssdk.services.ec2.model.Tag.builder()
                                .key(t.getKey())
                                .value(t.getValue())
                                .build())
                .toList();
    }

    static List<software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag> elbTags(
            Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(t ->
                        software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag.builder()
                                .key(t.getKey())
                                .value(t.getValue())
                                .build())
                .toList();
    }

    static String text(@Nullable String text) {
        return Optional.ofNullable(text).orElse("");
    }

    static int number(@Nullable Integer number) {
        return number == null ? 0 : number;
    }
}
