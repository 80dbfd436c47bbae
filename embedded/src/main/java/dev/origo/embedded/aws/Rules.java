package dev.origo.embedded.aws;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import software.amazon.awssdk.services.ec2.model.*;

/// Rules of security groups: authorize, revoke, describe. Every call does all of it or nothing.
final class Rules {
    private static final Query<SecurityGroupRule> QUERY =
            new Query<>(
                    "InvalidSecurityGroupRuleId.NotFound",
                    SecurityGroupRule::securityGroupRuleId,
                    Map.of(
                            "group-id", rule -> List.of(rule.groupId()),
                            "security-group-rule-id", rule -> List.of(rule.securityGroupRuleId())));

    /// Which rules a call means: those of one group and one direction.
    private record Side(String groupId, boolean egress) {
        boolean has(SecurityGroupRule rule) {
            return rule.groupId().equals(groupId) && rule.isEgress() == egress;
        }
    }

    private final State state;
    private final Ec2Tags tags;

    Rules(State state, Ec2Tags tags) {
        this.state = state;
        this.tags = tags;
    }

    AuthorizeSecurityGroupIngressResponse authorizeIngress(
            AuthorizeSecurityGroupIngressRequest request) {
        List<IpPermission> permissions = new ArrayList<>(request.ipPermissions());
        if (request.cidrIp() != null) {
            permissions.add(
                    IpPermission.builder()
                            .ipProtocol(request.ipProtocol())
                            .fromPort(request.fromPort())
                            .toPort(request.toPort())
                            .ipRanges(IpRange.builder().cidrIp(request.cidrIp()).build())
                            .build());
        }
        return AuthorizeSecurityGroupIngressResponse.builder()
                .returnValue(true)
                .securityGroupRules(
                        authorize(
                                side(request.groupId(), false),
                                permissions,
                                request.tagSpecifications()))
                .build();
    }

    AuthorizeSecurityGroupEgressResponse authorizeEgress(
            AuthorizeSecurityGroupEgressRequest request) {
        return AuthorizeSecurityGroupEgressResponse.builder()
                .returnValue(true)
                .securityGroupRules(
                        authorize(
                                side(request.groupId(), true),
                                request.ipPermissions(),
                                request.tagSpecifications()))
                .build();
    }

    private Side side(String groupId, boolean egress) {
        if (groupId == null) {
            throw Faults.ec2("MissingParameter", "The request must contain the parameter groupId");
        }
        return new Side(SecurityGroups.find(state, groupId).groupId(), egress);
    }

    private List<SecurityGroupRule> existing(Side side) {
        return state.rules.all().stream().filter(side::has).toList();
    }

    private List<SecurityGroupRule> authorize(
            Side side, List<IpPermission> permissions, List<TagSpecification> specifications) {
        NavigableMap<String, String> wantedTags =
                tags.specified(specifications, ResourceType.SECURITY_GROUP_RULE);
        List<SecurityGroupRule> wanted = Permissions.unfold(state, permissions);
        if (wanted.isEmpty()) {
            throw Faults.ec2(
                    "MissingParameter", "The request must contain the parameter ipPermissions");
        }
        List<SecurityGroupRule> existing = existing(side);
        Set<SecurityGroupRule> taken =
                new HashSet<>(existing.stream().map(Permissions::identity).toList());
        Set<SecurityGroupRule> asked = new HashSet<>();
        for (SecurityGroupRule rule : wanted) {
            if (!asked.add(Permissions.identity(rule))) {
                throw Faults.ec2(
                        "InvalidParameterValue",
                        "The same permission must not appear multiple times");
            }
            if (taken.contains(Permissions.identity(rule))) {
                throw Faults.ec2(
                        "InvalidPermission.Duplicate",
                        "the specified rule \"peer: %s, %s, from port: %d, to port: %d, ALLOW\" already exists"
                                .formatted(
                                        peer(rule),
                                        rule.ipProtocol(),
                                        rule.fromPort(),
                                        rule.toPort()));
            }
        }
        requireWithinLimit(existing, wanted);
        return wanted.stream().map(rule -> add(side, rule, wantedTags)).toList();
    }

    private SecurityGroupRule add(
            Side side, SecurityGroupRule rule, NavigableMap<String, String> wantedTags) {
        String id = state.ids.ec2("sgr");
        SecurityGroupRule made =
                rule.toBuilder()
                        .securityGroupRuleId(id)
                        .groupId(side.groupId())
                        .groupOwnerId(State.ACCOUNT)
                        .isEgress(side.egress())
                        .build();
        state.rules.put(id, made);
        state.tag(id, wantedTags);
        return shown(made);
    }

