package dev.origo.embedded.aws;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.Vpc;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;

/// The account at an AWS emulator of others, over the wire, furnished as the embedded one is: with
/// a VPC of its own, a subnet in each of three zones, and an instance for each node.
///
/// Thread rule: one thread; close it last, which takes away what was made.
public final class EmulatorAccount implements AutoCloseable {
    private static final Duration CALL_MAX = Duration.ofSeconds(10);
    private static final String NAME = "origo-dev";
    private static final String NODE_GROUP = "dev-nodes";
    private static final String ROLE = "kubernetes.io/role/elb";
    private static final String INTERNAL_ROLE = "kubernetes.io/role/internal-elb";

    /// Emulators take any. Source: the form of ids in the EC2 API Reference, RunInstances.
    private static final String IMAGE = "ami-12c6146b";

    private static final int ZONES = 3;

    private final SdkHttpClient http;
    private final ElasticLoadBalancingV2Client elb;
    private final Ec2Client ec2;
    private final String region;
    private final Consumer<String> log;
    private final List<String> providerIds = new ArrayList<>();
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final OnRecord onRecord;
    private String vpc = "";

    private EmulatorAccount(String url, String region, Consumer<String> log) {
        this.region = region;
        this.log = log;
        http =
                UrlConnectionHttpClient.builder()
                        .connectionTimeout(CALL_MAX)
                        .socketTimeout(CALL_MAX)
                        .build();
        elb = at(url, ElasticLoadBalancingV2Client.builder()).httpClient(http).build();
        ec2 = at(url, Ec2Client.builder()).httpClient(http).build();
        onRecord = new OnRecord(elb, ec2);
    }

    /// Opens it and makes what nodes stand on. Where the emulator cannot make it, there is none of
    /// it.
    ///
    /// @param nodes how many get an instance; 0 makes nothing
    /// @param log told in a sentence what could not be made or taken away
    public static EmulatorAccount open(String url, String region, int nodes, Consumer<String> log) {
        EmulatorAccount account = new EmulatorAccount(url, region, log);
        if (nodes > 0) {
            account.furnish(nodes);
        }
        return account;
    }

    private <B extends AwsClientBuilder<B, ?>> B at(String url, B builder) {
        return builder.region(Region.of(region))
                .endpointOverride(URI.create(url))
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("origo", "of-no-worth")))
                .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()));
    }

    private void furnish(int nodes) {
        try {
            vpc = network();
            undo.push(() -> ec2.deleteVpc(r -> r.vpcId(vpc)));
            String group = group();
            undo.push(() -> ec2.deleteSecurityGroup(r -> r.groupId(group)));
            for (int i = 0; i < ZONES; i++) {
                String zone = region + (char) ('a' + i);
                String subnet = subnet(zone, "10.0.%d.0/24".formatted(i));
                undo.push(() -> ec2.deleteSubnet(r -> r.subnetId(subnet)));
                if (i < nodes) {
                    providerIds.add("aws:///%s/%s".formatted(zone, instance(subnet, group)));
                }
            }
            undo.push(this::terminate);
        } catch (SdkException e) {
            log.accept(
                    "no instances for the nodes, whose addresses become the targets: "
                            + e.getMessage());
            providerIds.clear();
            close(undo);
            vpc = "";
        }
    }

    // What a killed process has left is taken up: balancers stand in it.

    private String network() {
        return ec2.describeVpcs(r -> r.filters(filter("tag:Name", NAME))).vpcs().stream()
                .map(Vpc::vpcId)
                .findFirst()
                .orElseGet(() ->
                        ec2.createVpc(r ->
                                        r.cidrBlock("10.0.0.0/16")
                                                .tagSpecifications(
                                                        tagged(
                                                                ResourceType.VPC,
                                                                tag("Name", NAME))))
                                .vpc()
                                .vpcId());
    }

    private String group() {
        return ec2
                .describeSecurityGroups(
                        r -> r.filters(filter("vpc-id", vpc), filter("group-name", NODE_GROUP)))
                .securityGroups()
                .stream()
                .map(SecurityGroup::groupId)
                .findFirst()
                .orElseGet(() ->
                        ec2.createSecurityGroup(r ->
                                        r.groupName(NODE_GROUP).description("nodes").vpcId(vpc))
                                .groupId());
    }

    private String subnet(String zone, String cidr) {
        return ec2
                .describeSubnets(
                        r -> r.filters(filter("vpc-id", vpc), filter("availability-zone", zone)))
                .subnets()
                .stream()
                .map(Subnet::subnetId)
                .findFirst()
                .orElseGet(() ->
                        ec2.createSubnet(r ->
                                        r.vpcId(vpc)
                                                .availabilityZone(zone)
                                                .cidrBlock(cidr)
                                                .tagSpecifications(
                                                        tagged(
                                                                ResourceType.SUBNET,
                                                                tag(ROLE, "1"),
                                                                tag(INTERNAL_ROLE, "1"))))
                                .subnet()
                                .subnetId());
    }

    private String instance(String subnet, String group) {
        return ec2.runInstances(r ->
                        r.imageId(IMAGE)
                                .minCount(1)
                                .maxCount(1)
                                .subnetId(subnet)
                                .securityGroupIds(group))
                .instances()
                .getFirst()
                .instanceId();
    }

    private void terminate() {
        List<String> all =
                ec2.describeInstances(r -> r.filters(filter("vpc-id", vpc))).reservations().stream()
                        .flatMap(reservation -> reservation.instances().stream())
                        .map(Instance::instanceId)
                        .toList();
        if (!all.isEmpty()) {
            ec2.terminateInstances(r -> r.instanceIds(all));
        }
    }

    private static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }

    private static TagSpecification tagged(ResourceType type, Tag... tags) {
        return TagSpecification.builder().resourceType(type).tags(tags).build();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    /// Its id; empty where none was made.
    public String vpc() {
        return vpc;
    }

    /// What a node's spec names its instance with; empty where there are none.
    public List<String> providerIds() {
        return List.copyOf(providerIds);
    }

    /// Name of the security group that the instances are in.
    public String nodeGroup() {
        return NODE_GROUP;
    }

    public OnRecord onRecord() {
        return onRecord;
    }

    @Override
    public void close() {
        close(undo);
        elb.close();
        ec2.close();
        http.close();
    }

    private void close(Deque<Runnable> steps) {
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (SdkException e) {
                log.accept("stays at the emulator: " + e.getMessage());
            }
        }
    }
}
