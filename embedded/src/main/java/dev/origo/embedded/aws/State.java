package dev.origo.embedded.aws;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
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

    final Table<LoadBalancer> loadBalancers = new Table<>(this);
    final Table<TargetGroup> targetGroups = new Table<>(this);
    final Table<Listener> listeners = new Table<>(this);

    /// By target group, then by target.
    final Map<String, SequencedMap<Targets.Key, Targets.Registration>> targets = new HashMap<>();

    /// Since when a target group is behind a listener; absent: it isn't.
    final Map<String, Instant> usedSince = new HashMap<>();

    final Set<String> certificates = new HashSet<>();

    /// By listener: its certificate list, without the default certificate.
    final Map<String, NavigableSet<String>> moreCertificates = new HashMap<>();

    final Table<Vpc> vpcs = new Table<>(this);
    final Table<Subnet> subnets = new Table<>(this);
    final Table<RouteTable> routeTables = new Table<>(this);
    final Table<Instance> instances = new Table<>(this);
    final Table<Address> addresses = new Table<>(this);

    /// Without permissions: those are in [#rules].
    final Table<SecurityGroup> securityGroups = new Table<>(this);

    final Table<SecurityGroupRule> rules = new Table<>(this);

    /// Until when the interfaces of deleted load balancers hold a security group.
    final Map<String, Instant> heldUntil = new HashMap<>();

    /// By ARN or EC2 id; things without tags are absent.
    final NavigableMap<String, NavigableMap<String, String>> tags = new TreeMap<>();

    /// By ARN: only what was set, defaults are in [AttributeRules].
    final Map<String, NavigableMap<String, String>> attributes = new HashMap<>();

    State(String region, InstantSource clock, long seed) {
        this.region = region;
        this.clock = clock;
        this.ids = new Ids(seed);
    }

    Instant now() {
        return clock.instant();
    }

    String arn(String rest) {
        return "arn:aws:elasticloadbalancing:" + region + ":" + ACCOUNT + ":" + rest;
    }

    LoadBalancer loadBalancer(String arn) {
        return loadBalancers.find(arn).orElseThrow(() -> missing("LoadBalancer", arn));
    }

    TargetGroup targetGroup(String arn) {
        return targetGroups.find(arn).orElseThrow(() -> missing("TargetGroup", arn));
    }

    Listener listener(String arn) {
        return listeners.find(arn).orElseThrow(() -> missing("Listener", arn));
    }

    SecurityGroup securityGroup(String id) {
        return securityGroups
                .find(id)
                .orElseThrow(() ->
                        Faults.ec2(
                                "InvalidGroup.NotFound",
                                "The security group '" + id + "' does not exist"));
    }

    static AwsServiceException missing(String kind, String arn) {
        return Faults.elb(kind + "NotFound", kind + " '" + arn + "' not found");
    }

    List<Listener> listenersOf(String balancerArn) {
        return listeners.all().stream()
                .filter(listener -> listener.loadBalancerArn().equals(balancerArn))
                .toList();
    }

    List<Listener> listenersTo(String groupArn) {
        return listeners.all().stream()
                .filter(listener -> Listeners.groups(listener).contains(groupArn))
                .toList();
    }

    SequencedMap<Targets.Key, Targets.Registration> targetsOf(String groupArn) {
        return targets.computeIfAbsent(groupArn, _ -> new LinkedHashMap<>());
    }

    /// A copy.
    NavigableMap<String, String> tagsOf(String id) {
        return new TreeMap<>(tags.getOrDefault(id, new TreeMap<>()));
    }

    /// Replaces all tags of a thing.
    void tag(String id, Map<String, String> all) {
        tags.remove(id);
        if (!all.isEmpty()) {
            tags.put(id, new TreeMap<>(all));
        }
    }

    /// Drops what hangs on an id once the thing itself is gone.
    void forget(String id) {
        tags.remove(id);
        attributes.remove(id);
    }
}
