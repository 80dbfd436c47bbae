package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.World.refused;
import static dev.origo.embedded.aws.World.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.embedded.aws.AwsSettings.Quota;
import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

class TargetsTest {
    private final World world = new World();
    private final LoadBalancer balancer = world.balancer("web");
    private final String group = world.group("web");

    record Bad(String name, Function<World, String> id) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Bad> badInstances() {
        return Stream.of(
                new Bad("unknown", _ -> "i-0123456789abcdef0"),
                new Bad("an address", _ -> "10.0.1.4"),
                new Bad(
                        "of another VPC",
                        world -> {
                            String vpc = world.setup.vpc("10.1.0.0/16");
                            String subnet =
                                    world.setup.subnet(
                                            SubnetSpec.of(vpc, "eu-west-1a", "10.1.1.0/24"));
                            return world.setup.instance(subnet, List.of(), Map.of());
                        }),
                new Bad(
                        "stopped",
                        world ->
                                world.setup.instanceState(world.nodeB, InstanceStateName.STOPPED)));
    }

    @ParameterizedTest
    @MethodSource("badInstances")
    void refusesTheWholeCallForABadInstance(Bad bad) {
        String id = bad.id().apply(world);
        refused("InvalidTarget", () -> world.register(group, world.nodeA, id));
        assertThat(world.health(group)).isEmpty();
    }

    /// Source: RegisterTargets, AvailabilityZone; CreateTargetGroup, TargetType `ip`.
    @ParameterizedTest
    @CsvSource({
        "10.0.1.77, , ''", "10.9.9.9, all, ''", "100.64.1.1, all, ''",
        "10.9.9.9, , InvalidTarget", "8.8.8.8, all, InvalidTarget",
                "i-0123456789abcdef0, , InvalidTarget"
    })
    void takesAddressesInsideTheVpcOrPrivateOnes(String ip, String zone, String code) {
        String ips =
                world.elb
                        .createTargetGroup(
                                world.groupRequest("ips").targetType(TargetTypeEnum.IP).build())
                        .targetGroups()
                        .getFirst()
                        .targetGroupArn();
        TargetDescription target =
                TargetDescription.builder().id(ip).availabilityZone(zone).build();
        if (!code.isEmpty()) {
            refused(
                    code,
                    () -> world.elb.registerTargets(r -> r.targetGroupArn(ips).targets(target)));
            return;
        }
        world.elb.registerTargets(r -> r.targetGroupArn(ips).targets(target));
        world.listener(balancer, 80, ips);
        assertThat(world.health(ips)).containsExactly("healthy");
        assertThat(
                        world.elb
                                .describeTargetHealth(r -> r.targetGroupArn(ips))
                                .targetHealthDescriptions()
                                .getFirst()
                                .target()
                                .availabilityZone())
                .isEqualTo(zone == null ? "eu-west-1a" : zone);
    }

    @Test
    void isUnusedWithoutAListener() {
        world.register(group, world.nodeA);
        assertThat(world.health(group)).containsExactly("unused Target.NotInUse");
    }

    @Test
    void isUnusedInAZoneThatTheBalancerDoesNotServe() {
        world.listener(balancer, 80, group);
        world.register(group, world.nodeA, world.nodeB);
        assertThat(world.health(group)).containsExactly("healthy", "unused Target.NotInUse");
    }

    @Test
    void isInitialFromTheListenerOn() {
        world.aws.settings(AwsSettings.defaults().with(Delay.REGISTERING, Duration.ofSeconds(60)));
        world.register(group, world.nodeA);
        world.pass(Duration.ofSeconds(60));
        world.listener(balancer, 80, group);
        assertThat(world.health(group)).containsExactly("initial Elb.RegistrationInProgress");
        world.pass(Duration.ofSeconds(60));
        assertThat(world.health(group)).containsExactly("healthy");
    }

    @Test
    void isAsHealthyAsTheCheckSays() {
        world.listener(balancer, 80, group);
        world.register(group, world.nodeA);
        world.aws.health((checked, target) ->
                checked.targetGroupName().equals("web") && target.port() == 30_080
                        ? HealthFunction.FAILED
                        : HealthFunction.HEALTHY);
        assertThat(world.health(group)).containsExactly("unhealthy Target.FailedHealthChecks");
    }

    @Test
    void isUnusedWhenStopped() {
        world.listener(balancer, 80, group);
        world.register(group, world.nodeA);
        world.setup.instanceState(world.nodeA, InstanceStateName.STOPPED);
        assertThat(world.health(group)).containsExactly("unused Target.InvalidState");
    }

