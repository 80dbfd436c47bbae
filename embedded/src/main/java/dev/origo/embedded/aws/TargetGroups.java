package dev.origo.embedded.aws;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Target groups: create, describe, change, delete.
final class TargetGroups {
    private static final Set<ProtocolEnum> HTTP = EnumSet.of(ProtocolEnum.HTTP, ProtocolEnum.HTTPS);
    private static final Set<ProtocolEnum> ROUTED =
            EnumSet.of(
                    ProtocolEnum.TCP,
                    ProtocolEnum.TLS,
                    ProtocolEnum.UDP,
                    ProtocolEnum.TCP_UDP,
                    ProtocolEnum.HTTP,
                    ProtocolEnum.HTTPS);

    private final State state;
    private final ElbTags tags;

    TargetGroups(State state, ElbTags tags) {
        this.state = state;
        this.tags = tags;
    }

    /// Source: CreateTargetGroup, "If you attempt to create multiple target groups with the same
    /// settings, each call succeeds"; DuplicateTargetGroupName otherwise.
    CreateTargetGroupResponse create(CreateTargetGroupRequest request) {
        Names.requireTargetGroup(request.name());
        NavigableMap<String, String> wantedTags = tags.checked(request.tags());
        TargetGroup wanted = draft(request);
        for (TargetGroup existing : state.targetGroups.all()) {
            if (!existing.targetGroupName().equals(request.name())) {
                continue;
            }
            boolean same =
                    existing.toBuilder().targetGroupArn(null).build().equals(wanted)
                            && state.tagsOf(existing.targetGroupArn()).equals(wantedTags);
            if (!same) {
                throw Faults.elb(
                        "DuplicateTargetGroupName",
                        "A target group with the same name '%s' exists, but with different settings"
                                .formatted(request.name()));
            }
            return CreateTargetGroupResponse.builder().targetGroups(shown(existing)).build();
        }
        if (state.targetGroups.all().size() >= state.settings.limit(Quota.TARGET_GROUPS)) {
            throw Faults.elb(
                    "TooManyTargetGroups", "The maximum number of target groups has been reached");
        }
        String arn = state.arn("targetgroup/%s/%s".formatted(request.name(), state.ids.hex()));
        TargetGroup made = wanted.toBuilder().targetGroupArn(arn).build();
        state.targetGroups.put(arn, made);
        state.tag(arn, wantedTags);
        return CreateTargetGroupResponse.builder().targetGroups(shown(made)).build();
    }

    /// The group without its ARN. Source for the defaults: CreateTargetGroup, the parameters'
    /// pages.
    private TargetGroup draft(CreateTargetGroupRequest request) {
        if (request.protocol() == null || !ROUTED.contains(request.protocol())) {
            throw Faults.invalid("A protocol out of %s must be specified".formatted(ROUTED));
        }
        if (request.port() == null || request.port() < 1 || request.port() > 65_535) {
            throw Faults.invalid("A port within 1..65535 must be specified");
        }
        if (request.vpcId() == null || state.vpcs.find(request.vpcId()).isEmpty()) {
            throw Faults.invalid("The VPC ID '%s' is not found".formatted(request.vpcId()));
        }
        TargetTypeEnum type = or(request.targetType(), TargetTypeEnum.INSTANCE);
        if (type != TargetTypeEnum.INSTANCE && type != TargetTypeEnum.IP) {
            throw Faults.invalid(
                    "Targets of type '%s' are not modelled"
                            .formatted(request.targetTypeAsString()));
        }
        boolean http = HTTP.contains(request.protocol());
        TargetGroup bare =
                TargetGroup.builder()
                        .targetGroupName(request.name())
                        .protocol(request.protocol())
                        .protocolVersion(
                                http
                                        ? or(request.protocolVersion(), "HTTP1")
                                        : request.protocolVersion())
                        .port(request.port())
                        .vpcId(request.vpcId())
                        .targetType(type)
                        .ipAddressType(
                                or(request.ipAddressType(), TargetGroupIpAddressTypeEnum.IPV4))
                        .healthCheckProtocol(http ? ProtocolEnum.HTTP : ProtocolEnum.TCP)
                        .healthCheckPort("traffic-port")
                        .healthCheckEnabled(true)
                        .healthCheckIntervalSeconds(30)
                        .healthyThresholdCount(5)
                        .unhealthyThresholdCount(2)
                        .build();
        return checked(
                bare,
                ModifyTargetGroupRequest.builder()
                        .healthCheckProtocol(request.healthCheckProtocol())
                        .healthCheckPort(request.healthCheckPort())
                        .healthCheckPath(request.healthCheckPath())
                        .healthCheckEnabled(request.healthCheckEnabled())
                        .healthCheckIntervalSeconds(request.healthCheckIntervalSeconds())
                        .healthCheckTimeoutSeconds(request.healthCheckTimeoutSeconds())
                        .healthyThresholdCount(request.healthyThresholdCount())
                        .unhealthyThresholdCount(request.unhealthyThresholdCount())
                        .matcher(request.matcher())
                        .build());
    }

