package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.ec2.model.*;

/// Rules of security groups: authorize, revoke, describe. Every call does all of it or nothing.
final class Rules {
    private static final Query<SecurityGroupRule> QUERY =
            new Query<>(
                    "InvalidSecurityGroupRuleId.NotFound",
                    SecurityGroupRule::securityGroupRuleId,
                    Map.of(
                            "group-id", rule -> Stream.of(rule.groupId()),
                            "security-group-rule-id",
                                    rule -> Stream.of(rule.securityGroupRuleId())));

    private final State state;
    private final Ec2Tags tags;

    Rules(State state, Ec2Tags tags) {
        this.state = state;
        this.tags = tags;
    }

    AuthorizeSecurityGroupIngressResponse authorizeIngress(
            AuthorizeSecurityGroupIngressRequest request) {
        Map<String, String> wantedTags =
                tags.specified(request.tagSpecifications(), ResourceType.SECURITY_GROUP_RULE);
        List<SecurityGroupRule> added =
                authorize(request.groupId(), false, permissions(request, request.ipPermissions()));
        return AuthorizeSecurityGroupIngressResponse.builder()
                .returnValue(true)
                .securityGroupRules(tagged(added, wantedTags))
                .build();
    }

    AuthorizeSecurityGroupEgressResponse authorizeEgress(
            AuthorizeSecurityGroupEgressRequest request) {
        Map<String, String> wantedTags =
                tags.specified(request.tagSpecifications(), ResourceType.SECURITY_GROUP_RULE);
        List<SecurityGroupRule> added = authorize(request.groupId(), true, request.ipPermissions());
        return AuthorizeSecurityGroupEgressResponse.builder()
                .returnValue(true)
                .securityGroupRules(tagged(added, wantedTags))
                .build();
    }

    private List<SecurityGroupRule> tagged(
            List<SecurityGroupRule> added, Map<String, String> wantedTags) {
        added.forEach(rule -> state.tag(rule.securityGroupRuleId(), wantedTags));
        return added.stream().map(this::shown).toList();
    }

    private SecurityGroupRule shown(SecurityGroupRule rule) {
        return rule.toBuilder().tags(tags.of(rule.securityGroupRuleId())).build();
    }

    /// One IPv4 rule may also be written without a permission. Source:
    /// AuthorizeSecurityGroupIngress and RevokeSecurityGroupIngress, CidrIp, IpProtocol, FromPort,
    /// ToPort.
    private static List<IpPermission> permissions(SdkPojo request, List<IpPermission> given) {
        IpRange source = Pojo.overlay(request, IpRange.builder()).build();
        if (source.cidrIp() == null || !given.isEmpty()) {
            return given;
        }
        return List.of(Pojo.overlay(request, IpPermission.builder()).ipRanges(source).build());
    }

    private List<SecurityGroupRule> existing(String groupId, boolean egress) {
        ec2If(groupId == null, "MissingParameter", "The parameter groupId is missing");
        String id = state.securityGroup(groupId).groupId();
        return state.rules.all().stream()
                .filter(rule -> rule.groupId().equals(id) && rule.isEgress() == egress)
                .toList();
    }

    private List<SecurityGroupRule> authorize(
            String groupId, boolean egress, List<IpPermission> permissions) {
        List<SecurityGroupRule> existing = existing(groupId, egress);
        List<SecurityGroupRule> wanted = Permissions.unfold(state, permissions);
        ec2If(wanted.isEmpty(), "MissingParameter", "The parameter ipPermissions is missing");
        List<String> taken = existing.stream().map(Permissions::identity).toList();
        Set<String> asked = new HashSet<>();
        for (SecurityGroupRule rule : wanted) {
            String identity = Permissions.identity(rule);
            String twice = "The same permission must not appear multiple times";
            ec2If(!asked.add(identity), "InvalidParameterValue", twice);
            String message = "the specified rule \"" + identity + "\" already exists";
            ec2If(taken.contains(identity), "InvalidPermission.Duplicate", message);
        }
        requireWithinLimit(existing, wanted);
        return wanted.stream().map(rule -> add(state, groupId, egress, rule)).toList();
    }

    static SecurityGroupRule add(
            State state, String groupId, boolean egress, SecurityGroupRule rule) {
        String id = state.ids.ec2("sgr");
        SecurityGroupRule made =
                rule.toBuilder()
                        .securityGroupRuleId(id)
                        .groupId(groupId)
                        .groupOwnerId(State.ACCOUNT)
                        .isEgress(egress)
                        .build();
        state.rules.put(id, made);
        return made;
    }

