package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.World.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.embedded.aws.AwsSettings.Quota;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.ec2.model.*;

class SecurityGroupsTest {
    private final World world = new World();
    private final String group = create("lb");

    private String create(String name) {
        return world.ec2
                .createSecurityGroup(r -> r.groupName(name).description("d").vpcId(world.vpc))
                .groupId();
    }

    private static IpPermission.Builder tcp(int port) {
        return IpPermission.builder().ipProtocol("tcp").fromPort(port).toPort(port);
    }

    private static IpPermission from(int port, String cidr) {
        return tcp(port).ipRanges(IpRange.builder().cidrIp(cidr).build()).build();
    }

    private IpPermission fromGroup(int port, String source) {
        return tcp(port)
                .userIdGroupPairs(
                        UserIdGroupPair.builder().groupId(source).description("lb").build())
                .build();
    }

    private List<SecurityGroupRule> allow(String id, IpPermission... permissions) {
        return world.ec2
                .authorizeSecurityGroupIngress(r -> r.groupId(id).ipPermissions(permissions))
                .securityGroupRules();
    }

    @ParameterizedTest
    @CsvSource({
        "lb, InvalidGroup.Duplicate",
        "LB, InvalidGroup.Duplicate",
        "default, InvalidGroup.Reserved",
        "sg-x, InvalidParameterValue",
        "a'b, InvalidParameterValue",
        "'', MissingParameter"
    })
    void refusesNames(String name, String code) {
        refused(code, () -> create(name));
    }

    @Test
    void refusesAnUnknownVpcAndTheLimit() {
        refused(
                "InvalidVpcID.NotFound",
                () ->
                        world.ec2.createSecurityGroup(
                                r -> r.groupName("x").description("d").vpcId("vpc-1")));
        world.aws.settings(AwsSettings.defaults().with(Quota.SECURITY_GROUPS, 1));
        refused("SecurityGroupLimitExceeded", () -> create("x"));
    }

    @Test
    void isBornWithEverythingAllowedOut() {
        SecurityGroup born =
                world.ec2
                        .describeSecurityGroups(r -> r.groupIds(group))
                        .securityGroups()
                        .getFirst();
        assertThat(born.ipPermissions()).isEmpty();
        assertThat(born.ipPermissionsEgress())
                .containsExactly(
                        IpPermission.builder()
                                .ipProtocol("-1")
                                .ipRanges(IpRange.builder().cidrIp("0.0.0.0/0").build())
                                .ipv6Ranges(List.of())
                                .prefixListIds(List.of())
                                .userIdGroupPairs(List.of())
                                .build());
    }

    record Bad(String name, String code, IpPermission permission) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Bad> badPermissions() {
        return Stream.of(
                new Bad(
                        "tls",
                        "InvalidParameterValue",
                        from(1, "0.0.0.0/0").toBuilder().ipProtocol("tls").build()),
                new Bad(
                        "no ports",
                        "InvalidParameterValue",
                        from(1, "0.0.0.0/0").toBuilder().toPort(null).build()),
                new Bad("port", "InvalidParameterValue", from(70_000, "0.0.0.0/0")),
                new Bad("CIDR", "InvalidParameterValue", from(1, "10.0.0.0/33")),
                new Bad("IPv6 as IPv4", "InvalidParameterValue", from(1, "::/0")),
                new Bad("no source", "MissingParameter", tcp(1).build()),
                new Bad(
                        "unknown group",
                        "InvalidGroup.NotFound",
                        tcp(1).userIdGroupPairs(UserIdGroupPair.builder().groupId("sg-1").build())
                                .build()),
                new Bad(
                        "description",
                        "InvalidParameterValue",
                        tcp(1).ipRanges(
                                        IpRange.builder()
                                                .cidrIp("0.0.0.0/0")
                                                .description("a'b")
                                                .build())
                                .build()));
    }

    @ParameterizedTest
    @MethodSource("badPermissions")
    void refusesPermissions(Bad bad) {
        String before = world.aws.dump();
        refused(bad.code(), () -> allow(group, from(2, "0.0.0.0/0"), bad.permission()));
        assertThat(world.aws.dump()).isEqualTo(before);
    }

