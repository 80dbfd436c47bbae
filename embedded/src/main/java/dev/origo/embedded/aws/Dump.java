package dev.origo.embedded.aws;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;

/// The account as text. What a controller makes is named by its name, what it finds (subnets,
/// instances) by its id.
final class Dump {
    private final State state;

    private Dump(State state) {
        this.state = state;
    }

    static String text(State state) {
        return new Dump(state)
                .lines()
                .sorted()
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    static NavigableMap<String, Integer> counts(State state) {
        return new TreeMap<>(
                new Dump(state)
                        .lines()
                        .collect(
                                Collectors.toMap(
                                        line -> line.substring(0, line.indexOf(' ')),
                                        _ -> 1,
                                        Integer::sum)));
    }

    private Stream<String> lines() {
        state.targetGroups
                .all()
                .forEach(group -> new Targets(state).forgetDrained(group.targetGroupArn()));
        return Stream.of(
                        state.loadBalancers.all().stream().flatMap(this::balancer),
                        state.listeners.all().stream().flatMap(this::listener),
                        state.targetGroups.all().stream().flatMap(this::group),
                        state.securityGroups.all().stream().flatMap(this::securityGroup),
                        state.rules.all().stream().flatMap(this::rule))
                .flatMap(Function.identity());
    }

    private Stream<String> balancer(LoadBalancer balancer) {
        String name = "load-balancer " + balancer.loadBalancerName();
        String line =
                "%s %s %s %s subnets=%s groups=%s%s"
                        .formatted(
                                name,
                                balancer.typeAsString(),
                                balancer.schemeAsString(),
                                balancer.ipAddressTypeAsString(),
                                balancer.availabilityZones().stream()
                                        .map(zone ->
                                                zone.subnetId()
                                                        + zone.loadBalancerAddresses().stream()
                                                                .map(address ->
                                                                        "="
                                                                                + address
                                                                                        .ipAddress()
                                                                                + address
                                                                                        .privateIPv4Address())
                                                                .collect(Collectors.joining())
                                                                .replace("null", ""))
                                        .sorted()
                                        .toList(),
                                balancer.securityGroups().stream()
                                        .map(this::groupName)
                                        .sorted()
                                        .toList(),
                                attributes(
                                        balancer.loadBalancerArn(), AttributeRules.of(balancer)));
        return with(line, name, balancer.loadBalancerArn());
    }

    private Stream<String> listener(Listener listener) {
        String name =
                "listener %s %s:%d"
                        .formatted(
                                state.loadBalancer(listener.loadBalancerArn()).loadBalancerName(),
                                listener.protocolAsString(),
                                listener.port());
        String line =
                "%s -> %s%s%s%s%s"
                        .formatted(
                                name,
                                Listeners.groups(listener.defaultActions()).stream()
                                        .map(arn -> state.targetGroup(arn).targetGroupName())
                                        .collect(Collectors.joining(",")),
                                listener.certificates().stream()
                                        .map(certificate ->
                                                " certificate=" + certificate.certificateArn())
                                        .collect(Collectors.joining()),
                                listener.sslPolicy() == null
                                        ? ""
                                        : " policy=" + listener.sslPolicy(),
                                listener.alpnPolicy().isEmpty()
                                        ? ""
                                        : " alpn=" + listener.alpnPolicy(),
                                attributes(listener.listenerArn(), AttributeRules.of(listener)));
        return with(line, name, listener.listenerArn());
    }

    private Stream<String> group(TargetGroup group) {
        String name = "target-group " + group.targetGroupName();
        String line =
                "%s %s:%d %s %s check=%s:%s%s %ds/%ds %d/%d%s%s"
                        .formatted(
                                name,
                                group.protocolAsString(),
                                group.port(),
                                group.targetTypeAsString(),
                                group.ipAddressTypeAsString(),
                                group.healthCheckProtocolAsString(),
                                group.healthCheckPort(),
                                group.healthCheckPath() == null ? "" : group.healthCheckPath(),
                                group.healthCheckIntervalSeconds(),
                                group.healthCheckTimeoutSeconds(),
                                group.healthyThresholdCount(),
                                group.unhealthyThresholdCount(),
                                group.matcher() == null
                                        ? ""
                                        : " codes=" + group.matcher().httpCode(),
                                attributes(group.targetGroupArn(), AttributeRules.of(group)));
        Stream<String> targets =
                state.targetsOf(group.targetGroupArn()).entrySet().stream()
                        .map(target ->
                                "target %s %s:%d%s"
                                        .formatted(
                                                group.targetGroupName(),
                                                target.getKey().id(),
                                                target.getKey().port(),
                                                target.getValue().draining() ? " draining" : ""));
        return Stream.concat(with(line, name, group.targetGroupArn()), targets);
    }

    private Stream<String> securityGroup(SecurityGroup group) {
        String name = "security-group " + group.groupName();
        return with(
                "%s %s \"%s\"".formatted(name, group.vpcId(), group.description()),
                name,
                group.groupId());
    }

    private Stream<String> rule(SecurityGroupRule rule) {
        String peer =
                rule.referencedGroupInfo() == null
                        ? Rules.peer(rule)
                        : groupName(rule.referencedGroupInfo().groupId());
        String name =
                "rule %s %s %s %d-%d %s"
                        .formatted(
                                groupName(rule.groupId()),
                                rule.isEgress() ? "egress" : "ingress",
                                rule.ipProtocol(),
                                rule.fromPort(),
                                rule.toPort(),
                                peer);
        String line =
                rule.description() == null ? name : "%s \"%s\"".formatted(name, rule.description());
        return with(line, name, rule.securityGroupRuleId());
    }

    private String groupName(String id) {
        return state.securityGroups.find(id).map(SecurityGroup::groupName).orElse(id);
    }

    /// Only attributes that differ from their default.
    private String attributes(String arn, List<AttributeRules.Rule> rules) {
        Map<String, String> initial =
                rules.stream()
                        .collect(
                                Collectors.toMap(
                                        AttributeRules.Rule::key, AttributeRules.Rule::initial));
        return AttributeRules.read(state, arn, rules).entrySet().stream()
                .filter(entry -> !entry.getValue().equals(initial.get(entry.getKey())))
                .map(entry -> " %s=%s".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining());
    }

    /// The line of a thing and one for each of its tags.
    private Stream<String> with(String line, String name, String id) {
        return Stream.concat(
                Stream.of(line),
                state.tagsOf(id).entrySet().stream()
                        .map(tag -> "tag %s %s=%s".formatted(name, tag.getKey(), tag.getValue())));
    }
}