    /// Everything about the health check can be changed in place; nothing else can.
    ModifyTargetGroupResponse modify(ModifyTargetGroupRequest request) {
        TargetGroup after = checked(state.targetGroup(request.targetGroupArn()), request);
        state.targetGroups.put(after.targetGroupArn(), after);
        return ModifyTargetGroupResponse.builder().targetGroups(shown(after)).build();
    }

    /// The group with the wanted health check. Path and matcher come and go with HTTP.
    private static TargetGroup checked(TargetGroup group, ModifyTargetGroupRequest wanted) {
        ProtocolEnum protocol = or(wanted.healthCheckProtocol(), group.healthCheckProtocol());
        boolean http = HTTP.contains(protocol);
        if (!http && (wanted.healthCheckPath() != null || wanted.matcher() != null)) {
            throw Faults.invalid(
                    "A path or matcher is not supported for health checks with protocol TCP");
        }
        Matcher codes =
                Matcher.builder()
                        .httpCode(HTTP.contains(group.protocol()) ? "200" : "200-399")
                        .build();
        int timeout =
                group.healthCheckTimeoutSeconds() == null
                        ? (protocol == ProtocolEnum.HTTP ? 6 : 10)
                        : group.healthCheckTimeoutSeconds();
        TargetGroup after =
                group.toBuilder()
                        .healthCheckProtocol(protocol)
                        .healthCheckPort(or(wanted.healthCheckPort(), group.healthCheckPort()))
                        .healthCheckPath(
                                http
                                        ? or(
                                                wanted.healthCheckPath(),
                                                or(group.healthCheckPath(), "/"))
                                        : null)
                        .matcher(http ? or(wanted.matcher(), or(group.matcher(), codes)) : null)
                        .healthCheckEnabled(
                                or(wanted.healthCheckEnabled(), group.healthCheckEnabled()))
                        .healthCheckIntervalSeconds(
                                or(
                                        wanted.healthCheckIntervalSeconds(),
                                        group.healthCheckIntervalSeconds()))
                        .healthCheckTimeoutSeconds(or(wanted.healthCheckTimeoutSeconds(), timeout))
                        .healthyThresholdCount(
                                or(wanted.healthyThresholdCount(), group.healthyThresholdCount()))
                        .unhealthyThresholdCount(
                                or(
                                        wanted.unhealthyThresholdCount(),
                                        group.unhealthyThresholdCount()))
                        .build();
        requireValid(after);
        return after;
    }

    /// Source: CreateTargetGroup, the ranges of the HealthCheck parameters; the rule about timeout
    /// and interval is the service's message as moto repeats it.
    private static void requireValid(TargetGroup group) {
        ProtocolEnum protocol = group.healthCheckProtocol();
        boolean supported = HTTP.contains(protocol) || protocol == ProtocolEnum.TCP;
        if (!supported || (protocol == ProtocolEnum.TCP && HTTP.contains(group.protocol()))) {
            throw Faults.invalid(
                    "Health check protocol '%s' is not supported for target groups with protocol '%s'"
                            .formatted(
                                    group.healthCheckProtocolAsString(), group.protocolAsString()));
        }
        range("interval", group.healthCheckIntervalSeconds(), 5, 300);
        range("timeout", group.healthCheckTimeoutSeconds(), 2, 120);
        range("healthy threshold", group.healthyThresholdCount(), 2, 10);
        range("unhealthy threshold", group.unhealthyThresholdCount(), 2, 10);
        if (group.healthCheckTimeoutSeconds() > group.healthCheckIntervalSeconds()) {
            throw Faults.invalid(
                    "Health check timeout '%d' must be smaller than or equal to the interval '%d'"
                            .formatted(
                                    group.healthCheckTimeoutSeconds(),
                                    group.healthCheckIntervalSeconds()));
        }
        if (!group.healthCheckEnabled()) {
            throw Faults.invalid("Health checks of instance and ip targets can't be disabled");
        }
        String port = group.healthCheckPort();
        if (!port.equals("traffic-port")
                && !(port.matches("[1-9]\\d{0,4}") && Integer.parseInt(port) <= 65_535)) {
            throw Faults.invalid(
                    "Health check port '%s' must be 'traffic-port' or within 1..65535"
                            .formatted(port));
        }
        if (group.healthCheckPath() != null && !group.healthCheckPath().startsWith("/")) {
            throw Faults.invalid(
                    "Health check path '%s' must start with '/'"
                            .formatted(group.healthCheckPath()));
        }
    }

