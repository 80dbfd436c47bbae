package dev.origo.embedded.aws;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.*;

/// Security groups: create, describe, delete. Their rules: [Rules].
final class SecurityGroups {
    /// Source: CreateSecurityGroup, GroupName and GroupDescription: "Up to 255 characters in
    /// length", these characters.
    static final Pattern TEXT = Pattern.compile("[a-zA-Z0-9 ._\\-:/()#,@\\[\\]+=&;{}!$*]{0,255}");

    private final State state;
    private final Ec2Tags tags;
    private final Query<SecurityGroup> query;

    SecurityGroups(State state, Ec2Tags tags) {
        this.state = state;
        this.tags = tags;
        Map<String, Function<SecurityGroup, Collection<String>>> filters =
                Map.of(
                        "group-id", group -> List.of(group.groupId()),
                        "group-name", group -> List.of(group.groupName()),
                        "description", group -> List.of(group.description()),
                        "vpc-id", group -> List.of(group.vpcId()),
                        "ip-permission.group-id", group -> sources(group.groupId(), false),
                        "egress.ip-permission.group-id", group -> sources(group.groupId(), true));
        this.query = new Query<>("InvalidGroup.NotFound", SecurityGroup::groupId, filters);
    }

    private List<String> sources(String groupId, boolean egress) {
        return rulesOf(groupId, egress)
                .flatMap(rule ->
                        Stream.ofNullable(rule.referencedGroupInfo())
                                .map(ReferencedSecurityGroup::groupId))
                .toList();
    }

    private Stream<SecurityGroupRule> rulesOf(String groupId, boolean egress) {
        return state.rules.all().stream()
                .filter(rule -> rule.groupId().equals(groupId) && rule.isEgress() == egress);
    }

    /// Born with one rule that lets everything out. Source: CreateSecurityGroup;
    /// InvalidGroup.Duplicate within the VPC, InvalidGroup.Reserved for `default`.
    CreateSecurityGroupResponse create(CreateSecurityGroupRequest request) {
        String name = request.groupName();
        if (name == null
                || name.isBlank()
                || request.description() == null
                || request.description().isBlank()) {
            throw Faults.ec2(
                    "MissingParameter",
                    "The request must contain a group name and a group description");
        }
        if (!TEXT.matcher(name).matches() || !TEXT.matcher(request.description()).matches()) {
            throw Faults.ec2(
                    "InvalidParameterValue",
                    "Invalid security group name or description: '%s', '%s'"
                            .formatted(name, request.description()));
        }
        if (name.startsWith("sg-")) {
            throw Faults.ec2(
                    "InvalidParameterValue",
                    "The group name '%s' may not start with sg-".formatted(name));
        }
        if (name.equals("default")) {
            throw Faults.ec2("InvalidGroup.Reserved", "The security group 'default' is reserved");
        }
        NavigableMap<String, String> wantedTags =
                tags.specified(request.tagSpecifications(), ResourceType.SECURITY_GROUP);
        Vpc vpc =
                state.vpcs
                        .find(String.valueOf(request.vpcId()))
                        .orElseThrow(() ->
                                Faults.ec2(
                                        "InvalidVpcID.NotFound",
                                        "The vpc ID '%s' does not exist"
                                                .formatted(request.vpcId())));
        if (state.securityGroups.all().stream()
                .anyMatch(group ->
                        group.vpcId().equals(vpc.vpcId()) && group.groupName().equals(name))) {
            throw Faults.ec2(
                    "InvalidGroup.Duplicate",
                    "The security group '%s' already exists for VPC '%s'"
                            .formatted(name, vpc.vpcId()));
        }
        if (state.securityGroups.all().size() >= state.settings.limit(Quota.SECURITY_GROUPS)) {
            throw Faults.ec2(
                    "SecurityGroupLimitExceeded",
                    "The maximum number of security groups has been reached");
        }
        String id = make(state, vpc.vpcId(), name, request.description());
        state.tag(id, wantedTags);
        return CreateSecurityGroupResponse.builder()
                .groupId(id)
                .tags(Ec2Tags.list(wantedTags))
                .build();
    }

