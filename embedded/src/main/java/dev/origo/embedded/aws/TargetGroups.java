package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Target groups: create, describe, change, delete.
final class TargetGroups {
    private static final Set<ProtocolEnum> HTTP = EnumSet.of(ProtocolEnum.HTTP, ProtocolEnum.HTTPS);
    private static final Set<ProtocolEnum> UNMODELLED =
            EnumSet.of(
                    ProtocolEnum.GENEVE,
                    ProtocolEnum.QUIC,
                    ProtocolEnum.TCP_QUIC,
                    ProtocolEnum.UNKNOWN_TO_SDK_VERSION);

    private final State state;
    private final ElbTags tags;

    TargetGroups(State state, ElbTags tags) {
        this.state = state;
        this.tags = tags;
    }

    /// Source: CreateTargetGroup, "If you attempt to create multiple target groups with the same
    /// settings, each call succeeds"; DuplicateTargetGroupName otherwise.
    CreateTargetGroupResponse create(CreateTargetGroupRequest request) {
        String name = LoadBalancers.requireName(request.name());
        Map<String, String> wantedTags = tags.checked(request.tags());
        TargetGroup wanted = draft(request);
        for (TargetGroup existing : state.targetGroups.all()) {
            if (existing.targetGroupName().equals(name)) {
                boolean same =
                        existing.toBuilder().targetGroupArn(null).build().equals(wanted)
                                && state.tagsOf(existing.targetGroupArn()).equals(wantedTags);
                String message =
                        "A target group with the same name '"
                                + name
                                + "' exists, but with different settings";
                elbIf(!same, "DuplicateTargetGroupName", message);
                return CreateTargetGroupResponse.builder().targetGroups(shown(existing)).build();
            }
        }
        boolean full = state.targetGroups.all().size() >= state.settings.limit(Quota.TARGET_GROUPS);
        elbIf(full, "TooManyTargetGroups", "The maximum number of target groups has been reached");
        String arn = state.arn("targetgroup/" + name + "/" + state.ids.hex());
        TargetGroup made = wanted.toBuilder().targetGroupArn(arn).build();
        state.targetGroups.put(arn, made);
        state.tag(arn, wantedTags);
        return CreateTargetGroupResponse.builder().targetGroups(shown(made)).build();
    }

    /// The group without its ARN. Source for the defaults: CreateTargetGroup, the parameters'
    /// texts.
    private TargetGroup draft(CreateTargetGroupRequest request) {
        ProtocolEnum protocol = request.protocol();
        invalidIf(
                protocol == null || UNMODELLED.contains(protocol), "A protocol must be specified");
        invalidIf(!isPort(request.port()), "A port within 1..65535 must be specified");
        boolean here = request.vpcId() != null && state.vpcs.find(request.vpcId()).isPresent();
        invalidIf(!here, "The VPC ID '" + request.vpcId() + "' is not found");
        boolean http = HTTP.contains(protocol);
        TargetGroup.Builder draft =
                TargetGroup.builder()
                        .targetGroupName(request.name())
                        .targetType(TargetTypeEnum.INSTANCE)
                        .ipAddressType(TargetGroupIpAddressTypeEnum.IPV4)
                        .protocolVersion(http ? "HTTP1" : null)
                        .healthCheckProtocol(http ? ProtocolEnum.HTTP : ProtocolEnum.TCP)
                        .healthCheckPort("traffic-port")
                        .healthCheckEnabled(true)
                        .healthCheckIntervalSeconds(30)
                        .healthyThresholdCount(5)
                        .unhealthyThresholdCount(2);
        TargetGroup wanted = checked(Pojo.overlay(request, draft).build());
        boolean modelled =
                wanted.targetType() == TargetTypeEnum.INSTANCE
                        || wanted.targetType() == TargetTypeEnum.IP;
        invalidIf(
                !modelled,
                "Targets of type '" + wanted.targetTypeAsString() + "' are not modelled");
        return wanted;
    }

    /// Everything about the health check can be changed in place; nothing else can.
    ModifyTargetGroupResponse modify(ModifyTargetGroupRequest request) {
        TargetGroup.Builder changed = state.targetGroup(request.targetGroupArn()).toBuilder();
        boolean toTcp = request.healthCheckProtocol() == ProtocolEnum.TCP;
        if (toTcp) {
            changed.healthCheckPath(null).matcher((Matcher) null);
        }
        TargetGroup after = checked(Pojo.overlay(request, changed).build());
        state.targetGroups.put(after.targetGroupArn(), after);
        return ModifyTargetGroupResponse.builder().targetGroups(shown(after)).build();
    }

