package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.*;

/// Permissions, as calls write them, and rules, as EC2 keeps them: one rule for each source of a
/// permission.
final class Permissions {
    /// Source: EC2 stores the numbers of these protocols by name.
    private static final Map<String, String> NUMBERED =
            Map.of("1", "icmp", "6", "tcp", "17", "udp", "58", "icmpv6");

    private Permissions() {}

    /// One rule without ids for each source in the permissions, in their order. Source:
    /// IpPermission, the fields.
    static List<SecurityGroupRule> unfold(State state, List<IpPermission> permissions) {
        List<SecurityGroupRule> rules = new ArrayList<>();
        for (IpPermission permission : permissions) {
            int before = rules.size();
            SecurityGroupRule base = base(permission);
            for (IpRange range : permission.ipRanges()) {
                rules.add(
                        described(
                                base.toBuilder().cidrIpv4(cidr(range.cidrIp(), 32)),
                                range.description()));
            }
            for (Ipv6Range range : permission.ipv6Ranges()) {
                rules.add(
                        described(
                                base.toBuilder().cidrIpv6(cidr(range.cidrIpv6(), 128)),
                                range.description()));
            }
            for (PrefixListId list : permission.prefixListIds()) {
                rules.add(
                        described(
                                base.toBuilder().prefixListId(list.prefixListId()),
                                list.description()));
            }
            for (UserIdGroupPair pair : permission.userIdGroupPairs()) {
                String group = state.securityGroup(String.valueOf(pair.groupId())).groupId();
                ReferencedSecurityGroup source =
                        ReferencedSecurityGroup.builder()
                                .groupId(group)
                                .userId(State.ACCOUNT)
                                .build();
                rules.add(
                        described(
                                base.toBuilder().referencedGroupInfo(source), pair.description()));
            }
            ec2If(rules.size() == before, "MissingParameter", "A permission needs a source");
        }
        return rules;
    }

    private static SecurityGroupRule described(
            SecurityGroupRule.Builder rule, @Nullable String description) {
        SecurityGroups.requireText(description);
        return rule.description(description).build();
    }

    private static SecurityGroupRule base(IpPermission permission) {
        String named = String.valueOf(permission.ipProtocol()).toLowerCase(Locale.ROOT);
        String protocol = NUMBERED.getOrDefault(named, named);
        boolean known =
                Set.of("tcp", "udp", "icmp", "icmpv6", "-1").contains(protocol)
                        || protocol.matches("\\d{1,3}");
        ec2If(!known, "InvalidParameterValue", "Unknown IP protocol '" + named + "'");
        Integer from = permission.fromPort();
        Integer to = permission.toPort();
        boolean ports = protocol.equals("tcp") || protocol.equals("udp");
        boolean wrong =
                ports && (from == null || to == null || from < 0 || to > 65_535 || from > to);
        ec2If(wrong, "InvalidParameterValue", "Invalid port range (" + from + "," + to + ")");
        boolean all = protocol.equals("-1");
        return SecurityGroupRule.builder()
                .ipProtocol(protocol)
                .fromPort(all || from == null ? Integer.valueOf(-1) : from)
                .toPort(all || to == null ? Integer.valueOf(-1) : to)
                .build();
    }

    private static String cidr(String text, int familyBits) {
        return Cidrs.canonical(String.valueOf(text), familyBits)
                .orElseThrow(() ->
                        Faults.ec2(
                                "InvalidParameterValue", "CIDR block " + text + " is malformed"));
    }

    /// What makes two rules of a group the same. Descriptions don't count. Source:
    /// AuthorizeSecurityGroupIngress, InvalidPermission.Duplicate.
    static String identity(SecurityGroupRule rule) {
        return Pojo.text(
                rule,
                "IpProtocol FromPort ToPort CidrIpv4 CidrIpv6 PrefixListId ReferencedGroupInfo");
    }

    /// The permissions of a group as DescribeSecurityGroups shows them: one for each protocol and
    /// port range, in the order of their first rule.
    static List<IpPermission> fold(Stream<SecurityGroupRule> rules) {
        Map<String, List<SecurityGroupRule>> byPorts = new LinkedHashMap<>();
        rules.forEach(rule ->
                byPorts.computeIfAbsent(
                                Pojo.text(rule, "IpProtocol FromPort ToPort"),
                                _ -> new ArrayList<>())
                        .add(rule));
        return byPorts.values().stream().map(Permissions::permission).toList();
    }

    private static IpPermission permission(List<SecurityGroupRule> rules) {
        SecurityGroupRule first = rules.getFirst();
        IpPermission.Builder folded = IpPermission.builder().ipProtocol(first.ipProtocol());
        if (!first.ipProtocol().equals("-1")) {
            folded.fromPort(first.fromPort()).toPort(first.toPort());
        }
        return folded.ipRanges(
                        sources(
                                rules,
                                SecurityGroupRule::cidrIpv4,
                                (cidr, text) ->
                                        IpRange.builder().cidrIp(cidr).description(text).build()))
                .ipv6Ranges(
                        sources(
                                rules,
                                SecurityGroupRule::cidrIpv6,
                                (cidr, text) ->
                                        Ipv6Range.builder()
                                                .cidrIpv6(cidr)
                                                .description(text)
                                                .build()))
                .prefixListIds(
                        sources(
                                rules,
                                SecurityGroupRule::prefixListId,
                                (id, text) ->
                                        PrefixListId.builder()
                                                .prefixListId(id)
                                                .description(text)
                                                .build()))
                .userIdGroupPairs(
                        sources(
                                rules,
                                SecurityGroupRule::referencedGroupInfo,
                                (group, text) ->
                                        Pojo.overlay(group, UserIdGroupPair.builder())
                                                .description(text)
                                                .build()))
                .build();
    }

    private static <S, T> List<T> sources(
            List<SecurityGroupRule> rules,
            Function<SecurityGroupRule, S> source,
            BiFunction<S, String, T> make) {
        return rules.stream()
                .filter(rule -> source.apply(rule) != null)
                .map(rule -> make.apply(source.apply(rule), rule.description()))
                .toList();
    }
}