    /// Source: "Amazon VPC quotas", Inbound or outbound rules per security group: "enforced
    /// separately for IPv4 rules and IPv6 rules"; a referenced group or prefix list counts in both.
    private void requireWithinLimit(
            List<SecurityGroupRule> existing, List<SecurityGroupRule> wanted) {
        List<SecurityGroupRule> all = new ArrayList<>(existing);
        all.addAll(wanted);
        long v4 = all.stream().filter(rule -> rule.cidrIpv6() == null).count();
        long v6 = all.stream().filter(rule -> rule.cidrIpv4() == null).count();
        if (Math.max(v4, v6) > state.settings.limit(Quota.RULES_PER_GROUP)) {
            throw Faults.ec2(
                    "RulesPerSecurityGroupLimitExceeded",
                    "The maximum number of rules per security group has been reached.");
        }
    }

    static String peer(SecurityGroupRule rule) {
        if (rule.cidrIpv4() != null) {
            return rule.cidrIpv4();
        }
        if (rule.cidrIpv6() != null) {
            return rule.cidrIpv6();
        }
        return rule.prefixListId() != null
                ? rule.prefixListId()
                : rule.referencedGroupInfo().groupId();
    }

    RevokeSecurityGroupIngressResponse revokeIngress(RevokeSecurityGroupIngressRequest request) {
        Side side = side(request.groupId(), false);
        return RevokeSecurityGroupIngressResponse.builder()
                .returnValue(true)
                .revokedSecurityGroupRules(
                        revoke(side, request.ipPermissions(), request.securityGroupRuleIds()))
                .build();
    }

    RevokeSecurityGroupEgressResponse revokeEgress(RevokeSecurityGroupEgressRequest request) {
        Side side = side(request.groupId(), true);
        return RevokeSecurityGroupEgressResponse.builder()
                .returnValue(true)
                .revokedSecurityGroupRules(
                        revoke(side, request.ipPermissions(), request.securityGroupRuleIds()))
                .build();
    }

    /// Source: RevokeSecurityGroupIngress, "if the values you specify do not match the existing
    /// rule's values ... the call fails" with InvalidPermission.NotFound in a VPC; the description
    /// need not be given.
    private List<RevokedSecurityGroupRule> revoke(
            Side side, List<IpPermission> permissions, List<String> ids) {
        if (permissions.isEmpty() == ids.isEmpty()) {
            throw Faults.ec2(
                    "InvalidParameterCombination", "Either permissions or rule ids must be given");
        }
        List<SecurityGroupRule> existing = existing(side);
        List<SecurityGroupRule> leaving = new ArrayList<>();
        for (String id : ids) {
            leaving.add(
                    existing.stream()
                            .filter(rule -> rule.securityGroupRuleId().equals(id))
                            .findFirst()
                            .orElseThrow(() ->
                                    Faults.ec2(
                                            "InvalidSecurityGroupRuleId.NotFound",
                                            "The security group rule ID '%s' does not exist"
                                                    .formatted(id))));
        }
        for (SecurityGroupRule wanted : Permissions.unfold(state, permissions)) {
            leaving.add(
                    existing.stream()
                            .filter(rule ->
                                    Permissions.identity(rule).equals(Permissions.identity(wanted)))
                            .findFirst()
                            .orElseThrow(() ->
                                    Faults.ec2(
                                            "InvalidPermission.NotFound",
                                            "The specified rule does not exist in this security group.")));
        }
        leaving.forEach(rule -> {
            state.rules.remove(rule.securityGroupRuleId());
            state.forget(rule.securityGroupRuleId());
        });
        return leaving.stream().map(Rules::revoked).toList();
    }

    private static RevokedSecurityGroupRule revoked(SecurityGroupRule rule) {
        ReferencedSecurityGroup source = rule.referencedGroupInfo();
        return RevokedSecurityGroupRule.builder()
                .securityGroupRuleId(rule.securityGroupRuleId())
                .groupId(rule.groupId())
                .isEgress(rule.isEgress())
                .ipProtocol(rule.ipProtocol())
                .fromPort(rule.fromPort())
                .toPort(rule.toPort())
                .cidrIpv4(rule.cidrIpv4())
                .cidrIpv6(rule.cidrIpv6())
                .prefixListId(rule.prefixListId())
                .referencedGroupId(source == null ? null : source.groupId())
                .description(rule.description())
                .build();
    }

    DescribeSecurityGroupRulesResponse describe(DescribeSecurityGroupRulesRequest request) {
        List<SecurityGroupRule> found =
                QUERY.select(state, state.rules, request.securityGroupRuleIds(), request.filters());
        Page<SecurityGroupRule> page = Page.ec2(found, request.maxResults(), request.nextToken());
        return DescribeSecurityGroupRulesResponse.builder()
                .securityGroupRules(page.items().stream().map(this::shown).toList())
                .nextToken(page.next())
                .build();
    }

    private SecurityGroupRule shown(SecurityGroupRule rule) {
        return rule.toBuilder()
                .tags(Ec2Tags.list(state.tagsOf(rule.securityGroupRuleId())))
                .build();
    }
}