    static void remove(State state, SecurityGroupRule rule) {
        state.rules.remove(rule.securityGroupRuleId());
        state.forget(rule.securityGroupRuleId());
    }

    /// Source: "Amazon VPC quotas", Inbound or outbound rules per security group: "enforced
    /// separately for IPv4 rules and IPv6 rules"; a referenced group or prefix list counts in both.
    private void requireWithinLimit(
            List<SecurityGroupRule> existing, List<SecurityGroupRule> wanted) {
        List<SecurityGroupRule> all = new ArrayList<>(existing);
        all.addAll(wanted);
        long v4 = all.stream().filter(rule -> rule.cidrIpv6() == null).count();
        long v6 = all.stream().filter(rule -> rule.cidrIpv4() == null).count();
        boolean over = Math.max(v4, v6) > state.settings.limit(Quota.RULES_PER_GROUP);
        String message = "The maximum number of rules per security group has been reached.";
        ec2If(over, "RulesPerSecurityGroupLimitExceeded", message);
    }

    RevokeSecurityGroupIngressResponse revokeIngress(RevokeSecurityGroupIngressRequest request) {
        List<SecurityGroupRule> existing = existing(request.groupId(), false);
        List<RevokedSecurityGroupRule> gone =
                revoke(
                        existing,
                        permissions(request, request.ipPermissions()),
                        request.securityGroupRuleIds());
        return RevokeSecurityGroupIngressResponse.builder()
                .returnValue(true)
                .revokedSecurityGroupRules(gone)
                .build();
    }

    RevokeSecurityGroupEgressResponse revokeEgress(RevokeSecurityGroupEgressRequest request) {
        List<SecurityGroupRule> existing = existing(request.groupId(), true);
        List<RevokedSecurityGroupRule> gone =
                revoke(existing, request.ipPermissions(), request.securityGroupRuleIds());
        return RevokeSecurityGroupEgressResponse.builder()
                .returnValue(true)
                .revokedSecurityGroupRules(gone)
                .build();
    }

    /// Source: RevokeSecurityGroupIngress, "if the values you specify do not match the existing
    /// rule's values ... the call fails" with InvalidPermission.NotFound in a VPC; the description
    /// need not be given.
    private List<RevokedSecurityGroupRule> revoke(
            List<SecurityGroupRule> existing, List<IpPermission> permissions, List<String> ids) {
        boolean unclear = permissions.isEmpty() == ids.isEmpty();
        ec2If(unclear, "InvalidParameterCombination", "Give either permissions or rule ids");
        Set<String> wanted = new HashSet<>();
        Permissions.unfold(state, permissions)
                .forEach(rule -> wanted.add(Permissions.identity(rule)));
        List<SecurityGroupRule> leaving =
                existing.stream()
                        .filter(rule ->
                                ids.contains(rule.securityGroupRuleId())
                                        || wanted.contains(Permissions.identity(rule)))
                        .toList();
        boolean unknownId = leaving.size() < new HashSet<>(ids).size();
        ec2If(
                unknownId,
                "InvalidSecurityGroupRuleId.NotFound",
                "A rule ID of " + ids + " does not exist");
        boolean unknown = leaving.size() < wanted.size();
        ec2If(
                unknown,
                "InvalidPermission.NotFound",
                "The specified rule does not exist in this group.");
        leaving.forEach(rule -> remove(state, rule));
        return leaving.stream().map(Rules::revoked).toList();
    }

    private static RevokedSecurityGroupRule revoked(SecurityGroupRule rule) {
        RevokedSecurityGroupRule.Builder revoked =
                Pojo.overlay(rule, RevokedSecurityGroupRule.builder());
        ReferencedSecurityGroup source = rule.referencedGroupInfo();
        return revoked.referencedGroupId(source == null ? null : source.groupId()).build();
    }

    DescribeSecurityGroupRulesResponse describe(DescribeSecurityGroupRulesRequest request) {
        List<SecurityGroupRule> found =
                QUERY.select(state, state.rules, request.securityGroupRuleIds(), request.filters());
        Page<SecurityGroupRule> page = Page.ec2(found, request.maxResults(), request.nextToken());
        List<SecurityGroupRule> shown = page.items().stream().map(this::shown).toList();
        return DescribeSecurityGroupRulesResponse.builder()
                .securityGroupRules(shown)
                .nextToken(page.next())
                .build();
    }
}
