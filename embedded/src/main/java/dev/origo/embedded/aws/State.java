package dev.origo.embedded.aws;

import dev.origo.embedded.aws.AwsSettings.Delay;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.ec2.model.Address;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.ec2.model.Vpc;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;

/// Everything the account holds. Guarded by the lock of [EmbeddedAws]: touched only while it is
/// held. The SDK's own objects are stored; what AWS derives (a load balancer's state, a group's
/// load balancers, tags, permissions) is put in when it is described.
final class State {
    static final String ACCOUNT = "123456789012";

    final String region;
    final InstantSource clock;
    final Ids ids;
    AwsSettings settings = AwsSettings.defaults();
    HealthFunction health = (_, _) -> HealthFunction.HEALTHY;

    final Table<LoadBalancer> loadBalancers = table();
    final Table<TargetGroup> targetGroups = table();
    final Table<Listener> listeners = table();

    /// By target group, then by target.
    final Map<String, SequencedMap<Targets.Key, Targets.Registration>> targets = new HashMap<>();

    /// Since when a target group is behind a listener; absent: it isn't.
    final Map<String, Instant> usedSince = new HashMap<>();

    final Set<String> certificates = new HashSet<>();

    final Table<Vpc> vpcs = table();
    final Table<Subnet> subnets = table();
    final Table<RouteTable> routeTables = table();
    final Table<Instance> instances = table();
    final Table<Address> addresses = table();

    /// Without permissions: those are in [#rules].
    final Table<SecurityGroup> securityGroups = table();

    final Table<SecurityGroupRule> rules = table();

    /// Until when the interfaces of deleted load balancers hold a security group.
    final Map<String, Instant> heldUntil = new HashMap<>();

    /// By ARN or EC2 id.
    final NavigableMap<String, NavigableMap<String, String>> tags = new TreeMap<>();

    /// By ARN: only what was set, defaults are in [AttributeRules].
    final Map<String, NavigableMap<String, String>> attributes = new HashMap<>();

    State(String region, InstantSource clock, long seed) {
        this.region = region;
        this.clock = clock;
        this.ids = new Ids(seed);
    }

    private <T> Table<T> table() {
        return new Table<>(this::now, () -> now().plus(delay(Delay.LIST_LAG)));
    }

    Instant now() {
        return clock.instant();
    }

    Duration delay(Delay delay) {
        return settings.delay(delay);
    }

    String arn(String rest) {
        return "arn:aws:elasticloadbalancing:%s:%s:%s".formatted(region, ACCOUNT, rest);
    }

    LoadBalancer loadBalancer(String arn) {
        return loadBalancers
                .find(arn)
                .orElseThrow(() -> missing("LoadBalancer", "Load balancer", arn));
    }

    TargetGroup targetGroup(String arn) {
        return targetGroups
                .find(arn)
                .orElseThrow(() -> missing("TargetGroup", "Target group", arn));
    }

    Listener listener(String arn) {
        return listeners.find(arn).orElseThrow(() -> missing("Listener", "Listener", arn));
    }

    static RuntimeException missing(String kind, String words, String arn) {
        return Faults.elb(kind + "NotFound", "%s '%s' not found".formatted(words, arn));
    }

    List<Listener> listenersOf(String loadBalancerArn) {
        return listeners.all().stream()
                .filter(listener -> listener.loadBalancerArn().equals(loadBalancerArn))
                .toList();
    }

    SequencedMap<Targets.Key, Targets.Registration> targetsOf(String targetGroupArn) {
        return targets.computeIfAbsent(targetGroupArn, _ -> new LinkedHashMap<>());
    }

    /// A snapshot of the tags; empty for things without.
    NavigableMap<String, String> tagsOf(String id) {
        return new TreeMap<>(tags.getOrDefault(id, new TreeMap<>()));
    }

    /// Replaces all tags of a thing.
    void tag(String id, Map<String, String> all) {
        if (all.isEmpty()) {
            tags.remove(id);
            return;
        }
        tags.put(id, new TreeMap<>(all));
    }

    /// Drops what hangs on an id once the thing itself is gone.
    void forget(String id) {
        tags.remove(id);
        attributes.remove(id);
    }
}
