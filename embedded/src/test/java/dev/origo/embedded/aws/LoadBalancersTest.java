package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.World.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.embedded.aws.AwsSettings.Quota;
import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

class LoadBalancersTest {
    private final World world = new World();

    record Refusal(
            String name, String code, BiConsumer<World, CreateLoadBalancerRequest.Builder> change) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Refusal> refusals() {
        return Stream.of(subnetRefusals(), groupRefusals(), addressRefusals(), tagRefusals())
                .flatMap(rows -> rows);
    }

    private static Stream<Refusal> subnetRefusals() {
        return Stream.of(
                new Refusal("unknown subnet", "SubnetNotFound", (_, r) -> r.subnets("subnet-1")),
                new Refusal("no subnet", "ValidationError", (_, r) -> r.subnets(List.of())),
                new Refusal(
                        "one zone twice",
                        "InvalidConfigurationRequest",
                        (w, r) -> {
                            String twin =
                                    w.setup.subnet(
                                            SubnetSpec.of(w.vpc, "eu-west-1a", "10.0.9.0/24"));
                            r.subnets(w.subnetA, twin);
                        }),
                new Refusal(
                        "two VPCs",
                        "InvalidConfigurationRequest",
                        (w, r) -> {
                            String far =
                                    w.setup.subnet(
                                            SubnetSpec.of(
                                                    w.setup.vpc("10.1.0.0/16"),
                                                    "eu-west-1b",
                                                    "10.1.1.0/24"));
                            r.subnets(w.subnetA, far);
                        }),
                new Refusal(
                        "too few free addresses",
                        "InvalidSubnet",
                        (w, r) ->
                                r.subnets(
                                        w.setup.subnet(
                                                SubnetSpec.of(
                                                        w.vpc, "eu-west-1c", "10.0.9.0/29")))),
                new Refusal(
                        "no internet gateway",
                        "InvalidSubnet",
                        (w, r) -> {
                            String vpc = w.setup.vpc("10.1.0.0/16");
                            r.subnets(
                                    w.setup.subnet(
                                            SubnetSpec.of(vpc, "eu-west-1a", "10.1.1.0/24")));
                        }));
    }

    private static Stream<Refusal> groupRefusals() {
        return Stream.of(
                new Refusal(
                        "unknown security group",
                        "InvalidSecurityGroup",
                        (_, r) -> r.securityGroups("sg-1")),
                new Refusal(
                        "group of another VPC",
                        "InvalidSecurityGroup",
                        (w, r) ->
                                r.securityGroups(
                                        w.setup.securityGroup(
                                                w.setup.vpc("10.1.0.0/16"), "far", Map.of()))),
                new Refusal(
                        "six security groups",
                        "InvalidConfigurationRequest",
                        (w, r) -> r.securityGroups(java.util.Collections.nCopies(6, w.frontend))),
                new Refusal(
                        "dualstack without IPv6",
                        "InvalidConfigurationRequest",
                        (_, r) -> r.ipAddressType(IpAddressType.DUALSTACK)),
                new Refusal(
                        "ALB in one zone",
                        "ValidationError",
                        (_, r) -> r.type(LoadBalancerTypeEnum.APPLICATION)));
    }

    private static Stream<Refusal> addressRefusals() {
        return Stream.of(
                new Refusal(
                        "unknown Elastic IP",
                        "AllocationIdNotFound",
                        (w, r) ->
                                r.subnets(List.of())
                                        .subnetMappings(
                                                mapping(w).allocationId("eipalloc-1").build())),
                new Refusal(
                        "Elastic IP inside",
                        "InvalidConfigurationRequest",
                        (w, r) ->
                                r.scheme(LoadBalancerSchemeEnum.INTERNAL)
                                        .subnets(List.of())
                                        .subnetMappings(
                                                mapping(w)
                                                        .allocationId(w.setup.elasticIp(Map.of()))
                                                        .build())),
                new Refusal(
                        "private address outside the subnet",
                        "InvalidConfigurationRequest",
                        (w, r) ->
                                r.scheme(LoadBalancerSchemeEnum.INTERNAL)
                                        .subnets(List.of())
                                        .subnetMappings(
                                                mapping(w)
                                                        .privateIPv4Address("10.0.2.9")
                                                        .build())));
    }

