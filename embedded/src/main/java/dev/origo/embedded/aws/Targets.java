package dev.origo.embedded.aws;

import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.embedded.aws.AwsSettings.Quota;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Targets: register, deregister, health.
final class Targets {
    /// Source: CreateTargetGroup, TargetType `ip`: the VPC's subnets, RFC 1918 and RFC 6598,
    /// nothing public.
    private static final List<String> PRIVATE =
            List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10");

    /// One id can be registered on several ports.
    record Key(String id, int port) {}

    /// `since`: registered, or deregistered when draining. `zone` is `all` for addresses outside
    /// the VPC.
    record Registration(String zone, Instant since, boolean draining) {}

    private final State state;

    Targets(State state) {
        this.state = state;
    }

    /// All of them or none. Source: RegisterTargets, "If the target is an EC2 instance, it must be
    /// in the running state when you register it"; InvalidTarget, TooManyTargets.
    RegisterTargetsResponse register(RegisterTargetsRequest request) {
        TargetGroup group = state.targetGroup(request.targetGroupArn());
        if (request.targets().isEmpty()) {
            throw Faults.invalid("At least one target must be specified");
        }
        SequencedMap<Key, Registration> added = new java.util.LinkedHashMap<>();
        for (TargetDescription target : request.targets()) {
            added.put(
                    key(group, target), new Registration(zone(group, target), state.now(), false));
        }
        SequencedMap<Key, Registration> registered = state.targetsOf(group.targetGroupArn());
        SequencedMap<Key, Registration> before = new java.util.LinkedHashMap<>(registered);
        added.forEach((key, target) ->
                registered.merge(key, target, (old, fresh) -> old.draining() ? fresh : old));
        try {
            state.listeners.all().stream()
                    .filter(listener ->
                            Listeners.groups(listener.defaultActions())
                                    .contains(group.targetGroupArn()))
                    .forEach(this::requireWithinLimits);
            if (active(group.targetGroupArn()).count()
                    > state.settings.limit(Quota.TARGETS_PER_GROUP)) {
                throw Faults.elb("TooManyTargets", "The target group has too many targets");
            }
        } catch (TooManyTargetsException refused) {
            registered.clear();
            registered.putAll(before);
            throw refused;
        }
        return RegisterTargetsResponse.builder().build();
    }

    private static Key key(TargetGroup group, TargetDescription target) {
        return new Key(target.id(), target.port() == null ? group.port() : target.port());
    }

    private String zone(TargetGroup group, TargetDescription target) {
        return group.targetType() == TargetTypeEnum.INSTANCE
                ? zoneOfInstance(group, target)
                : zoneOfAddress(group, target);
    }

    private String zoneOfInstance(TargetGroup group, TargetDescription target) {
        if (target.availabilityZone() != null) {
            throw Faults.invalid("An Availability Zone cannot be specified for instance targets");
        }
        Instance instance =
                state.instances
                        .find(target.id())
                        .filter(candidate -> candidate.vpcId().equals(group.vpcId()))
                        .orElseThrow(() ->
                                Faults.elb(
                                        "InvalidTarget",
                                        "The following targets are not valid instances or not in VPC %s: '%s'"
                                                .formatted(group.vpcId(), target.id())));
        if (instance.state().name() != InstanceStateName.RUNNING) {
            throw Faults.elb(
                    "InvalidTarget",
                    "The following targets are not in a running state and cannot be registered: '%s'"
                            .formatted(target.id()));
        }
        return instance.placement().availabilityZone();
    }