    /// The group with the defaults that follow from its health check's protocol, or a refusal.
    /// Source: CreateTargetGroup, the HealthCheck parameters; the rule on timeout and interval is
    /// the service's message as moto repeats it. Path and matcher with TCP are refused here to show
    /// the mistake; the reference only says what they are for.
    private static TargetGroup checked(TargetGroup group) {
        ProtocolEnum protocol = group.healthCheckProtocol();
        boolean http = HTTP.contains(protocol);
        boolean tcp = protocol == ProtocolEnum.TCP && !HTTP.contains(group.protocol());
        invalidIf(!http && !tcp, "Health check protocol '" + protocol + "' is not supported");
        TargetGroup.Builder filled = group.toBuilder();
        if (group.healthCheckTimeoutSeconds() == null) {
            filled.healthCheckTimeoutSeconds(protocol == ProtocolEnum.HTTP ? 6 : 10);
        }
        if (http && group.healthCheckPath() == null) {
            filled.healthCheckPath("/");
        }
        if (http && group.matcher() == null) {
            String codes = HTTP.contains(group.protocol()) ? "200" : "200-399";
            filled.matcher(Matcher.builder().httpCode(codes).build());
        }
        TargetGroup after = filled.build();
        String path = after.healthCheckPath();
        invalidIf(
                !http && (path != null || after.matcher() != null),
                "TCP checks have no path and no matcher");
        invalidIf(
                path != null && !path.matches("/.{0,1023}"),
                "Health check path '"
                        + path
                        + "' must start with '/' and have at most 1024 characters");
        requireCodes(after);
        range("interval", after.healthCheckIntervalSeconds(), 5, 300);
        range(
                "timeout",
                after.healthCheckTimeoutSeconds(),
                2,
                Math.min(120, after.healthCheckIntervalSeconds()));
        range("healthy threshold", after.healthyThresholdCount(), 2, 10);
        range("unhealthy threshold", after.unhealthyThresholdCount(), 2, 10);
        invalidIf(
                !after.healthCheckEnabled(),
                "Health checks of instance and ip targets can't be disabled");
        String port = after.healthCheckPort();
        boolean number = port.matches("\\d{1,5}") && isPort(Integer.valueOf(port));
        invalidIf(
                !number && !port.equals("traffic-port"),
                "Health check port '" + port + "' is not valid");
        return after;
    }

    /// Source: CreateTargetGroup, Matcher: "For target groups with a protocol of TCP ... the range
    /// is 200-599. For target groups with a protocol of HTTP or HTTPS, the range is 200-499";
    /// Matcher, HttpCode: "multiple values (for example, "200,202") or a range of values (for
    /// example, "200-299")".
    private static void requireCodes(TargetGroup group) {
        String codes = group.matcher() == null ? "200" : String.valueOf(group.matcher().httpCode());
        String code = HTTP.contains(group.protocol()) ? "[234]\\d\\d" : "[2345]\\d\\d";
        String one = code + "(-" + code + ")?";
        invalidIf(
                !codes.matches(one + "(," + one + ")*"),
                "Health check matcher '" + codes + "' is not valid");
    }

    static boolean isPort(Integer port) {
        return port != null && port >= 1 && port <= 65_535;
    }

    private static void range(String what, int value, int min, int max) {
        String message =
                "Health check " + what + " " + value + " must be between " + min + " and " + max;
        invalidIf(value < min || value > max, message);
    }

    private TargetGroup shown(TargetGroup group) {
        return group.toBuilder().loadBalancerArns(balancers(group.targetGroupArn())).build();
    }

    private List<String> balancers(String groupArn) {
        return state.listenersTo(groupArn).stream()
                .map(Listener::loadBalancerArn)
                .distinct()
                .toList();
    }

    /// In the order of creation. Source: DescribeTargetGroups, "you can specify one of the
    /// following: the ARN of the load balancer, the names, or the ARNs"; TargetGroupNotFound for
    /// one that is missing.
    DescribeTargetGroupsResponse describe(DescribeTargetGroupsRequest request) {
        List<String> names = request.names();
        List<String> arns = request.targetGroupArns();
        String balancer = request.loadBalancerArn();
        int ways =
                (names.isEmpty() ? 0 : 1) + (arns.isEmpty() ? 0 : 1) + (balancer == null ? 0 : 1);
        boolean several = ways > 1;
        invalidIf(several, "Load balancer ARN, names and target group ARNs exclude each other");
        List<TargetGroup> found =
                names.isEmpty()
                        ? state.targetGroups.pick(
                                arns,
                                TargetGroup::targetGroupArn,
                                arn -> State.missing("TargetGroup", arn))
                        : state.targetGroups.pick(
                                names,
                                TargetGroup::targetGroupName,
                                name -> State.missing("TargetGroup", name));
        if (balancer != null) {
            String arn = state.loadBalancer(balancer).loadBalancerArn();
            found =
                    found.stream()
                            .filter(group -> balancers(group.targetGroupArn()).contains(arn))
                            .toList();
        }
        Page<TargetGroup> page = Page.elb(found, request.pageSize(), request.marker());
        List<TargetGroup> shown = page.items().stream().map(this::shown).toList();
        return DescribeTargetGroupsResponse.builder()
                .targetGroups(shown)
                .nextMarker(page.next())
                .build();
    }

    /// Source: DeleteTargetGroup, "You can delete a target group if it is not referenced by any
    /// actions"; it names no error for a group that is gone.
    DeleteTargetGroupResponse delete(DeleteTargetGroupRequest request) {
        String arn = String.valueOf(request.targetGroupArn());
        invalidIf(!arn.contains(":targetgroup/"), "'" + arn + "' is not a valid target group ARN");
        boolean used = !state.listenersTo(arn).isEmpty();
        elbIf(
                used,
                "ResourceInUse",
                "Target group '" + arn + "' is currently in use by a listener or a rule");
        state.targetGroups.remove(arn);
        state.targets.remove(arn);
        state.forget(arn);
        return DeleteTargetGroupResponse.builder().build();
    }
}
