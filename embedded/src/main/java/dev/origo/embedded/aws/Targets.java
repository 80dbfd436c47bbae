package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.embedded.aws.AwsSettings.Quota;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Targets: register, deregister, health.
final class Targets {
    /// Source: CreateTargetGroup, TargetType `ip`: the VPC's subnets, RFC 1918 and RFC 6598,
    /// nothing public.
    private static final List<String> PRIVATE =
            List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10");

    /// One id can be registered on several ports.
    record Key(String id, int port) {}

    /// `since`: registered, or deregistered when draining. `zone` is `all` for an address outside
    /// the VPC that says so.
    record Registration(String zone, Instant since, boolean draining) {}

    private final State state;

    Targets(State state) {
        this.state = state;
    }

    /// All of them or none. Source: RegisterTargets, InvalidTarget, TooManyTargets.
    RegisterTargetsResponse register(RegisterTargetsRequest request) {
        TargetGroup group = state.targetGroup(request.targetGroupArn());
        invalidIf(request.targets().isEmpty(), "At least one target must be specified");
        SequencedMap<Key, Registration> after =
                new LinkedHashMap<>(state.targetsOf(group.targetGroupArn()));
        for (TargetDescription target : request.targets()) {
            boolean instance = group.targetType() == TargetTypeEnum.INSTANCE;
            String zone = instance ? zoneOfInstance(group, target) : zoneOfAddress(group, target);
            Registration fresh = new Registration(zone, state.now(), false);
            after.merge(key(group, target), fresh, (old, _) -> old.draining() ? fresh : old);
        }
        boolean full =
                active(after.values()).count() > state.settings.limit(Quota.TARGETS_PER_GROUP);
        elbIf(full, "TooManyTargets", "The target group has too many targets");
        Map<String, Collection<Registration>> changed =
                Map.of(group.targetGroupArn(), after.values());
        state.listenersTo(group.targetGroupArn())
                .forEach(listener -> requireWithinLimits(listener, changed));
        state.targets.put(group.targetGroupArn(), after);
        return RegisterTargetsResponse.builder().build();
    }

    private static Key key(TargetGroup group, TargetDescription target) {
        return new Key(target.id(), Objects.requireNonNullElse(target.port(), group.port()));
    }

    /// Source: RegisterTargets, "If the target is an EC2 instance, it must be in the running state
    /// when you register it"; AvailabilityZone "is not supported if the target type ... is
    /// instance".
    private String zoneOfInstance(TargetGroup group, TargetDescription target) {
        invalidIf(target.availabilityZone() != null, "Instance targets take no Availability Zone");
        Instance instance =
                state.instances
                        .find(target.id())
                        .filter(candidate -> candidate.vpcId().equals(group.vpcId()))
                        .orElseThrow(() ->
                                Faults.elb(
                                        "InvalidTarget",
                                        "'" + target.id() + "' is no instance of the VPC"));
        boolean running = instance.state().name() == InstanceStateName.RUNNING;
        elbIf(!running, "InvalidTarget", "'" + target.id() + "' is not in a running state");
        return instance.placement().availabilityZone();
    }

    /// Source: RegisterTargets, AvailabilityZone: "automatically detected" inside the VPC,
    /// "required" outside.
    private String zoneOfAddress(TargetGroup group, TargetDescription target) {
        String ip = target.id();
        elbIf(
                Cidrs.address(ip).isEmpty(),
                "InvalidTarget",
                "The IP address '" + ip + "' is not valid");
        List<String> zones =
                state.subnets.all().stream()
                        .filter(subnet -> subnet.vpcId().equals(group.vpcId()))
                        .filter(subnet -> cidrs(subnet).anyMatch(cidr -> Cidrs.contains(cidr, ip)))
                        .map(Subnet::availabilityZone)
                        .toList();
        boolean remote =
                target.availabilityZone() != null
                        && PRIVATE.stream().anyMatch(cidr -> Cidrs.contains(cidr, ip));
        String message =
                "The IP address '"
                        + ip
                        + "' must be in a subnet of the VPC, or private and with a zone";
        elbIf(zones.isEmpty() && !remote, "InvalidTarget", message);
        return zones.isEmpty() ? target.availabilityZone() : zones.getFirst();
    }

