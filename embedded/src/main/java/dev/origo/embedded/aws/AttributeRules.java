package dev.origo.embedded.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerSchemeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/// Which attributes a thing has, their defaults and what they may be set to. Source: the API
/// reference pages LoadBalancerAttribute, TargetGroupAttribute and ListenerAttribute.
final class AttributeRules {
    /// Source: the service's own message "Member must have length less than or equal to 20".
    private static final int CHANGES_MAX = 20;

    private static final Predicate<String> BOOLEAN = oneOf("true", "false");

    private static final List<Rule> ACCESS_LOGS =
            List.of(
                    new Rule("access_logs.s3.enabled", "false", BOOLEAN),
                    new Rule("access_logs.s3.bucket", "", _ -> true),
                    new Rule("access_logs.s3.prefix", "", _ -> true));

    private static final List<Rule> APPLICATION =
            List.of(
                    new Rule("load_balancing.cross_zone.enabled", "true", oneOf("true")),
                    new Rule("idle_timeout.timeout_seconds", "60", within(1, 4000)),
                    new Rule("client_keep_alive.seconds", "3600", within(60, 604_800)),
                    new Rule(
                            "routing.http.desync_mitigation_mode",
                            "defensive",
                            oneOf("monitor", "defensive", "strictest")),
                    new Rule("routing.http.drop_invalid_header_fields.enabled", "false", BOOLEAN),
                    new Rule("routing.http.preserve_host_header.enabled", "false", BOOLEAN),
                    new Rule(
                            "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
                            "false",
                            BOOLEAN),
                    new Rule("routing.http.xff_client_port.enabled", "false", BOOLEAN),
                    new Rule(
                            "routing.http.xff_header_processing.mode",
                            "append",
                            oneOf("append", "preserve", "remove")),
                    new Rule("routing.http2.enabled", "true", BOOLEAN),
                    new Rule("waf.fail_open.enabled", "false", BOOLEAN));

    private static final List<Rule> NETWORK =
            List.of(
                    new Rule("load_balancing.cross_zone.enabled", "false", BOOLEAN),
                    new Rule(
                            "dns_record.client_routing_policy",
                            "any_availability_zone",
                            oneOf(
                                    "availability_zone_affinity",
                                    "partial_availability_zone_affinity",
                                    "any_availability_zone")),
                    new Rule("secondary_ips.auto_assigned.per_subnet", "0", within(0, 7)));

    private static final List<Rule> ANY_GROUP =
            List.of(
                    new Rule("deregistration_delay.timeout_seconds", "300", within(0, 3600)),
                    new Rule("stickiness.enabled", "false", BOOLEAN),
                    new Rule(
                            "load_balancing.cross_zone.enabled",
                            "use_load_balancer_configuration",
                            oneOf("true", "false", "use_load_balancer_configuration")),
                    healthyTargets("dns_failover.minimum_healthy_targets.count", "1"),
                    healthyTargets("dns_failover.minimum_healthy_targets.percentage", "off"),
                    healthyTargets("unhealthy_state_routing.minimum_healthy_targets.count", "1"),
                    healthyTargets(
                            "unhealthy_state_routing.minimum_healthy_targets.percentage", "off"));

    private static final List<Rule> APPLICATION_GROUP =
            List.of(
                    new Rule("stickiness.type", "lb_cookie", oneOf("lb_cookie", "app_cookie")),
                    new Rule("stickiness.lb_cookie.duration_seconds", "86400", within(1, 604_800)),
                    new Rule("stickiness.app_cookie.duration_seconds", "86400", within(1, 604_800)),
                    new Rule(
                            "stickiness.app_cookie.cookie_name",
                            "",
                            value -> !value.startsWith("AWSALB")),
                    new Rule("slow_start.duration_seconds", "0", within(30, 900).or("0"::equals)),
                    new Rule(
                            "load_balancing.algorithm.anomaly_mitigation",
                            "off",
                            oneOf("on", "off")),
                    new Rule(
                            "load_balancing.algorithm.type",
                            "round_robin",
                            oneOf("round_robin", "least_outstanding_requests", "weighted_random")));

    /// A key with its default and the test that a value has to pass.
    record Rule(String key, String initial, Predicate<String> allowed) {}

    private AttributeRules() {}

    static List<Rule> of(LoadBalancer balancer) {
        boolean internal = balancer.scheme() == LoadBalancerSchemeEnum.INTERNAL;
        List<Rule> rules = new ArrayList<>(ACCESS_LOGS);
        rules.add(new Rule("deletion_protection.enabled", "false", BOOLEAN));
        rules.add(new Rule("ipv6.deny_all_igw_traffic", String.valueOf(internal), BOOLEAN));
        rules.add(new Rule("zonal_shift.config.enabled", "false", BOOLEAN));
        rules.addAll(balancer.type() == LoadBalancerTypeEnum.NETWORK ? NETWORK : APPLICATION);
        return rules;
    }