    @Test
    void takesOneRuleWithoutAPermission() {
        String before = world.aws.dump();
        world.ec2.authorizeSecurityGroupIngress(r ->
                r.groupId(group).ipProtocol("tcp").fromPort(80).toPort(80).cidrIp("10.0.0.0/8"));
        refused("InvalidPermission.Duplicate", () -> allow(group, from(80, "10.0.0.0/8")));
        world.ec2.revokeSecurityGroupIngress(r ->
                r.groupId(group).ipProtocol("tcp").fromPort(80).toPort(80).cidrIp("10.0.0.0/8"));
        assertThat(world.aws.dump()).isEqualTo(before);
    }

    @Test
    void keepsARuleOnceWhateverItsDescription() {
        allow(group, from(80, "10.1.2.3/8"));
        refused("InvalidPermission.Duplicate", () -> allow(group, from(80, "10.0.0.0/8")));
        refused(
                "InvalidParameterValue",
                () -> allow(group, from(81, "10.0.0.0/8"), from(81, "10.1.0.0/8")));
    }

    @Test
    void foldsRulesIntoPermissions() {
        allow(group, from(80, "10.0.0.0/8"), from(81, "10.0.0.0/8"));
        allow(
                group,
                fromGroup(80, world.frontend),
                tcp(80).ipv6Ranges(Ipv6Range.builder().cidrIpv6("2001:DB8:0::/32").build())
                        .prefixListIds(PrefixListId.builder().prefixListId("pl-1").build())
                        .build());
        SecurityGroup shown =
                world.ec2
                        .describeSecurityGroups(r -> r.groupIds(group))
                        .securityGroups()
                        .getFirst();
        assertThat(shown.ipPermissions())
                .extracting(IpPermission::fromPort)
                .containsExactly(80, 81);
        IpPermission folded = shown.ipPermissions().getFirst();
        assertThat(folded.ipRanges()).extracting(IpRange::cidrIp).containsExactly("10.0.0.0/8");
        assertThat(folded.ipv6Ranges())
                .extracting(Ipv6Range::cidrIpv6)
                .containsExactly("2001:db8::/32");
        assertThat(folded.prefixListIds())
                .extracting(PrefixListId::prefixListId)
                .containsExactly("pl-1");
        assertThat(folded.userIdGroupPairs())
                .extracting(UserIdGroupPair::groupId)
                .containsExactly(world.frontend);
    }

    @Test
    void limitsRulesForEachFamilyApart() {
        world.aws.settings(AwsSettings.defaults().with(Quota.RULES_PER_GROUP, 2));
        allow(group, from(1, "10.0.0.0/8"), from(2, "10.0.0.0/8"));
        allow(group, tcp(1).ipv6Ranges(Ipv6Range.builder().cidrIpv6("::/0").build()).build());
        refused("RulesPerSecurityGroupLimitExceeded", () -> allow(group, from(3, "10.0.0.0/8")));
        refused(
                "RulesPerSecurityGroupLimitExceeded",
                () -> allow(group, fromGroup(3, world.frontend)));
    }

    @Test
    void revokesByPermissionOrId() {
        List<SecurityGroupRule> added =
                allow(group, from(80, "10.0.0.0/8"), from(81, "10.0.0.0/8"));
        String id = added.getLast().securityGroupRuleId();
        world.ec2.revokeSecurityGroupIngress(
                r -> r.groupId(group).ipPermissions(from(80, "10.0.0.0/8")));
        world.ec2.revokeSecurityGroupIngress(r -> r.groupId(group).securityGroupRuleIds(id));
        refused(
                "InvalidPermission.NotFound",
                () ->
                        world.ec2.revokeSecurityGroupIngress(
                                r -> r.groupId(group).ipPermissions(from(80, "10.0.0.0/8"))));
        refused(
                "InvalidSecurityGroupRuleId.NotFound",
                () ->
                        world.ec2.revokeSecurityGroupIngress(
                                r -> r.groupId(group).securityGroupRuleIds(id)));
        refused(
                "InvalidPermission.NotFound",
                () ->
                        world.ec2.revokeSecurityGroupEgress(
                                r -> r.groupId(group).ipPermissions(from(80, "10.0.0.0/8"))));
    }