    /// Source: RegisterTargets, AvailabilityZone: detected inside the VPC, required outside.
    private String zoneOfAddress(TargetGroup group, TargetDescription target) {
        String ip = target.id();
        if (Cidrs.address(ip).isEmpty()) {
            throw Faults.elb("InvalidTarget", "The IP address '%s' is not valid".formatted(ip));
        }
        List<String> zones =
                state.subnets.all().stream()
                        .filter(subnet -> subnet.vpcId().equals(group.vpcId()))
                        .filter(subnet ->
                                Stream.concat(
                                                Stream.of(subnet.cidrBlock()),
                                                subnet.ipv6CidrBlockAssociationSet().stream()
                                                        .map(block -> block.ipv6CidrBlock()))
                                        .anyMatch(cidr -> Cidrs.contains(cidr, ip)))
                        .map(subnet -> subnet.availabilityZone())
                        .toList();
        if (!zones.isEmpty()) {
            return zones.getFirst();
        }
        if (PRIVATE.stream().noneMatch(cidr -> Cidrs.contains(cidr, ip))
                || target.availabilityZone() == null) {
            throw Faults.elb(
                    "InvalidTarget",
                    "The IP address '%s' is not within a subnet of %s; outside it must be private and name a zone"
                            .formatted(ip, group.vpcId()));
        }
        return target.availabilityZone();
    }

    /// Source: DeregisterTargets, "If the specified target does not exist, the action returns
    /// successfully". A target of a group that takes traffic drains first.
    DeregisterTargetsResponse deregister(DeregisterTargetsRequest request) {
        String arn = state.targetGroup(request.targetGroupArn()).targetGroupArn();
        SequencedMap<Key, Registration> registered = state.targetsOf(arn);
        for (TargetDescription target : request.targets()) {
            List<Key> leaving =
                    registered.keySet().stream()
                            .filter(key ->
                                    key.id().equals(target.id())
                                            && (target.port() == null
                                                    || target.port() == key.port()))
                            .toList();
            for (Key key : leaving) {
                registered.computeIfPresent(
                        key,
                        (_, old) ->
                                old.draining()
                                        ? old
                                        : new Registration(old.zone(), state.now(), true));
            }
        }
        forgetDrained(arn);
        return DeregisterTargetsResponse.builder().build();
    }

    void forgetDrained(String arn) {
        TargetGroup group = state.targetGroup(arn);
        String seconds =
                AttributeRules.read(state, arn, AttributeRules.of(group))
                        .getOrDefault("deregistration_delay.timeout_seconds", "0");
        Duration delay =
                state.usedSince.containsKey(arn)
                        ? Duration.ofSeconds(Long.parseLong(seconds))
                        : Duration.ZERO;
        state.targetsOf(arn)
                .values()
                .removeIf(target ->
                        target.draining() && !target.since().plus(delay).isAfter(state.now()));
    }

    /// In the order of registration; targets that were asked for by name and aren't registered are
    /// `unused`. Source: TargetHealth, the reason codes.
    DescribeTargetHealthResponse health(DescribeTargetHealthRequest request) {
        TargetGroup group = state.targetGroup(request.targetGroupArn());
        forgetDrained(group.targetGroupArn());
        List<TargetHealthDescription> found = new ArrayList<>();
        Map<Key, Registration> registered = state.targetsOf(group.targetGroupArn());
        if (request.targets().isEmpty()) {
            registered.forEach(
                    (key, target) -> found.add(described(group, key, health(group, key, target))));
        }
        for (TargetDescription asked : request.targets()) {
            Key key = key(group, asked);
            Registration target = registered.get(key);
            TargetHealth absent =
                    health(
                            TargetHealthStateEnum.UNUSED,
                            TargetHealthReasonEnum.TARGET_NOT_REGISTERED,
                            "Target is not registered to the target group");
            found.add(described(group, key, target == null ? absent : health(group, key, target)));
        }
        return DescribeTargetHealthResponse.builder().targetHealthDescriptions(found).build();
    }

    private static TargetHealthDescription described(
            TargetGroup group, Key key, TargetHealth health) {
        boolean traffic = group.healthCheckPort().equals("traffic-port");
        return TargetHealthDescription.builder()
                .target(target -> target.id(key.id()).port(key.port()))
                .healthCheckPort(traffic ? String.valueOf(key.port()) : group.healthCheckPort())
                .targetHealth(health)
                .build();
    }

