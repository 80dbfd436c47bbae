package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.*;

/// Security groups: create, describe, delete. Their rules: [Rules].
final class SecurityGroups {
    /// Source: CreateSecurityGroup, GroupName and GroupDescription, and IpRange, Description: these
    /// characters.
    private static final String TEXT = "[a-zA-Z0-9 ._\\-:/()#,@\\[\\]+=&;{}!$*]{0,255}";

    private final State state;
    private final Ec2Tags tags;
    private final Query<SecurityGroup> query;

    SecurityGroups(State state, Ec2Tags tags) {
        this.state = state;
        this.tags = tags;
        this.query =
                new Query<>(
                        "InvalidGroup.NotFound",
                        SecurityGroup::groupId,
                        Map.of(
                                "group-id", group -> Stream.of(group.groupId()),
                                "group-name", group -> Stream.of(group.groupName()),
                                "description", group -> Stream.of(group.description()),
                                "vpc-id", group -> Stream.of(group.vpcId()),
                                "ip-permission.group-id",
                                        group ->
                                                rulesOf(group, false)
                                                        .flatMap(SecurityGroups::source),
                                "egress.ip-permission.group-id",
                                        group ->
                                                rulesOf(group, true)
                                                        .flatMap(SecurityGroups::source)));
    }

    private Stream<SecurityGroupRule> rulesOf(SecurityGroup group, boolean egress) {
        return state.rules.all().stream()
                .filter(rule ->
                        rule.groupId().equals(group.groupId()) && rule.isEgress() == egress);
    }

    private static Stream<String> source(SecurityGroupRule rule) {
        return Stream.ofNullable(rule.referencedGroupInfo()).map(ReferencedSecurityGroup::groupId);
    }

    static void requireText(@Nullable String text) {
        boolean odd = text != null && !text.matches(TEXT);
        ec2If(odd, "InvalidParameterValue", "Invalid characters in '" + text + "'");
    }

    /// Born with one rule that lets everything out. Source: CreateSecurityGroup, GroupName: "Names
    /// are case-insensitive and must be unique within the VPC"; InvalidGroup.Duplicate within the
    /// VPC, InvalidGroup.Reserved for `default`.
    CreateSecurityGroupResponse create(CreateSecurityGroupRequest request) {
        String name = request.groupName();
        boolean lacking = name == null || name.isBlank() || request.description() == null;
        ec2If(
                lacking,
                "MissingParameter",
                "The request must contain a group name and a description");
        requireText(name);
        requireText(request.description());
        ec2If(
                name.startsWith("sg-"),
                "InvalidParameterValue",
                "'" + name + "' may not start with sg-");
        ec2If(name.equals("default"), "InvalidGroup.Reserved", "The name 'default' is reserved");
        Map<String, String> wantedTags =
                tags.specified(request.tagSpecifications(), ResourceType.SECURITY_GROUP);
        String vpc = String.valueOf(request.vpcId());
        boolean nowhere = state.vpcs.find(vpc).isEmpty();
        ec2If(nowhere, "InvalidVpcID.NotFound", "The vpc ID '" + vpc + "' does not exist");
        List<SecurityGroup> all = state.securityGroups.all();
        boolean taken =
                all.stream()
                        .anyMatch(group ->
                                group.vpcId().equals(vpc)
                                        && group.groupName().equalsIgnoreCase(name));
        ec2If(
                taken,
                "InvalidGroup.Duplicate",
                "The security group '" + name + "' already exists for " + vpc);
        boolean full = all.size() >= state.settings.limit(Quota.SECURITY_GROUPS);
        ec2If(
                full,
                "SecurityGroupLimitExceeded",
                "The maximum number of security groups has been reached");
        String id = make(state, vpc, name, request.description());
        state.tag(id, wantedTags);
        return CreateSecurityGroupResponse.builder().groupId(id).tags(tags.of(id)).build();
    }

    static String make(State state, String vpcId, String name, String description) {
        String id = state.ids.ec2("sg");
        SecurityGroup.Builder group =
                SecurityGroup.builder().groupId(id).groupName(name).ownerId(State.ACCOUNT);
        state.securityGroups.put(id, group.description(description).vpcId(vpcId).build());
        IpRange anywhere = IpRange.builder().cidrIp("0.0.0.0/0").build();
        IpPermission all = IpPermission.builder().ipProtocol("-1").ipRanges(anywhere).build();
        Rules.add(state, id, true, Permissions.unfold(state, List.of(all)).getFirst());
        return id;
    }

    /// Source: DeleteSecurityGroup, "If you attempt to delete a security group that is associated
    /// with an instance or network interface, or is referenced by another security group in the
    /// same VPC, the operation fails with DependencyViolation"; CannotDelete for the default group.
    DeleteSecurityGroupResponse delete(DeleteSecurityGroupRequest request) {
        ec2If(
                request.groupId() == null,
                "MissingParameter",
                "The request must contain the parameter groupId");
        SecurityGroup group = state.securityGroup(request.groupId());
        String id = group.groupId();
        ec2If(group.groupName().equals("default"), "CannotDelete", "the specified group: " + id);
        boolean balancing =
                state.loadBalancers.all().stream()
                        .anyMatch(balancer -> balancer.securityGroups().contains(id));
        boolean onInstance =
                state.instances.all().stream()
                        .flatMap(instance -> instance.securityGroups().stream())
                        .anyMatch(used -> used.groupId().equals(id));
        boolean held = state.heldUntil.getOrDefault(id, state.now()).isAfter(state.now());
        boolean referenced =
                state.rules.all().stream()
                        .filter(rule -> !rule.groupId().equals(id))
                        .flatMap(SecurityGroups::source)
                        .anyMatch(id::equals);
        boolean used = balancing || onInstance || held || referenced;
        ec2If(used, "DependencyViolation", "resource " + id + " has a dependent object");
        Stream.concat(rulesOf(group, true), rulesOf(group, false))
                .forEach(rule -> Rules.remove(state, rule));
        state.securityGroups.remove(id);
        state.forget(id);
        return DeleteSecurityGroupResponse.builder().returnValue(true).groupId(id).build();
    }

    DescribeSecurityGroupsResponse describe(DescribeSecurityGroupsRequest request) {
        boolean named = !request.groupNames().isEmpty();
        ec2If(
                named,
                "InvalidParameterValue",
                "GroupNames is for the default VPC: filter by group-name");
        List<SecurityGroup> found =
                query.select(state, state.securityGroups, request.groupIds(), request.filters());
        Page<SecurityGroup> page = Page.ec2(found, request.maxResults(), request.nextToken());
        List<SecurityGroup> shown =
                page.items().stream()
                        .map(group ->
                                group.toBuilder()
                                        .tags(tags.of(group.groupId()))
                                        .ipPermissions(Permissions.fold(rulesOf(group, false)))
                                        .ipPermissionsEgress(Permissions.fold(rulesOf(group, true)))
                                        .build())
                        .toList();
        return DescribeSecurityGroupsResponse.builder()
                .securityGroups(shown)
                .nextToken(page.next())
                .build();
    }
}
