package dev.origo.conformance.aws;

import dev.origo.aws.AwsClients;
import dev.origo.aws.AwsConfig;
import dev.origo.aws.AwsProvider;
import dev.origo.aws.AwsProviderFactory;
import dev.origo.embedded.aws.AwsSettings;
import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import dev.origo.embedded.aws.EmbeddedAws;
import dev.origo.embedded.kube.KubernetesModel;
import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.Scheme;
import dev.origo.testkit.Blueprint;
import dev.origo.testkit.Replica;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.Stage;
import dev.origo.testkit.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag;

/// An account with a VPC, two zones, some machines of which two are nodes, and what another cluster
/// of the same name has there.
public final class AwsStage implements Stage {
    static final String CLASS = "origo.dev/aws";
    static final AwsSettings SETTINGS =
            AwsSettings.defaults()
                    .with(Delay.PROVISIONING, Duration.ofSeconds(4))
                    .with(Delay.REGISTERING, Duration.ofSeconds(2))
                    .with(Delay.GROUP_RELEASE, Duration.ofSeconds(3));
    private static final int MACHINES = 5;
    private static final int CERTIFICATES = 3;

    private EmbeddedAws aws = new EmbeddedAws("eu-west-1", () -> java.time.Instant.EPOCH, 0);
    private String vpc = "";
    private final List<String> machines = new ArrayList<>();
    private final List<String> certificates = new ArrayList<>();

    @Override
    public World open(long seed) {
        Simulation simulation = new Simulation(seed);
        aws = new EmbeddedAws("eu-west-1", simulation::instant, 7);
        aws.settings(SETTINGS);
        vpc = aws.setup().vpc("10.0.0.0/16");
        String[] subnets = {subnet("a", 1), subnet("b", 2)};
        String nodes = aws.setup().securityGroup(vpc, "nodes", Map.of());
        machines.clear();
        for (int i = 0; i < MACHINES; i++) {
            machines.add(aws.setup().instance(subnets[i % 2], List.of(nodes), Map.of()));
        }
        World world = new World(simulation, new SimulatedAws(aws));
        foreign(subnets[0]);
        certificates.clear();
        for (int i = 0; i < CERTIFICATES; i++) {
            certificates.add(aws.setup().certificate());
        }
        world.node(node(1));
        world.node(node(2));
        return world;
    }

    /// Another cluster of our name has a Service of the same UID and name, and derives names as
    /// ours does.
    private void foreign(String subnet) {
        String uid = "00000000-0000-4000-8000-000000000001";
        Map<String, String> marks =
                Map.of(
                        "origo.dev/cluster",
                        "blue/another-uid",
                        "origo.dev/service",
                        Stage.SERVICE,
                        "origo.dev/owner",
                        uid);
        String group = aws.setup().securityGroup(vpc, "origo-another-clients", marks);
        List<Tag> tags =
                marks.entrySet().stream()
                        .map(m -> Tag.builder().key(m.getKey()).value(m.getValue()).build())
                        .toList();
        String balancer =
                aws.elb()
                        .createLoadBalancer(r ->
                                r.name("origo-another00000-balancer")
                                        .type(LoadBalancerTypeEnum.NETWORK)
                                        .subnets(subnet)
                                        .securityGroups(group)
                                        .tags(tags))
                        .loadBalancers()
                        .getFirst()
                        .loadBalancerArn();
        String targets =
                aws.elb()
                        .createTargetGroup(r ->
                                r.name("origo-another00000-tcp80")
                                        .protocol(ProtocolEnum.TCP)
                                        .port(30_000)
                                        .vpcId(vpc)
                                        .tags(tags))
                        .targetGroups()
                        .getFirst()
                        .targetGroupArn();
        Action forward =
                Action.builder().type(ActionTypeEnum.FORWARD).targetGroupArn(targets).build();
        aws.elb()
                .createListener(r ->
                        r.loadBalancerArn(balancer)
                                .protocol(ProtocolEnum.TCP)
                                .port(80)
                                .defaultActions(forward));
    }

    private String subnet(String zone, int number) {
        return aws.setup()
                .subnet(
                        SubnetSpec.of(vpc, "eu-west-1" + zone, "10.0.%d.0/24".formatted(number))
                                .asOpen());
    }

    @Override
    public Replica boot(World world) {
        return world.start(blueprint());
    }

    Blueprint blueprint() {
        AwsConfig config =
                new AwsConfig(
                        Blueprint.CLUSTER,
                        "eu-west-1",
                        vpc,
                        "",
                        Scheme.INTERNET_FACING,
                        AwsConfig.Limits.DEFAULT);
        EmbeddedAws account = aws;
        return Blueprint.standard(
                CLASS,
                new AwsProviderFactory().annotations(),
                runtime ->
                        AwsProvider.of(
                                config, new AwsClients(account::elb, account::ec2), runtime));
    }

    EmbeddedAws aws() {
        return aws;
    }

    String certificate(int number) {
        return certificates.get(number - 1);
    }

    /// The node on the machine of this number, from 1.
    NodeSnapshot node(int number) {
        String zone = number % 2 == 1 ? "a" : "b";
        return KubernetesModel.newNode(
                "node-" + number,
                "aws:///eu-west-1%s/%s".formatted(zone, machines.get(number - 1)),
                "10.0.%d.%d".formatted(2 - number % 2, 10 + number));
    }

    static ServiceDraft web() {
        return ServiceDraft.balanced(CLASS, 80, 443);
    }
}