    @Test
    void drainsForTheDeregistrationDelay() {
        world.listener(balancer, 80, group);
        world.register(group, world.nodeA);
        world.elb.deregisterTargets(r -> r.targetGroupArn(group).targets(targets(world.nodeA)));
        world.pass(Duration.ofSeconds(299));
        assertThat(world.health(group)).containsExactly("draining Target.DeregistrationInProgress");
        assertThat(world.aws.dump()).contains("target web " + world.nodeA + ":30080 draining\n");
        world.pass(Duration.ofSeconds(1));
        assertThat(world.health(group)).isEmpty();
    }

    @Test
    void comesBackWhileDraining() {
        world.listener(balancer, 80, group);
        world.register(group, world.nodeA);
        world.elb.deregisterTargets(r -> r.targetGroupArn(group).targets(targets(world.nodeA)));
        world.register(group, world.nodeA);
        assertThat(world.health(group)).containsExactly("healthy");
    }

    @Test
    void leavesAtOnceWithoutAListenerAndForgivesStrangers() {
        world.register(group, world.nodeA);
        world.elb.deregisterTargets(
                r -> r.targetGroupArn(group).targets(targets(world.nodeA, world.nodeB)));
        assertThat(world.health(group)).isEmpty();
    }

    @Test
    void saysOfAStrangerThatItIsNotRegistered() {
        assertThat(
                        world.elb
                                .describeTargetHealth(
                                        r -> r.targetGroupArn(group).targets(targets(world.nodeA)))
                                .targetHealthDescriptions()
                                .getFirst()
                                .targetHealth()
                                .reason())
                .isEqualTo(TargetHealthReasonEnum.TARGET_NOT_REGISTERED);
    }

    @Test
    void keepsOneIdOnSeveralPorts() {
        TargetDescription second = TargetDescription.builder().id(world.nodeA).port(9).build();
        world.register(group, world.nodeA);
        world.elb.registerTargets(r -> r.targetGroupArn(group).targets(second));
        assertThat(world.aws.counts()).containsEntry("target", 2);
        world.elb.deregisterTargets(r -> r.targetGroupArn(group).targets(second));
        assertThat(world.aws.counts()).containsEntry("target", 1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Quota.class,
            names = {"TARGETS_PER_GROUP", "TARGETS_PER_ZONE", "TARGETS_PER_LOAD_BALANCER"})
    void hasQuotasThatDrainingTargetsDoNotFill(Quota quota) {
        world.aws.settings(AwsSettings.defaults().with(quota, 1));
        String more = world.setup.instance(world.subnetA, List.of(), Map.of());
        world.listener(balancer, 80, group);
        world.register(group, world.nodeA);
        refused("TooManyTargets", () -> world.register(group, more));
        world.elb.deregisterTargets(r -> r.targetGroupArn(group).targets(targets(world.nodeA)));
        world.register(group, more);
        assertThat(world.health(group))
                .containsExactly("draining Target.DeregistrationInProgress", "healthy");
    }

    @Test
    void countsEveryTargetInEveryZoneWithCrossZone() {
        LoadBalancerAttribute on =
                LoadBalancerAttribute.builder()
                        .key("load_balancing.cross_zone.enabled")
                        .value("true")
                        .build();
        world.elb.modifyLoadBalancerAttributes(
                r -> r.loadBalancerArn(balancer.loadBalancerArn()).attributes(on));
        world.aws.settings(AwsSettings.defaults().with(Quota.TARGETS_PER_ZONE, 1));
        world.listener(balancer, 80, group);
        refused("TooManyTargets", () -> world.register(group, world.nodeA, world.nodeB));
    }

    /// Source: TargetGroupAttribute, `load_balancing.cross_zone.enabled`.
    @Test
    void countsEveryTargetInEveryZoneWithCrossZoneOfTheGroup() {
        TargetGroupAttribute on =
                TargetGroupAttribute.builder()
                        .key("load_balancing.cross_zone.enabled")
                        .value("true")
                        .build();
        world.elb.modifyTargetGroupAttributes(r -> r.targetGroupArn(group).attributes(on));
        world.aws.settings(AwsSettings.defaults().with(Quota.TARGETS_PER_ZONE, 1));
        world.listener(balancer, 80, group);
        refused("TooManyTargets", () -> world.register(group, world.nodeA, world.nodeB));
    }

    @Test
    void countsTheTargetsOfANewListener() {
        world.aws.settings(AwsSettings.defaults().with(Quota.TARGETS_PER_LOAD_BALANCER, 1));
        world.register(group, world.nodeA, world.nodeB);
        refused("TooManyTargets", () -> world.listener(balancer, 80, group));
        assertThat(world.aws.counts()).doesNotContainKey("listener");
    }
}