    static String make(State state, String vpcId, String name, String description) {
        String id = state.ids.ec2("sg");
        state.securityGroups.put(
                id,
                SecurityGroup.builder()
                        .groupId(id)
                        .groupName(name)
                        .description(description)
                        .vpcId(vpcId)
                        .ownerId(State.ACCOUNT)
                        .securityGroupArn(
                                "arn:aws:ec2:%s:%s:security-group/%s"
                                        .formatted(state.region, State.ACCOUNT, id))
                        .build());
        String rule = state.ids.ec2("sgr");
        state.rules.put(
                rule,
                SecurityGroupRule.builder()
                        .securityGroupRuleId(rule)
                        .groupId(id)
                        .groupOwnerId(State.ACCOUNT)
                        .isEgress(true)
                        .ipProtocol("-1")
                        .fromPort(-1)
                        .toPort(-1)
                        .cidrIpv4("0.0.0.0/0")
                        .build());
        return id;
    }

    /// Source: DeleteSecurityGroup, "If you attempt to delete a security group that is associated
    /// with an instance or network interface, or is referenced by another security group in the
    /// same VPC, the operation fails with DependencyViolation"; CannotDelete for the default group.
    DeleteSecurityGroupResponse delete(DeleteSecurityGroupRequest request) {
        String id = request.groupId();
        if (id == null) {
            throw Faults.ec2("MissingParameter", "The request must contain the parameter groupId");
        }
        SecurityGroup group = find(state, id);
        if (group.groupName().equals("default")) {
            throw Faults.ec2(
                    "CannotDelete", "the specified group: \"%s\" cannot be deleted".formatted(id));
        }
        boolean balancer =
                state.loadBalancers.all().stream()
                        .anyMatch(candidate -> candidate.securityGroups().contains(id));
        boolean instance =
                state.instances.all().stream()
                        .flatMap(candidate -> candidate.securityGroups().stream())
                        .anyMatch(used -> used.groupId().equals(id));
        boolean held = state.heldUntil.getOrDefault(id, state.now()).isAfter(state.now());
        boolean referenced =
                state.rules.all().stream()
                        .filter(rule -> !rule.groupId().equals(id))
                        .flatMap(rule -> Stream.ofNullable(rule.referencedGroupInfo()))
                        .anyMatch(source -> source.groupId().equals(id));
        if (balancer || instance || held || referenced) {
            throw Faults.ec2(
                    "DependencyViolation", "resource %s has a dependent object".formatted(id));
        }
        Stream.concat(rulesOf(id, true), rulesOf(id, false))
                .map(SecurityGroupRule::securityGroupRuleId)
                .toList()
                .forEach(rule -> {
                    state.rules.remove(rule);
                    state.forget(rule);
                });
        state.securityGroups.remove(id);
        state.forget(id);
        return DeleteSecurityGroupResponse.builder().returnValue(true).groupId(id).build();
    }

    static SecurityGroup find(State state, String id) {
        return state.securityGroups
                .find(id)
                .orElseThrow(() ->
                        Faults.ec2(
                                "InvalidGroup.NotFound",
                                "The security group '%s' does not exist".formatted(id)));
    }

    DescribeSecurityGroupsResponse describe(DescribeSecurityGroupsRequest request) {
        if (!request.groupNames().isEmpty()) {
            throw Faults.ec2(
                    "InvalidParameterValue",
                    "GroupNames works in the default VPC only: filter by group-name");
        }
        List<SecurityGroup> found =
                query.select(state, state.securityGroups, request.groupIds(), request.filters());
        Page<SecurityGroup> page = Page.ec2(found, request.maxResults(), request.nextToken());
        return DescribeSecurityGroupsResponse.builder()
                .securityGroups(page.items().stream().map(this::shown).toList())
                .nextToken(page.next())
                .build();
    }

    private SecurityGroup shown(SecurityGroup group) {
        return group.toBuilder()
                .tags(Ec2Tags.list(state.tagsOf(group.groupId())))
                .ipPermissions(Permissions.fold(rulesOf(group.groupId(), false)))
                .ipPermissionsEgress(Permissions.fold(rulesOf(group.groupId(), true)))
                .build();
    }
}
