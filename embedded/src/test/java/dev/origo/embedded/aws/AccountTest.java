package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.World.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.embedded.aws.AwsSettings.Bucket;
import dev.origo.embedded.aws.AwsSettings.Quota;
import dev.origo.embedded.aws.AwsSettings.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryUtils;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// What holds for every call: hooks, throttling, tags, determinism, one call at a time.
class AccountTest {
    private final World world = new World();

    @Test
    void doesTheSameInEveryRun() {
        assertThat(script(new World())).isEqualTo(script(new World()));
    }

    private static String script(World world) {
        LoadBalancer balancer = world.balancer("web");
        String group = world.group("web");
        return balancer + group + world.listener(balancer, 80, group) + world.aws.dump();
    }

    @Test
    void dumpsWhatAControllerMade() {
        String group = world.group("web");
        world.register(group, world.nodeA);
        world.listener(world.balancer("web"), 80, group);
        assertThat(
                        world.aws
                                .dump()
                                .lines()
                                .filter(line -> !line.matches("(rule|security-group) .*")))
                .containsExactly(
                        "listener web TCP:80 -> [web]",
                        "load-balancer web Type=network Scheme=internet-facing IpAddressType=ipv4"
                                + " AvailabilityZones=[eu-west-1a "
                                + world.subnetA
                                + "] SecurityGroups=[frontend]",
                        "target web " + world.nodeA + ":30080",
                        "target-group web Protocol=TCP Port=30080 TargetType=instance IpAddressType=ipv4"
                                + " HealthCheckProtocol=TCP HealthCheckPort=traffic-port HealthCheckIntervalSeconds=30"
                                + " HealthCheckTimeoutSeconds=10 HealthyThresholdCount=5 UnhealthyThresholdCount=2");
    }

    @Test
    void crashesBeforeOrAfterTheEffect() {
        world.aws.hook(
                new CallHook() {
                    @Override
                    public void before(Call call) {
                        crashOn(call, "CreateTargetGroup");
                    }

                    @Override
                    public void after(Call call) {
                        crashOn(call, "CreateLoadBalancer");
                    }
                });
        assertThatThrownBy(() -> world.group("web")).hasMessage("CreateTargetGroup true");
        assertThatThrownBy(() -> world.balancer("web")).hasMessage("CreateLoadBalancer true");
        world.aws.hook(CallHook.NONE);
        assertThat(world.aws.counts())
                .containsEntry("load-balancer", 1)
                .doesNotContainKey("target-group");
    }

    private static void crashOn(Call call, String action) {
        if (call.action().equals(action)) {
            throw SdkClientException.create(call.action() + " " + call.write());
        }
    }

    @Test
    void tellsHooksEveryCallInOrder() {
        List<String> calls = new ArrayList<>();
        world.aws.hook(
                new CallHook() {
                    @Override
                    public void before(Call call) {
                        calls.add(call.family() + " " + call.action() + " " + call.write());
                    }
                });
        world.group("web");
        world.ec2.describeVpcs();
        refused("LoadBalancerNotFound", () -> world.elb.describeLoadBalancers(r -> r.names("no")));
        assertThat(calls)
                .containsExactly(
                        "ELB CreateTargetGroup true",
                        "EC2 DescribeVpcs false",
                        "ELB DescribeLoadBalancers false");
    }

    @Test
    void onlySaysWhatADryRunWouldDo() {
        String before = world.aws.dump();
        refused(
                "DryRunOperation",
                () ->
                        world.ec2.createSecurityGroup(r ->
                                r.groupName("x").description("x").vpcId(world.vpc).dryRun(true)));
        assertThat(world.aws.dump()).isEqualTo(before);
    }

    @Test
    void throttlesEachBucketByTheClock() {
        world.aws.settings(
                AwsSettings.defaults()
                        .with(Bucket.ELB_READS, new Rate(2, 3))
                        .with(Bucket.EC2_READS, new Rate(1, 1)));
        IntStream.range(0, 3).forEach(_ -> world.elb.describeLoadBalancers());
        refused("Throttling", () -> world.elb.describeLoadBalancers());
        world.group("web");
        world.ec2.describeVpcs();
        assertThatThrownBy(() -> world.ec2.describeVpcs())
                .isInstanceOfSatisfying(
                        AwsServiceException.class,
                        refusal -> {
                            assertThat(refusal.awsErrorDetails().errorCode())
                                    .isEqualTo("RequestLimitExceeded");
                            assertThat(RetryUtils.isThrottlingException(refusal)).isTrue();
                        });
        world.pass(Duration.ofMillis(500));
        world.elb.describeLoadBalancers();
        refused("Throttling", () -> world.elb.describeLoadBalancers());
    }