    private static Stream<String> cidrs(Subnet subnet) {
        return Stream.concat(
                Stream.of(subnet.cidrBlock()),
                subnet.ipv6CidrBlockAssociationSet().stream().map(block -> block.ipv6CidrBlock()));
    }

    /// Source: DeregisterTargets, "If the specified target does not exist, the action returns
    /// successfully". A target of a group that takes traffic drains first.
    DeregisterTargetsResponse deregister(DeregisterTargetsRequest request) {
        String arn = state.targetGroup(request.targetGroupArn()).targetGroupArn();
        Registration gone = new Registration("", state.now(), true);
        for (TargetDescription target : request.targets()) {
            state.targetsOf(arn)
                    .replaceAll((key, old) -> {
                        boolean meant =
                                key.id().equals(target.id())
                                        && (target.port() == null || target.port() == key.port());
                        return meant && !old.draining() ? gone : old;
                    });
        }
        forgetDrained(arn);
        return DeregisterTargetsResponse.builder().build();
    }

    /// Drops the targets whose deregistration delay is over; at once in a group that takes no
    /// traffic.
    void forgetDrained(String arn) {
        TargetGroup group = state.targetGroup(arn);
        String seconds =
                AttributeRules.read(state, arn, AttributeRules.of(group))
                        .getOrDefault("deregistration_delay.timeout_seconds", "0");
        Duration delay =
                Duration.ofSeconds(state.usedSince.containsKey(arn) ? Long.parseLong(seconds) : 0);
        Instant due = state.now().minus(delay);
        state.targetsOf(arn)
                .values()
                .removeIf(target -> target.draining() && !target.since().isAfter(due));
    }

    /// In the order of registration; targets that were asked for and aren't registered are
    /// `unused`. Of an address the zone is told that was found or given. Source: TargetHealth, the
    /// reason codes; TargetDescription.
    DescribeTargetHealthResponse health(DescribeTargetHealthRequest request) {
        TargetGroup group = state.targetGroup(request.targetGroupArn());
        forgetDrained(group.targetGroupArn());
        Map<Key, Registration> registered = state.targetsOf(group.targetGroupArn());
        List<Key> asked =
                request.targets().isEmpty()
                        ? List.copyOf(registered.keySet())
                        : request.targets().stream().map(target -> key(group, target)).toList();
        List<TargetHealthDescription> found = new ArrayList<>();
        for (Key key : asked) {
            boolean traffic = group.healthCheckPort().equals("traffic-port");
            Registration target = registered.get(key);
            String zone = target == null || target.draining() ? "" : target.zone();
            boolean told = group.targetType() == TargetTypeEnum.IP && !zone.isEmpty();
            TargetDescription shown =
                    TargetDescription.builder()
                            .id(key.id())
                            .port(key.port())
                            .availabilityZone(told ? zone : null)
                            .build();
            TargetHealth health =
                    target == null
                            ? health(
                                    TargetHealthReasonEnum.TARGET_NOT_REGISTERED,
                                    "Target is not registered to the target group")
                            : health(group, shown, target);
            found.add(
                    TargetHealthDescription.builder()
                            .target(shown)
                            .healthCheckPort(
                                    traffic ? String.valueOf(key.port()) : group.healthCheckPort())
                            .targetHealth(health)
                            .build());
        }
        return DescribeTargetHealthResponse.builder().targetHealthDescriptions(found).build();
    }

