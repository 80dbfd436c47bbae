package dev.origo.conformance.aws;

import dev.origo.model.Carrier;
import dev.origo.model.Cidr;
import dev.origo.model.ClusterId;
import dev.origo.model.HealthCheck;
import dev.origo.model.Protocol;
import dev.origo.model.Scheme;
import dev.origo.testkit.conformance.Balancer;
import dev.origo.testkit.conformance.Balancer.Front;
import dev.origo.testkit.conformance.Balancer.Listener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Ipv6Range;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerSchemeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthStateEnum;

/// What an account holds, asked of the account itself.
///
/// @param nodes the node on an instance, by the instance's id
record AwsView(ElasticLoadBalancingV2Client elb, Ec2Client ec2, UnaryOperator<String> nodes) {
    private static final String CLUSTER = "origo.dev/cluster";
    private static final String OWNER = "origo.dev/owner";

    /// Source: ELBv2 API, DescribeTags
    private static final int TAGGED_MAX = 20;

    List<Balancer> balancers() {
        List<LoadBalancer> all = loadBalancers();
        Map<String, Map<String, String>> tags =
                tags(all.stream().map(LoadBalancer::loadBalancerArn).toList());
        return all.stream()
                .map(one -> balancer(one, tags.getOrDefault(one.loadBalancerArn(), Map.of())))
                .toList();
    }

    /// Names of everything that carries the cluster's mark, by the owner's UID.
    SortedMap<String, List<String>> owned(ClusterId cluster) {
        Map<String, String> names = new TreeMap<>();
        loadBalancers()
                .forEach(one ->
                        names.put(
                                one.loadBalancerArn(), "load-balancer " + one.loadBalancerName()));
        targetGroups()
                .forEach(one ->
                        names.put(one.targetGroupArn(), "target-group " + one.targetGroupName()));
        SortedMap<String, List<String>> owned = new TreeMap<>();
        tags(List.copyOf(names.keySet()))
                .forEach((arn, tags) ->
                        add(owned, cluster, tags, names.getOrDefault(arn, "unnamed " + arn)));
        for (SecurityGroup group : securityGroups()) {
            Map<String, String> tags = new TreeMap<>();
            group.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
            add(owned, cluster, tags, "security-group " + group.groupName());
        }
        return owned;
    }

    private static void add(
            SortedMap<String, List<String>> owned,
            ClusterId cluster,
            Map<String, String> tags,
            String name) {
        if (cluster.mark().equals(tags.get(CLUSTER))) {
            owned.computeIfAbsent(tags.getOrDefault(OWNER, ""), _ -> new ArrayList<>()).add(name);
        }
    }

    /// Everything that a controller can change, with names instead of ids.
    String dump() {
        SortedSet<String> lines = new TreeSet<>();
        for (LoadBalancer one : loadBalancers()) {
            balancer(one, Map.of())
                    .lines()
                    .forEach(line ->
                            lines.add(
                                    "load-balancer %s: %s"
                                            .formatted(one.loadBalancerName(), line)));
            lines.add("load-balancer %s".formatted(one.loadBalancerName()));
        }
        for (TargetGroup one : targetGroups()) {
            lines.add("target-group %s to %s".formatted(one.targetGroupName(), targets(one)));
        }
        Map<String, String> groups = new HashMap<>();
        securityGroups().forEach(group -> groups.put(group.groupId(), group.groupName()));
        for (SecurityGroup group : securityGroups()) {
            lines.add("security-group %s ".formatted(group.groupName()));
            for (IpPermission rule : group.ipPermissions()) {
                rule.userIdGroupPairs()
                        .forEach(pair ->
                                lines.add(
                                        "rule %s from %s %s %s-%s"
                                                .formatted(
                                                        group.groupName(),
                                                        groups.getOrDefault(
                                                                pair.groupId(), "unknown"),
                                                        rule.ipProtocol(),
                                                        rule.fromPort(),
                                                        rule.toPort())));
            }
        }
        return String.join("\n", lines);
    }

    private Balancer balancer(LoadBalancer one, Map<String, String> tags) {
        List<IpPermission> rules =
                one.securityGroups().isEmpty()
                        ? List.of()
                        : ec2
                                .describeSecurityGroups(r -> r.groupIds(one.securityGroups()))
                                .securityGroups()
                                .stream()
                                .flatMap(group -> group.ipPermissions().stream())
                                .toList();
        SortedMap<Front, Listener> listeners = new TreeMap<>();
        elb.describeListeners(r -> r.loadBalancerArn(one.loadBalancerArn()))
                .listeners()
                .forEach(listener -> {
                    String group = listener.defaultActions().getFirst().targetGroupArn();
                    for (Protocol protocol : protocols(listener.protocol())) {
                        Front front = new Front(protocol, listener.port());
                        listeners.put(front, listener(group, ranges(rules, front)));
                    }
                });
        return new Balancer(
                tags.getOrDefault(CLUSTER, ""),
                tags.getOrDefault(OWNER, ""),
                Set.of(one.dnsName()),
                one.scheme() == LoadBalancerSchemeEnum.INTERNAL
                        ? Scheme.INTERNAL
                        : Scheme.INTERNET_FACING,
                listeners);
    }