    @Test
    void makesOneBalancerOutOfManyCallsAtOnce() throws Exception {
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<LoadBalancer>> calls =
                    Collections.nCopies(50, () -> world.balancer("web"));
            assertThat(workers.invokeAll(calls))
                    .extracting(future -> future.get().loadBalancerArn())
                    .hasSize(50);
        }
        assertThat(world.aws.counts()).containsEntry("load-balancer", 1);
    }

    @Test
    void describesTagsOfTwentyAtMostAndTagsOne() {
        String arn = world.group("web");
        Tag tag = Tag.builder().key("origo.dev/a").value("1").build();
        world.elb.addTags(r -> r.resourceArns(arn).tags(tag));
        assertThat(
                        world.elb
                                .describeTags(r -> r.resourceArns(arn))
                                .tagDescriptions()
                                .getFirst()
                                .tags())
                .containsExactly(tag);
        assertThat(world.aws.tagged("origo.dev/")).containsExactly(arn);
        world.elb.removeTags(r -> r.resourceArns(arn).tagKeys("origo.dev/a"));
        assertThat(world.aws.tagged("origo.dev/")).isEmpty();
        refused(
                "ValidationError",
                () -> world.elb.describeTags(r -> r.resourceArns(Collections.nCopies(21, arn))));
        refused(
                "ValidationError",
                () -> world.elb.addTags(r -> r.resourceArns(arn, world.group("b")).tags(tag)));
        refused(
                "TargetGroupNotFound",
                () -> world.elb.describeTags(r -> r.resourceArns(arn + "0")));
    }

    @Test
    void limitsTags() {
        world.aws.settings(AwsSettings.defaults().with(Quota.TAGS, 1));
        String arn = world.group("web");
        world.elb.addTags(r -> r.resourceArns(arn).tags(Tag.builder().key("a").value("1").build()));
        refused(
                "TooManyTags",
                () ->
                        world.elb.addTags(r ->
                                r.resourceArns(arn)
                                        .tags(Tag.builder().key("b").value("1").build())));
    }

    @Test
    void tagsEc2Things() {
        var tag =
                software.amazon.awssdk.services.ec2.model.Tag.builder()
                        .key("role")
                        .value("elb")
                        .build();
        world.ec2.createTags(r -> r.resources(world.subnetA).tags(tag));
        Filter byTag = Filter.builder().name("tag:role").values("elb").build();
        assertThat(world.ec2.describeSubnets(r -> r.filters(byTag)).subnets())
                .extracting(Subnet::subnetId)
                .containsExactly(world.subnetA);
        world.ec2.deleteTags(
                r -> r.resources(world.subnetA).tags(tag.toBuilder().value("other").build()));
        assertThat(world.aws.tagged("role")).hasSize(1);
        world.ec2.deleteTags(r -> r.resources(world.subnetA));
        assertThat(world.aws.tagged("role")).isEmpty();
        refused("InvalidID", () -> world.ec2.createTags(r -> r.resources("subnet-1").tags(tag)));
    }

    @Test
    void describesInstances() {
        Filter byZone = Filter.builder().name("availability-zone").values("eu-west-1b").build();
        assertThat(
                        world.ec2.describeInstances(r -> r.filters(byZone)).reservations().stream()
                                .flatMap(reservation -> reservation.instances().stream()))
                .singleElement()
                .extracting(Instance::privateIpAddress, Instance::privateDnsName, Instance::vpcId)
                .containsExactly("10.0.2.4", "ip-10-0-2-4.eu-west-1.compute.internal", world.vpc);
        assertThat(world.ec2.describeInstances().reservations())
                .flatExtracting(Reservation::instances)
                .hasSize(2);
        refused(
                "InvalidInstanceID.NotFound",
                () -> world.ec2.describeInstances(r -> r.instanceIds("i-0123456789abcdef0")));
        refused(
                "InvalidInstanceID.Malformed",
                () -> world.ec2.describeInstances(r -> r.instanceIds("node")));
    }

    @Test
    void tellsOpenSubnetsByTheirRoutes() {
        Filter ofSubnet =
                Filter.builder().name("association.subnet-id").values(world.subnetB).build();
        assertThat(world.ec2.describeRouteTables(r -> r.filters(ofSubnet)).routeTables())
                .singleElement()
                .satisfies(table ->
                        assertThat(table.routes().getLast().gatewayId()).startsWith("igw-"));
        assertThat(world.ec2.describeAvailabilityZones().availabilityZones()).hasSize(2);
        assertThat(world.ec2.describeAddresses().addresses()).isEmpty();
    }
}