    private TargetHealth health(
            TargetGroup group, TargetDescription target, Registration registration) {
        Instant used = state.usedSince.get(group.targetGroupArn());
        if (used == null) {
            return health(
                    TargetHealthReasonEnum.TARGET_NOT_IN_USE,
                    "Target group is not configured to receive traffic");
        }
        if (registration.draining()) {
            return health(
                    TargetHealthReasonEnum.TARGET_DEREGISTRATION_IN_PROGRESS,
                    "Target deregistration is in progress");
        }
        if (!zonesOf(group.targetGroupArn()).contains(registration.zone())) {
            return health(
                    TargetHealthReasonEnum.TARGET_NOT_IN_USE,
                    "Target is in an Availability Zone that is not enabled for the load balancer");
        }
        boolean stopped =
                state.instances
                        .find(target.id())
                        .filter(instance -> instance.state().name() != InstanceStateName.RUNNING)
                        .isPresent();
        if (stopped) {
            return health(
                    TargetHealthReasonEnum.TARGET_INVALID_STATE,
                    "Target is in the stopped or terminated state");
        }
        Instant start = used.isAfter(registration.since()) ? used : registration.since();
        if (start.plus(state.settings.delay(Delay.REGISTERING)).isAfter(state.now())) {
            return health(
                    TargetHealthReasonEnum.ELB_REGISTRATION_IN_PROGRESS,
                    "Target registration is in progress");
        }
        return state.health.check(group, target);
    }

    /// The state follows from the reason.
    private static TargetHealth health(TargetHealthReasonEnum reason, String words) {
        TargetHealthStateEnum code =
                switch (reason) {
                    case ELB_REGISTRATION_IN_PROGRESS -> TargetHealthStateEnum.INITIAL;
                    case TARGET_DEREGISTRATION_IN_PROGRESS -> TargetHealthStateEnum.DRAINING;
                    default -> TargetHealthStateEnum.UNUSED;
                };
        return TargetHealth.builder().state(code).reason(reason).description(words).build();
    }

    private Set<String> zonesOf(String groupArn) {
        Set<String> zones = new HashSet<>(Set.of("all"));
        state.listenersTo(groupArn).stream()
                .map(listener -> state.loadBalancer(listener.loadBalancerArn()))
                .flatMap(balancer -> balancer.availabilityZones().stream())
                .forEach(zone -> zones.add(zone.zoneName()));
        return zones;
    }

    private static Stream<Registration> active(Collection<Registration> targets) {
        return targets.stream().filter(target -> !target.draining());
    }

    void requireWithinLimits(Listener listener) {
        requireWithinLimits(listener, Map.of());
    }

    /// Counts every registration behind the listener's load balancer as it would be. Draining ones
    /// don't count. Source: "Quotas for your Network Load Balancers"; with cross-zone on every
    /// target counts in every zone, and so does one that was registered for all zones.
    private void requireWithinLimits(
            Listener listener, Map<String, Collection<Registration>> changed) {
        LoadBalancer balancer = state.loadBalancer(listener.loadBalancerArn());
        Set<String> groups = new HashSet<>(Listeners.groups(listener));
        state.listenersOf(balancer.loadBalancerArn()).stream()
                .filter(other -> !other.listenerArn().equals(listener.listenerArn()))
                .forEach(other -> groups.addAll(Listeners.groups(other)));
        Map<String, Integer> byZone = new HashMap<>();
        for (String group : groups) {
            boolean everywhere = isCrossZone(balancer, state.targetGroup(group));
            active(changed.getOrDefault(group, state.targetsOf(group).values()))
                    .forEach(target ->
                            byZone.merge(everywhere ? "all" : target.zone(), 1, Integer::sum));
        }
        int all = byZone.values().stream().mapToInt(Integer::intValue).sum();
        int inEvery = Objects.requireNonNullElse(byZone.remove("all"), 0);
        int most = byZone.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        boolean full =
                all > state.settings.limit(Quota.TARGETS_PER_LOAD_BALANCER)
                        || inEvery + most > state.settings.limit(Quota.TARGETS_PER_ZONE);
        elbIf(full, "TooManyTargets", "'" + balancer.loadBalancerArn() + "' has too many targets");
    }

    /// Source: NLB guide, "Cross-zone load balancing for target groups": the group's own setting
    /// wins.
    private boolean isCrossZone(LoadBalancer balancer, TargetGroup group) {
        String key = "load_balancing.cross_zone.enabled";
        String arn = group.targetGroupArn();
        String own = AttributeRules.read(state, arn, AttributeRules.of(group)).get(key);
        String balancerArn = balancer.loadBalancerArn();
        String its = AttributeRules.read(state, balancerArn, AttributeRules.of(balancer)).get(key);
        return "true".equals(own) || (!"false".equals(own) && "true".equals(its));
    }
}
