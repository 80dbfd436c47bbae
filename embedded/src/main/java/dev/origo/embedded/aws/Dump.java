package dev.origo.embedded.aws;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;

/// The account as text, in AWS's own member names. What a controller makes is named by its name,
/// what it finds (subnets, instances) by its id; attributes only where they differ from their
/// default.
final class Dump {
    private static final String BALANCER =
            "Type Scheme IpAddressType AvailabilityZones"
                    + " EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic";
    private static final String GROUP =
            "Protocol Port TargetType IpAddressType HealthCheckProtocol HealthCheckPort"
                    + " HealthCheckPath Matcher HealthCheckIntervalSeconds HealthCheckTimeoutSeconds HealthyThresholdCount"
                    + " UnhealthyThresholdCount";
    private static final String RULE =
            "IpProtocol FromPort ToPort CidrIpv4 CidrIpv6 PrefixListId ReferencedGroupInfo Description";

    private final State state;

    /// The name of everything that has one, by its id or ARN.
    private final Map<String, String> names = new TreeMap<>();

    private Dump(State state) {
        this.state = state;
        state.loadBalancers
                .all()
                .forEach(thing -> names.put(thing.loadBalancerArn(), thing.loadBalancerName()));
        state.targetGroups
                .all()
                .forEach(thing -> names.put(thing.targetGroupArn(), thing.targetGroupName()));
        state.securityGroups.all().forEach(thing -> names.put(thing.groupId(), thing.groupName()));
    }

    static String text(State state) {
        return new Dump(state).lines().map(line -> line + "\n").collect(Collectors.joining());
    }

    static NavigableMap<String, Integer> counts(State state) {
        return new Dump(state)
                .lines()
                .collect(
                        Collectors.toMap(
                                line -> line.replaceFirst(" .*", ""),
                                _ -> 1,
                                Integer::sum,
                                TreeMap::new));
    }

    private Stream<String> lines() {
        return Stream.of(
                        state.loadBalancers.all().stream().flatMap(this::balancer),
                        state.listeners.all().stream().flatMap(this::listener),
                        state.targetGroups.all().stream().flatMap(this::group),
                        state.securityGroups.all().stream().flatMap(this::securityGroup),
                        state.rules.all().stream().flatMap(this::rule))
                .flatMap(lines -> lines)
                .map(this::named)
                .sorted();
    }

    private String named(String line) {
        String text = line;
        for (Map.Entry<String, String> name : names.entrySet()) {
            text = text.replace(name.getKey(), name.getValue());
        }
        return text.replace(" " + State.ACCOUNT, "");
    }

    private Stream<String> balancer(LoadBalancer balancer) {
        String arn = balancer.loadBalancerArn();
        // A set to AWS, in the order of ids: by name, equal states read equal.
        String groups = balancer.securityGroups().stream().map(this::named).sorted().toList() + "";
        String text =
                Pojo.text(balancer, BALANCER)
                        + (balancer.hasSecurityGroups() ? " SecurityGroups=" + groups : "")
                        + attributes(arn, AttributeRules.of(balancer));
        return lines(arn, "load-balancer " + arn, text);
    }

    private Stream<String> listener(Listener listener) {
        String arn = listener.listenerArn();
        String name =
                "listener "
                        + listener.loadBalancerArn()
                        + " "
                        + listener.protocol()
                        + ":"
                        + listener.port();
        String secured =
                Pojo.text(listener, "SslPolicy Certificates AlpnPolicy")
                        .replace(" AlpnPolicy=[None]", "");
        String text = Listeners.groups(listener) + attributes(arn, AttributeRules.of(listener));
        var more = state.moreCertificates.getOrDefault(arn, Collections.emptyNavigableSet());
        return lines(
                arn,
                name,
                "-> "
                        + text
                        + (secured.isEmpty() ? "" : " " + secured)
                        + (more.isEmpty() ? "" : " MoreCertificates=" + more));
    }

    private Stream<String> group(TargetGroup group) {
        String arn = group.targetGroupArn();
        new Targets(state).forgetDrained(arn);
        Stream<String> targets =
                state.targetsOf(arn).entrySet().stream()
                        .map(target ->
                                "target "
                                        + arn
                                        + " "
                                        + target.getKey().id()
                                        + ":"
                                        + target.getKey().port()
                                        + (target.getValue().draining() ? " draining" : ""));
        String text = Pojo.text(group, GROUP) + attributes(arn, AttributeRules.of(group));
        return Stream.concat(targets, lines(arn, "target-group " + arn, text));
    }

    private Stream<String> securityGroup(SecurityGroup group) {
        return lines(
                group.groupId(),
                "security-group " + group.groupId(),
                Pojo.text(group, "VpcId Description"));
    }

    private Stream<String> rule(SecurityGroupRule rule) {
        String name = "rule " + rule.groupId() + (rule.isEgress() ? " egress" : " ingress");
        return lines(rule.securityGroupRuleId(), name + " " + Pojo.text(rule, RULE), "");
    }

    private String attributes(String arn, List<AttributeRules.Rule> rules) {
        Map<String, String> set = AttributeRules.read(state, arn, rules);
        rules.forEach(rule -> set.remove(rule.key(), rule.initial()));
        return Pairs.list(set, (key, value) -> " " + key + "=" + value).stream()
                .collect(Collectors.joining());
    }

    /// The line of a thing and one for each of its tags.
    private Stream<String> lines(String id, String name, String text) {
        Stream<String> tags =
                Pairs.list(
                        state.tagsOf(id), (key, value) -> "tag " + name + " " + key + "=" + value)
                        .stream();
        return Stream.concat(Stream.of((name + " " + text).strip()), tags);
    }
}