    private TargetHealth health(TargetGroup group, Key key, Registration target) {
        Instant used = state.usedSince.get(group.targetGroupArn());
        if (used == null) {
            return health(
                    TargetHealthStateEnum.UNUSED,
                    TargetHealthReasonEnum.TARGET_NOT_IN_USE,
                    "Target group is not configured to receive traffic from the load balancer");
        }
        if (target.draining()) {
            return health(
                    TargetHealthStateEnum.DRAINING,
                    TargetHealthReasonEnum.TARGET_DEREGISTRATION_IN_PROGRESS,
                    "Target deregistration is in progress");
        }
        if (!zonesOf(group.targetGroupArn()).contains(target.zone())
                && !target.zone().equals("all")) {
            return health(
                    TargetHealthStateEnum.UNUSED,
                    TargetHealthReasonEnum.TARGET_NOT_IN_USE,
                    "Target is in an Availability Zone that is not enabled for the load balancer");
        }
        boolean stopped =
                group.targetType() == TargetTypeEnum.INSTANCE
                        && state.instances
                                .find(key.id())
                                .filter(instance ->
                                        instance.state().name() == InstanceStateName.RUNNING)
                                .isEmpty();
        if (stopped) {
            return health(
                    TargetHealthStateEnum.UNUSED,
                    TargetHealthReasonEnum.TARGET_INVALID_STATE,
                    "Target is in the stopped or terminated state");
        }
        Instant start = used.isAfter(target.since()) ? used : target.since();
        if (start.plus(state.delay(Delay.REGISTERING)).isAfter(state.now())) {
            return health(
                    TargetHealthStateEnum.INITIAL,
                    TargetHealthReasonEnum.ELB_REGISTRATION_IN_PROGRESS,
                    "Target registration is in progress");
        }
        return state.health.check(
                group, TargetDescription.builder().id(key.id()).port(key.port()).build());
    }

    private static TargetHealth health(
            TargetHealthStateEnum code, TargetHealthReasonEnum reason, String words) {
        return TargetHealth.builder().state(code).reason(reason).description(words).build();
    }

    private Set<String> zonesOf(String groupArn) {
        Set<String> zones = new HashSet<>();
        state.listeners.all().stream()
                .filter(listener -> Listeners.groups(listener.defaultActions()).contains(groupArn))
                .flatMap(listener ->
                        state.loadBalancer(listener.loadBalancerArn()).availabilityZones().stream())
                .forEach(zone -> zones.add(zone.zoneName()));
        return zones;
    }

    private Stream<Registration> active(String groupArn) {
        return state.targetsOf(groupArn).values().stream().filter(target -> !target.draining());
    }

    /// Counts every registration behind the listener's load balancer, the listener's own groups
    /// included. Draining ones don't count. Source: "Quotas for your Network Load Balancers"; with
    /// cross-zone on every target counts in every zone.
    void requireWithinLimits(Listener listener) {
        LoadBalancer balancer = state.loadBalancer(listener.loadBalancerArn());
        Set<String> groups = new HashSet<>(Listeners.groups(listener.defaultActions()));
        state.listenersOf(balancer.loadBalancerArn()).stream()
                .filter(other -> !other.listenerArn().equals(listener.listenerArn()))
                .forEach(other -> groups.addAll(Listeners.groups(other.defaultActions())));
        Map<String, Integer> byZone = new HashMap<>();
        groups.stream()
                .flatMap(this::active)
                .forEach(target -> byZone.merge(target.zone(), 1, Integer::sum));
        int all = byZone.values().stream().mapToInt(Integer::intValue).sum();
        boolean crossZone =
                "true"
                        .equals(
                                AttributeRules.read(
                                                state,
                                                balancer.loadBalancerArn(),
                                                AttributeRules.of(balancer))
                                        .get("load_balancing.cross_zone.enabled"));
        int zone = byZone.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        if (all > state.settings.limit(Quota.TARGETS_PER_LOAD_BALANCER)
                || (crossZone ? all : zone) > state.settings.limit(Quota.TARGETS_PER_ZONE)) {
            throw Faults.elb(
                    "TooManyTargets",
                    "Load balancer '%s' has too many targets"
                            .formatted(balancer.loadBalancerArn()));
        }
    }
}