    static List<Rule> of(TargetGroup group) {
        List<Rule> rules = new ArrayList<>(ANY_GROUP);
        if (group.protocol() == ProtocolEnum.HTTP || group.protocol() == ProtocolEnum.HTTPS) {
            rules.addAll(APPLICATION_GROUP);
            return rules;
        }
        boolean udp = group.protocol() != ProtocolEnum.TCP && group.protocol() != ProtocolEnum.TLS;
        boolean preserved = udp || group.targetType() != TargetTypeEnum.IP;
        Predicate<String> preservable = udp ? oneOf("true") : BOOLEAN;
        rules.add(new Rule("stickiness.type", "source_ip", oneOf("source_ip")));
        rules.add(new Rule("preserve_client_ip.enabled", String.valueOf(preserved), preservable));
        rules.add(new Rule("proxy_protocol_v2.enabled", "false", BOOLEAN));
        rules.add(
                new Rule(
                        "deregistration_delay.connection_termination.enabled",
                        String.valueOf(udp),
                        BOOLEAN));
        rules.add(
                new Rule(
                        "target_health_state.unhealthy.connection_termination.enabled",
                        String.valueOf(!udp),
                        udp ? oneOf("false") : BOOLEAN));
        rules.add(
                new Rule(
                        "target_health_state.unhealthy.draining_interval_seconds",
                        "0",
                        within(0, 360_000)));
        return rules;
    }

    /// Source: NLB guide, "Update the TCP idle timeout": 350 s for TLS can't be modified; only TCP
    /// listeners have the attribute otherwise.
    static List<Rule> of(Listener listener) {
        return switch (listener.protocol()) {
            case TCP, TCP_UDP ->
                    List.of(new Rule("tcp.idle_timeout.seconds", "350", within(60, 6000)));
            case TLS -> List.of(new Rule("tcp.idle_timeout.seconds", "350", oneOf("350")));
            default -> List.of();
        };
    }

    /// All attributes of the thing with this ARN, defaults included, by key.
    static NavigableMap<String, String> read(State state, String arn, List<Rule> rules) {
        NavigableMap<String, String> all = new TreeMap<>();
        rules.forEach(rule -> all.put(rule.key(), rule.initial()));
        all.putAll(state.attributes.getOrDefault(arn, new TreeMap<>()));
        return all;
    }

    /// Sets what was asked for, or nothing when any of it is refused. Source:
    /// ModifyLoadBalancerAttributes, "If any of the specified attributes can't be modified as
    /// requested, the call fails".
    static void modify(State state, String arn, List<Rule> rules, Map<String, String> changes) {
        if (changes.isEmpty() || changes.size() > CHANGES_MAX) {
            throw Faults.invalid(
                    "1 to %d attributes in a call, not %d".formatted(CHANGES_MAX, changes.size()));
        }
        changes.forEach((key, value) -> check(rules, key, value));
        NavigableMap<String, String> after = read(state, arn, rules);
        after.putAll(changes);
        if ("true".equals(after.get("access_logs.s3.enabled"))
                && "".equals(after.get("access_logs.s3.bucket"))) {
            throw Faults.elb(
                    "InvalidConfigurationRequest", "Access logs need 'access_logs.s3.bucket'");
        }
        state.attributes.computeIfAbsent(arn, _ -> new TreeMap<>()).putAll(changes);
    }

    private static void check(List<Rule> rules, String key, String value) {
        Rule rule =
                rules.stream()
                        .filter(candidate -> candidate.key().equals(key))
                        .findFirst()
                        .orElseThrow(() ->
                                Faults.invalid(
                                        "Attribute key '%s' is not recognized".formatted(key)));
        if (!rule.allowed().test(value)) {
            throw Faults.elb(
                    "InvalidConfigurationRequest",
                    "'%s' is not a valid value of attribute '%s'".formatted(value, key));
        }
    }

    private static Rule healthyTargets(String key, String initial) {
        return new Rule("target_group_health." + key, initial, within(1, 3000).or("off"::equals));
    }

    private static Predicate<String> oneOf(String... values) {
        return Set.of(values)::contains;
    }

    private static Predicate<String> within(int min, int max) {
        return value ->
                value.matches("\\d{1,9}")
                        && Integer.parseInt(value) >= min
                        && Integer.parseInt(value) <= max;
    }
}
