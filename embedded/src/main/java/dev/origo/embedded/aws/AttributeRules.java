package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Which attributes a thing has, their defaults and what they may be set to: tables with a line
/// `key default allowed`, where allowed is alternatives (`a|b`), a range (`1..60`) or anything
/// (`*`). Source: the API reference pages LoadBalancerAttribute, TargetGroupAttribute and
/// ListenerAttribute.
final class AttributeRules {
    /// Source: the service's message "Member must have length less than or equal to 20".
    private static final int CHANGES_MAX = 20;

    private static final String ANY_BALANCER =
            """
            access_logs.s3.enabled false true|false
            access_logs.s3.bucket - *
            access_logs.s3.prefix - *
            deletion_protection.enabled false true|false
            zonal_shift.config.enabled false true|false
            """;
    private static final String NETWORK =
            ANY_BALANCER
                    + """
                    load_balancing.cross_zone.enabled false true|false
                    secondary_ips.auto_assigned.per_subnet 0 0..7
                    dns_record.client_routing_policy any_availability_zone \
                    availability_zone_affinity|partial_availability_zone_affinity|any_availability_zone
                    """;
    private static final String APPLICATION =
            ANY_BALANCER
                    + """
                    load_balancing.cross_zone.enabled true true
                    idle_timeout.timeout_seconds 60 1..4000
                    client_keep_alive.seconds 3600 60..604800
                    connection_logs.s3.enabled false true|false
                    connection_logs.s3.bucket - *
                    connection_logs.s3.prefix - *
                    health_check_logs.s3.enabled false true|false
                    health_check_logs.s3.bucket - *
                    health_check_logs.s3.prefix - *
                    routing.http.desync_mitigation_mode defensive monitor|defensive|strictest
                    routing.http.drop_invalid_header_fields.enabled false true|false
                    routing.http.preserve_host_header.enabled false true|false
                    routing.http.x_amzn_tls_version_and_cipher_suite.enabled false true|false
                    routing.http.x_amzn_tls_kx.enabled false true|false
                    routing.http.xff_client_port.enabled false true|false
                    routing.http.xff_header_processing.mode append append|preserve|remove
                    routing.http2.enabled true true|false
                    waf.fail_open.enabled false true|false
                    """;
    private static final String ANY_GROUP =
            """
            deregistration_delay.timeout_seconds 300 0..3600
            stickiness.enabled false true|false
            load_balancing.cross_zone.enabled use_load_balancer_configuration \
            true|false|use_load_balancer_configuration
            target_group_health.dns_failover.minimum_healthy_targets.count 1 off|1..3000
            target_group_health.dns_failover.minimum_healthy_targets.percentage off off|1..100
            target_group_health.unhealthy_state_routing.minimum_healthy_targets.count 1 1..3000
            target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage off off|1..100
            """;
    private static final String HTTP_GROUP =
            ANY_GROUP
                    + """
                    stickiness.type lb_cookie lb_cookie|app_cookie
                    stickiness.lb_cookie.duration_seconds 86400 1..604800
                    stickiness.app_cookie.duration_seconds 86400 1..604800
                    stickiness.app_cookie.cookie_name - *
                    slow_start.duration_seconds 0 0|30..900
                    load_balancing.algorithm.type round_robin round_robin|least_outstanding_requests|weighted_random
                    load_balancing.algorithm.anomaly_mitigation off on|off
                    """;
    private static final String NETWORK_GROUP =
            ANY_GROUP
                    + """
                    stickiness.type source_ip source_ip
                    proxy_protocol_v2.enabled false true|false
                    target_health_state.unhealthy.draining_interval_seconds 0 0..360000
                    """;

    /// Client addresses are always kept. Source: TargetGroupAttribute, "can't be disabled for UDP
    /// and TCP_UDP".
    private static final String UDP_GROUP =
            NETWORK_GROUP
                    + """
                    preserve_client_ip.enabled true true
                    deregistration_delay.connection_termination.enabled true true|false
                    target_health_state.unhealthy.connection_termination.enabled false false
                    """;

    private static final String TCP_GROUP =
            NETWORK_GROUP
                    + """
                    deregistration_delay.connection_termination.enabled false true|false
                    target_health_state.unhealthy.connection_termination.enabled true true|false
                    """;

    /// A key with its default and the values that it takes.
    record Rule(String key, String initial, String allowed) {
        boolean allows(String value) {
            return Stream.of(allowed.split("\\|"))
                    .anyMatch(one -> one.equals("*") || one.equals(value) || within(one, value));
        }

        private static boolean within(String range, String value) {
            int dots = range.indexOf("..");
            return dots > 0
                    && value.matches("\\d{1,9}")
                    && Integer.parseInt(value) >= Integer.parseInt(range.substring(0, dots))
                    && Integer.parseInt(value) <= Integer.parseInt(range.substring(dots + 2));
        }
    }

    private AttributeRules() {}

    static List<Rule> of(LoadBalancer balancer) {
        boolean internal = balancer.scheme() == LoadBalancerSchemeEnum.INTERNAL;
        String igw = "ipv6.deny_all_igw_traffic " + internal + " true|false";
        return parse(
                (balancer.type() == LoadBalancerTypeEnum.NETWORK ? NETWORK : APPLICATION) + igw);
    }

    static List<Rule> of(TargetGroup group) {
        boolean preserved = group.targetType() == TargetTypeEnum.INSTANCE;
        return switch (group.protocol()) {
            case HTTP, HTTPS -> parse(HTTP_GROUP);
            case TCP, TLS ->
                    parse(TCP_GROUP + "preserve_client_ip.enabled " + preserved + " true|false");
            default -> parse(UDP_GROUP);
        };
    }

    /// Source: NLB guide, "Update the TCP idle timeout": 350 s for TLS "can't be modified".
    static List<Rule> of(Listener listener) {
        return switch (listener.protocol()) {
            case TCP, TCP_UDP -> parse("tcp.idle_timeout.seconds 350 60..6000");
            case TLS -> parse("tcp.idle_timeout.seconds 350 350");
            default -> List.of();
        };
    }

    private static List<Rule> parse(String table) {
        return table.lines()
                .map(line -> line.split(" "))
                .map(words -> new Rule(words[0], words[1].equals("-") ? "" : words[1], words[2]))
                .toList();
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
        int size = changes.size();
        invalidIf(size < 1 || size > CHANGES_MAX, "1 to 20 attributes a call, not " + size);
        Set<String> known = rules.stream().map(Rule::key).collect(Collectors.toSet());
        for (String key : changes.keySet()) {
            invalidIf(!known.contains(key), "Attribute key '" + key + "' is not recognized");
        }
        for (Rule rule : rules) {
            String value = changes.getOrDefault(rule.key(), rule.initial());
            boolean wrong = changes.containsKey(rule.key()) && !rule.allows(value);
            unfitIf(wrong, "'" + value + "' is not valid for '" + rule.key() + "'");
        }
        Map<String, String> after = read(state, arn, rules);
        after.putAll(changes);
        boolean homeless =
                "true".equals(after.get("access_logs.s3.enabled"))
                        && "".equals(after.get("access_logs.s3.bucket"));
        unfitIf(homeless, "Access logs need 'access_logs.s3.bucket'");
        state.attributes.computeIfAbsent(arn, _ -> new TreeMap<>()).putAll(changes);
    }
}