    @Test
    void describesRulesWithTheirTags() {
        Tag owner = Tag.builder().key("origo.dev/owner").value("1").build();
        TagSpecification tags =
                TagSpecification.builder()
                        .resourceType(ResourceType.SECURITY_GROUP_RULE)
                        .tags(owner)
                        .build();
        world.ec2.authorizeSecurityGroupIngress(r ->
                r.groupId(group).ipPermissions(from(80, "10.0.0.0/8")).tagSpecifications(tags));
        Filter ofGroup = Filter.builder().name("group-id").values(group).build();
        assertThat(
                        world.ec2
                                .describeSecurityGroupRules(r -> r.filters(ofGroup))
                                .securityGroupRules())
                .extracting(rule -> rule.isEgress() + " " + rule.tags().size())
                .containsExactly("true 0", "false 1");
        assertThat(world.aws.tagged("origo.dev/")).hasSize(1);
    }

    @Test
    void findsGroupsByFilters() {
        allow(world.nodes, fromGroup(80, group));
        record Row(String name, String value, List<String> found) {}
        List<Row> rows =
                List.of(
                        new Row("group-name", "l?", List.of(group)),
                        new Row("vpc-id", "vpc-*", List.of(group, world.nodes)),
                        new Row("ip-permission.group-id", group, List.of(world.nodes)),
                        new Row("tag:no", "*", List.of()));
        for (Row row : rows) {
            Filter filter = Filter.builder().name(row.name()).values(row.value()).build();
            assertThat(world.ec2.describeSecurityGroups(r -> r.filters(filter)).securityGroups())
                    .as(row.name())
                    .extracting(SecurityGroup::groupId)
                    .containsAll(row.found())
                    .satisfies(ids -> assertThat(ids.isEmpty()).isEqualTo(row.found().isEmpty()));
        }
        Filter unknown = Filter.builder().name("colour").values("red").build();
        refused(
                "InvalidParameterValue",
                () -> world.ec2.describeSecurityGroups(r -> r.filters(unknown)));
        refused(
                "InvalidGroup.NotFound",
                () -> world.ec2.describeSecurityGroups(r -> r.groupIds("sg-1")));
    }

    @Test
    void staysWhileAnotherGroupRefersToIt() {
        allow(world.nodes, fromGroup(80, group));
        refused("DependencyViolation", () -> world.ec2.deleteSecurityGroup(r -> r.groupId(group)));
        world.ec2.revokeSecurityGroupIngress(
                r -> r.groupId(world.nodes).ipPermissions(fromGroup(80, group)));
        allow(group, fromGroup(80, group));
        world.ec2.deleteSecurityGroup(r -> r.groupId(group));
        refused(
                "InvalidGroup.NotFound",
                () -> world.ec2.deleteSecurityGroup(r -> r.groupId(group)));
    }

    @Test
    void staysForAWhileAfterItsLoadBalancer() {
        world.aws.settings(AwsSettings.defaults().with(Delay.GROUP_RELEASE, Duration.ofMinutes(2)));
        String balancer = world.balancer("web").loadBalancerArn();
        refused(
                "DependencyViolation",
                () -> world.ec2.deleteSecurityGroup(r -> r.groupId(world.frontend)));
        world.elb.deleteLoadBalancer(r -> r.loadBalancerArn(balancer));
        refused(
                "DependencyViolation",
                () -> world.ec2.deleteSecurityGroup(r -> r.groupId(world.frontend)));
        world.pass(Duration.ofMinutes(2));
        world.ec2.deleteSecurityGroup(r -> r.groupId(world.frontend));
    }

    @Test
    void staysOnItsInstances() {
        refused(
                "DependencyViolation",
                () -> world.ec2.deleteSecurityGroup(r -> r.groupId(world.nodes)));
        assertThat(world.setup.securityGroup(world.vpc, "x", Map.of("a", "b"))).startsWith("sg-0");
    }
}