    private static void range(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw Faults.invalid(
                    "Health check %s '%d' must be between %d and %d"
                            .formatted(what, value, min, max));
        }
    }

    private static <T> T or(T wanted, T otherwise) {
        return Objects.requireNonNullElse(wanted, otherwise);
    }

    private TargetGroup shown(TargetGroup group) {
        return group.toBuilder().loadBalancerArns(balancers(group.targetGroupArn())).build();
    }

    private List<String> balancers(String groupArn) {
        return state.listeners.all().stream()
                .filter(listener -> Listeners.groups(listener.defaultActions()).contains(groupArn))
                .map(Listener::loadBalancerArn)
                .distinct()
                .toList();
    }

    /// In the order of creation. Source: DescribeTargetGroups, "You can specify one of the
    /// following ...: the ARN of the load balancer, the names, or the ARNs"; TargetGroupNotFound
    /// for one that is missing.
    DescribeTargetGroupsResponse describe(DescribeTargetGroupsRequest request) {
        List<TargetGroup> found = state.targetGroups.visible();
        boolean one = request.loadBalancerArn() != null;
        if ((one ? 1 : 0) + (request.hasNames() ? 1 : 0) + (request.hasTargetGroupArns() ? 1 : 0)
                > 1) {
            throw Faults.invalid(
                    "Load balancer ARN, names and target group ARNs exclude each other");
        }
        if (request.hasNames()) {
            found = named(found, request.names(), TargetGroup::targetGroupName);
        }
        if (request.hasTargetGroupArns()) {
            found = named(found, request.targetGroupArns(), TargetGroup::targetGroupArn);
        }
        if (one) {
            state.loadBalancer(request.loadBalancerArn());
            found =
                    found.stream()
                            .filter(group ->
                                    balancers(group.targetGroupArn())
                                            .contains(request.loadBalancerArn()))
                            .toList();
        }
        Page<TargetGroup> page = Page.elb(found, request.pageSize(), request.marker());
        return DescribeTargetGroupsResponse.builder()
                .targetGroups(page.items().stream().map(this::shown).toList())
                .nextMarker(page.next())
                .build();
    }

    private static List<TargetGroup> named(
            List<TargetGroup> all, List<String> wanted, Function<TargetGroup, String> key) {
        Map<String, TargetGroup> byKey =
                all.stream().collect(Collectors.toMap(key, group -> group));
        wanted.stream()
                .filter(name -> !byKey.containsKey(name))
                .findFirst()
                .ifPresent(name -> {
                    throw Faults.elb(
                            "TargetGroupNotFound",
                            "One or more target groups not found: '%s'".formatted(name));
                });
        return all.stream().filter(group -> wanted.contains(key.apply(group))).toList();
    }

    /// Source: DeleteTargetGroup, "You can delete a target group if it is not referenced by any
    /// actions"; names no error for a group that is gone.
    DeleteTargetGroupResponse delete(DeleteTargetGroupRequest request) {
        String arn = request.targetGroupArn();
        if (!String.valueOf(arn).contains(":targetgroup/")) {
            throw Faults.invalid("'%s' is not a valid target group ARN".formatted(arn));
        }
        if (!balancers(arn).isEmpty()) {
            throw Faults.elb(
                    "ResourceInUse",
                    "Target group '%s' is currently in use by a listener or a rule".formatted(arn));
        }
        state.targetGroups.remove(arn);
        state.targets.remove(arn);
        state.forget(arn);
        return DeleteTargetGroupResponse.builder().build();
    }

    DescribeTargetGroupAttributesResponse describeAttributes(
            DescribeTargetGroupAttributesRequest request) {
        TargetGroup group = state.targetGroup(request.targetGroupArn());
        return DescribeTargetGroupAttributesResponse.builder()
                .attributes(attributes(group))
                .build();
    }

    ModifyTargetGroupAttributesResponse modifyAttributes(
            ModifyTargetGroupAttributesRequest request) {
        TargetGroup group = state.targetGroup(request.targetGroupArn());
        Map<String, String> changes =
                request.attributes().stream()
                        .collect(
                                Collectors.toMap(
                                        TargetGroupAttribute::key,
                                        TargetGroupAttribute::value,
                                        (_, last) -> last));
        AttributeRules.modify(state, group.targetGroupArn(), AttributeRules.of(group), changes);
        return ModifyTargetGroupAttributesResponse.builder().attributes(attributes(group)).build();
    }

    private List<TargetGroupAttribute> attributes(TargetGroup group) {
        return AttributeRules.read(state, group.targetGroupArn(), AttributeRules.of(group))
                .entrySet()
                .stream()
                .map(entry ->
                        TargetGroupAttribute.builder()
                                .key(entry.getKey())
                                .value(entry.getValue())
                                .build())
                .toList();
    }
}