    private static List<Protocol> protocols(ProtocolEnum protocol) {
        return switch (protocol) {
            case UDP -> List.of(Protocol.UDP);
            case TCP_UDP -> List.of(Protocol.TCP, Protocol.UDP);
            default -> List.of(Protocol.TCP);
        };
    }

    private Listener listener(String arn, SortedSet<Cidr> ranges) {
        TargetGroup group =
                elb.describeTargetGroups(r -> r.targetGroupArns(arn)).targetGroups().getFirst();
        Map<String, String> attributes =
                elb.describeTargetGroupAttributes(r -> r.targetGroupArn(arn)).attributes().stream()
                        .collect(
                                Collectors.toMap(
                                        TargetGroupAttribute::key, TargetGroupAttribute::value));
        return new Listener(
                carrier(attributes),
                targets(group),
                Optional.of(check(group)),
                ranges,
                isTrue(attributes, "stickiness.enabled"));
    }

    private static Carrier carrier(Map<String, String> attributes) {
        if (isTrue(attributes, "proxy_protocol_v2.enabled")) {
            return Carrier.PROXY_PROTOCOL_V2;
        }
        // Instances get the client's address unless it is switched off. Source: "Edit target group
        // attributes for your Network Load Balancer"
        return attributes.getOrDefault("preserve_client_ip.enabled", "true").equals("true")
                ? Carrier.PACKET
                : Carrier.NONE;
    }

    private static boolean isTrue(Map<String, String> attributes, String key) {
        return attributes.getOrDefault(key, "false").equals("true");
    }

    private static HealthCheck check(TargetGroup group) {
        HealthCheck.Probe probe =
                group.healthCheckProtocol() == ProtocolEnum.HTTP
                        ? new HealthCheck.Http(port(group), group.healthCheckPath())
                        : new HealthCheck.TrafficPort();
        return new HealthCheck(
                probe,
                new HealthCheck.Timing(
                        Duration.ofSeconds(group.healthCheckIntervalSeconds()),
                        Duration.ofSeconds(group.healthCheckTimeoutSeconds()),
                        group.healthyThresholdCount(),
                        group.unhealthyThresholdCount()));
    }

    private static int port(TargetGroup group) {
        return group.healthCheckPort().equals("traffic-port")
                ? group.port()
                : Integer.parseInt(group.healthCheckPort());
    }

    private SortedSet<String> targets(TargetGroup group) {
        return elb
                .describeTargetHealth(r -> r.targetGroupArn(group.targetGroupArn()))
                .targetHealthDescriptions()
                .stream()
                .filter(t -> t.targetHealth().state() != TargetHealthStateEnum.DRAINING)
                .map(t -> nodes.apply(t.target().id()) + ":" + t.target().port())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static SortedSet<Cidr> ranges(List<IpPermission> rules, Front front) {
        String protocol = front.protocol() == Protocol.UDP ? "udp" : "tcp";
        return rules.stream()
                .filter(rule -> rule.ipProtocol().equals(protocol))
                .filter(rule -> rule.fromPort() <= front.port() && front.port() <= rule.toPort())
                .flatMap(rule ->
                        Stream.concat(
                                rule.ipRanges().stream().map(IpRange::cidrIp),
                                rule.ipv6Ranges().stream().map(Ipv6Range::cidrIpv6)))
                .map(Cidr::parse)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<LoadBalancer> loadBalancers() {
        return elb.describeLoadBalancersPaginator().stream()
                .flatMap(page -> page.loadBalancers().stream())
                .toList();
    }

    private List<TargetGroup> targetGroups() {
        return elb.describeTargetGroupsPaginator().stream()
                .flatMap(page -> page.targetGroups().stream())
                .toList();
    }

    private List<SecurityGroup> securityGroups() {
        return ec2.describeSecurityGroupsPaginator().stream()
                .flatMap(page -> page.securityGroups().stream())
                .toList();
    }

    private Map<String, Map<String, String>> tags(List<String> arns) {
        Map<String, Map<String, String>> tags = new HashMap<>();
        for (int i = 0; i < arns.size(); i += TAGGED_MAX) {
            List<String> some = arns.subList(i, Math.min(arns.size(), i + TAGGED_MAX));
            elb.describeTags(r -> r.resourceArns(some))
                    .tagDescriptions()
                    .forEach(described -> {
                        Map<String, String> own = new TreeMap<>();
                        described.tags().forEach(tag -> own.put(tag.key(), tag.value()));
                        tags.put(described.resourceArn(), own);
                    });
        }
        return tags;
    }
}