    private static Stream<Refusal> tagRefusals() {
        return Stream.of(
                new Refusal("odd scheme", "InvalidScheme", (_, r) -> r.scheme("sideways")),
                new Refusal("odd family", "ValidationError", (_, r) -> r.ipAddressType("ipv5")),
                new Refusal("odd tag", "ValidationError", (_, r) -> r.tags(tag("<a>", "1"))),
                new Refusal("tag of AWS", "ValidationError", (_, r) -> r.tags(tag("aws:x", "1"))),
                new Refusal(
                        "tag twice",
                        "DuplicateTagKeys",
                        (_, r) -> r.tags(tag("a", "1"), tag("a", "2"))),
                new Refusal(
                        "quota",
                        "TooManyLoadBalancers",
                        (w, _) ->
                                w.aws.settings(
                                        AwsSettings.defaults().with(Quota.LOAD_BALANCERS, 0))));
    }

    private static SubnetMapping.Builder mapping(World world) {
        return SubnetMapping.builder().subnetId(world.subnetA);
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesWhatDoesNotFit(Refusal refusal) {
        String before = world.aws.dump();
        CreateLoadBalancerRequest.Builder request = world.balancerRequest("web");
        refusal.change().accept(world, request);
        refused(refusal.code(), () -> world.elb.createLoadBalancer(request.build()));
        assertThat(world.aws.counts()).doesNotContainKey("load-balancer");
        assertThat(before).doesNotContain("load-balancer ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-web",
                "web-",
                "we_b",
                "internal-web",
                "a23456789012345678901234567890123"
            })
    void refusesBadNames(String name) {
        refused("ValidationError", () -> world.balancer(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "web-1", "a2345678901234567890123456789012"})
    void acceptsGoodNames(String name) {
        assertThat(world.balancer(name).loadBalancerName()).isEqualTo(name);
    }

    @Test
    void answersTheSameBalancerForTheSameSettings() {
        assertThat(world.balancer("web")).isEqualTo(world.balancer("web"));
        assertThat(world.aws.counts()).containsEntry("load-balancer", 1);
    }

    @Test
    void refusesAUsedNameWithOtherSettings() {
        world.balancer("web");
        refused(
                "DuplicateLoadBalancerName",
                () ->
                        world.elb.createLoadBalancer(
                                world.balancerRequest("web")
                                        .scheme(LoadBalancerSchemeEnum.INTERNAL)
                                        .build()));
        refused(
                "DuplicateLoadBalancerName",
                () ->
                        world.elb.createLoadBalancer(
                                world.balancerRequest("web").tags(tag("a", "1")).build()));
    }

    @Test
    void makesTwinsWhenSloppy() {
        world.aws.settings(AwsSettings.defaults().asSloppy());
        assertThat(world.balancer("web")).isNotEqualTo(world.balancer("web"));
    }

    @Test
    void isProvisioningUntilTheDelayIsOver() {
        world.aws.settings(AwsSettings.defaults().with(Delay.PROVISIONING, Duration.ofSeconds(90)));
        assertThat(world.balancer("web").state().code())
                .isEqualTo(LoadBalancerStateEnum.PROVISIONING);
        world.pass(Duration.ofSeconds(90));
        assertThat(described().getFirst().state().code()).isEqualTo(LoadBalancerStateEnum.ACTIVE);
    }

    private List<LoadBalancer> described() {
        return world.elb.describeLoadBalancers().loadBalancers();
    }

    @Test
    void hidesNewBalancersFromListsForTheLag() {
        world.aws.settings(AwsSettings.defaults().with(Delay.LIST_LAG, Duration.ofSeconds(2)));
        world.balancer("web");
        assertThat(described()).isEmpty();
        world.pass(Duration.ofSeconds(2));
        assertThat(described()).hasSize(1);
    }

    @Test
    void pagesInTheOrderOfCreation() {
        List.of("c", "a", "b").forEach(world::balancer);
        assertThat(world.elb.describeLoadBalancersPaginator(r -> r.pageSize(2)).loadBalancers())
                .extracting(LoadBalancer::loadBalancerName)
                .containsExactly("c", "a", "b");
        refused("ValidationError", () -> world.elb.describeLoadBalancers(r -> r.marker("x")));
    }

    @Test
    void missesNamesAndArns() {
        world.balancer("web");
        refused(
                "LoadBalancerNotFound",
                () -> world.elb.describeLoadBalancers(r -> r.names("web", "no")));
        refused(
                "LoadBalancerNotFound",
                () -> world.elb.describeLoadBalancers(r -> r.loadBalancerArns("no")));
    }

    @Test
    void deletesTwiceButNotUnderProtection() {
        String arn = world.balancer("web").loadBalancerArn();
        protect(arn, "true");
        refused(
                "OperationNotPermitted",
                () -> world.elb.deleteLoadBalancer(r -> r.loadBalancerArn(arn)));
        protect(arn, "false");
        world.elb.deleteLoadBalancer(r -> r.loadBalancerArn(arn));
        world.elb.deleteLoadBalancer(r -> r.loadBalancerArn(arn));
        assertThat(described()).isEmpty();
    }

    private void protect(String arn, String value) {
        LoadBalancerAttribute attribute =
                LoadBalancerAttribute.builder()
                        .key("deletion_protection.enabled")
                        .value(value)
                        .build();
        world.elb.modifyLoadBalancerAttributes(r -> r.loadBalancerArn(arn).attributes(attribute));
    }

    @Test
    void changesSecurityGroupsOnlyOfABalancerBornWithSome() {
        String bare =
                world.elb
                        .createLoadBalancer(
                                world.balancerRequest("bare").securityGroups(List.of()).build())
                        .loadBalancers()
                        .getFirst()
                        .loadBalancerArn();
        refused(
                "InvalidConfigurationRequest",
                () ->
                        world.elb.setSecurityGroups(
                                r -> r.loadBalancerArn(bare).securityGroups(world.frontend)));
        String web = world.balancer("web").loadBalancerArn();
        world.elb.setSecurityGroups(r -> r.loadBalancerArn(web).securityGroups(world.nodes));
        assertThat(described().getLast().securityGroups()).containsExactly(world.nodes);
    }

    @Test
    void movesToOtherSubnets() {
        String web = world.balancer("web").loadBalancerArn();
        assertThat(
                        world.elb
                                .setSubnets(r ->
                                        r.loadBalancerArn(web)
                                                .subnets(world.subnetA, world.subnetB))
                                .availabilityZones())
                .extracting(AvailabilityZone::zoneName)
                .containsExactly("eu-west-1a", "eu-west-1b");
    }

    @Test
    void givesAnElasticIpToOneBalancer() {
        String ip = world.setup.elasticIp(Map.of());
        CreateLoadBalancerRequest.Builder request =
                world.balancerRequest("web")
                        .subnets(List.of())
                        .subnetMappings(mapping(world).allocationId(ip).build());
        assertThat(
                        world.elb
                                .createLoadBalancer(request.build())
                                .loadBalancers()
                                .getFirst()
                                .availabilityZones()
                                .getFirst()
                                .loadBalancerAddresses())
                .extracting(LoadBalancerAddress::ipAddress)
                .containsExactly("203.0.113.1");
        refused("ResourceInUse", () -> world.elb.createLoadBalancer(request.name("web2").build()));
    }

    @Test
    void givesAnAlbTheDefaultGroupAndAName() {
        LoadBalancer alb =
                world.elb
                        .createLoadBalancer(
                                r -> r.name("alb").subnets(world.subnetA, world.subnetB))
                        .loadBalancers()
                        .getFirst();
        assertThat(alb.loadBalancerArn()).contains(":loadbalancer/app/alb/");
        assertThat(alb.dnsName()).matches("alb-\\d+\\.eu-west-1\\.elb\\.amazonaws\\.com");
        assertThat(alb.securityGroups()).hasSize(1);
        assertThat(world.balancer("nlb").dnsName())
                .matches("nlb-[0-9a-f]{16}\\.elb\\.eu-west-1\\.amazonaws\\.com");
    }
}
