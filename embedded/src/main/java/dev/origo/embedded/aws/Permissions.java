package dev.origo.embedded.aws;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.*;

/// Permissions, as calls write them, and rules, as EC2 keeps them: one rule for each source of a
/// permission.
final class Permissions {
    private static final Map<String, String> NUMBERED =
            Map.of("1", "icmp", "6", "tcp", "17", "udp", "58", "icmpv6");

    private Permissions() {}

    /// One rule without ids for each source in the permissions, in their order. Source:
    /// IpPermission, the fields.
    static List<SecurityGroupRule> unfold(State state, List<IpPermission> permissions) {
        List<SecurityGroupRule> rules = new ArrayList<>();
        for (IpPermission permission : permissions) {
            SecurityGroupRule base = base(permission);
            List<SecurityGroupRule> some = new ArrayList<>();
            permission
                    .ipRanges()
                    .forEach(range ->
                            some.add(
                                    base.toBuilder()
                                            .cidrIpv4(cidr(range.cidrIp(), 32))
                                            .description(range.description())
                                            .build()));
            permission
                    .ipv6Ranges()
                    .forEach(range ->
                            some.add(
                                    base.toBuilder()
                                            .cidrIpv6(cidr(range.cidrIpv6(), 128))
                                            .description(range.description())
                                            .build()));
            permission
                    .prefixListIds()
                    .forEach(list ->
                            some.add(
                                    base.toBuilder()
                                            .prefixListId(list.prefixListId())
                                            .description(list.description())
                                            .build()));
            permission
                    .userIdGroupPairs()
                    .forEach(pair ->
                            some.add(
                                    base.toBuilder()
                                            .referencedGroupInfo(reference(state, pair))
                                            .description(pair.description())
                                            .build()));
            if (some.isEmpty()) {
                throw Faults.ec2(
                        "MissingParameter",
                        "A permission needs a CIDR block, a prefix list or a source group");
            }
            rules.addAll(some);
        }
        for (SecurityGroupRule rule : rules) {
            if (rule.description() != null
                    && !SecurityGroups.TEXT.matcher(rule.description()).matches()) {
                throw Faults.ec2(
                        "InvalidParameterValue",
                        "Invalid rule description '%s'".formatted(rule.description()));
            }
        }
        return rules;
    }

    private static SecurityGroupRule base(IpPermission permission) {
        String named = String.valueOf(permission.ipProtocol()).toLowerCase(Locale.ROOT);
        String protocol = NUMBERED.getOrDefault(named, named);
        if (!Set.of("tcp", "udp", "icmp", "icmpv6", "-1").contains(protocol)
                && !protocol.matches("\\d{1,3}")) {
            throw Faults.ec2(
                    "InvalidParameterValue",
                    "Invalid value '%s' for IP protocol. Unknown protocol."
                            .formatted(permission.ipProtocol()));
        }
        if (protocol.equals("-1")) {
            return SecurityGroupRule.builder().ipProtocol("-1").fromPort(-1).toPort(-1).build();
        }
        Integer from = permission.fromPort();
        Integer to = permission.toPort();
        boolean ports = protocol.equals("tcp") || protocol.equals("udp");
        if (ports && (from == null || to == null || from < 0 || to > 65_535 || from > to)) {
            throw Faults.ec2(
                    "InvalidParameterValue",
                    "Invalid %s port range (%s, %s)".formatted(protocol, from, to));
        }
        return SecurityGroupRule.builder()
                .ipProtocol(protocol)
                .fromPort(from == null ? -1 : from)
                .toPort(to == null ? -1 : to)
                .build();
    }

    private static String cidr(String text, int familyBits) {
        return Cidrs.canonical(String.valueOf(text), familyBits)
                .orElseThrow(() ->
                        Faults.ec2(
                                "InvalidParameterValue",
                                "CIDR block %s is malformed".formatted(text)));
    }

    private static ReferencedSecurityGroup reference(State state, UserIdGroupPair pair) {
        if (pair.groupId() == null) {
            throw Faults.ec2("MissingParameter", "A source group in a VPC is named by its id");
        }
        SecurityGroups.find(state, pair.groupId());
        return ReferencedSecurityGroup.builder()
                .groupId(pair.groupId())
                .userId(State.ACCOUNT)
                .build();
    }

    /// What makes two rules the same. Descriptions don't count. Source:
    /// AuthorizeSecurityGroupIngress, InvalidPermission.Duplicate.
    static SecurityGroupRule identity(SecurityGroupRule rule) {
        return SecurityGroupRule.builder()
                .ipProtocol(rule.ipProtocol())
                .fromPort(rule.fromPort())
                .toPort(rule.toPort())
                .cidrIpv4(rule.cidrIpv4())
                .cidrIpv6(rule.cidrIpv6())
                .prefixListId(rule.prefixListId())
                .referencedGroupInfo(rule.referencedGroupInfo())
                .build();
    }

    /// The permissions of a group as DescribeSecurityGroups shows them: one for each protocol and
    /// port range, in the order of their first rule.
    static List<IpPermission> fold(Stream<SecurityGroupRule> rules) {
        Map<List<Object>, List<SecurityGroupRule>> byPorts = new LinkedHashMap<>();
        rules.forEach(rule ->
                byPorts.computeIfAbsent(
                                List.of(rule.ipProtocol(), rule.fromPort(), rule.toPort()),
                                _ -> new ArrayList<>())
                        .add(rule));
        return byPorts.values().stream().map(Permissions::permission).toList();
    }

    private static IpPermission permission(List<SecurityGroupRule> rules) {
        SecurityGroupRule first = rules.getFirst();
        boolean all = first.ipProtocol().equals("-1");
        return IpPermission.builder()
                .ipProtocol(first.ipProtocol())
                .fromPort(all ? null : first.fromPort())
                .toPort(all ? null : first.toPort())
                .ipRanges(
                        some(rules, rule -> rule.cidrIpv4() != null)
                                .map(rule ->
                                        IpRange.builder()
                                                .cidrIp(rule.cidrIpv4())
                                                .description(rule.description())
                                                .build())
                                .toList())
                .ipv6Ranges(
                        some(rules, rule -> rule.cidrIpv6() != null)
                                .map(rule ->
                                        Ipv6Range.builder()
                                                .cidrIpv6(rule.cidrIpv6())
                                                .description(rule.description())
                                                .build())
                                .toList())
                .prefixListIds(
                        some(rules, rule -> rule.prefixListId() != null)
                                .map(rule ->
                                        PrefixListId.builder()
                                                .prefixListId(rule.prefixListId())
                                                .description(rule.description())
                                                .build())
                                .toList())
                .userIdGroupPairs(
                        some(rules, rule -> rule.referencedGroupInfo() != null)
                                .map(rule ->
                                        UserIdGroupPair.builder()
                                                .groupId(rule.referencedGroupInfo().groupId())
                                                .userId(rule.referencedGroupInfo().userId())
                                                .description(rule.description())
                                                .build())
                                .toList())
                .build();
    }

    private static Stream<SecurityGroupRule> some(
            List<SecurityGroupRule> rules, Predicate<SecurityGroupRule> wanted) {
        return rules.stream().filter(wanted);
    }
}
