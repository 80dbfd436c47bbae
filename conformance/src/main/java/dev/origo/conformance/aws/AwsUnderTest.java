package dev.origo.conformance.aws;

import dev.origo.aws.AwsClients;
import dev.origo.aws.AwsConfig;
import dev.origo.aws.AwsProvider;
import dev.origo.aws.AwsProviderFactory;
import dev.origo.embedded.kube.KubernetesModel;
import dev.origo.model.ClusterId;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.Scheme;
import dev.origo.spi.Annotations;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderRuntime;
import dev.origo.testkit.conformance.Balancer;
import dev.origo.testkit.conformance.CloudUnderTest;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;

/// An account, wherever it is.
///
/// @param clients the provider's
/// @param looking the kit's
/// @param furniture the network, and machines of which some are nodes
/// @param record everything in it that a controller can change
/// @param release called at the end
record AwsUnderTest(
        AwsClients clients,
        AwsClients looking,
        Furniture furniture,
        Supplier<String> record,
        Runnable release)
        implements CloudUnderTest {
    static final String REGION = "eu-west-1";

    /// What stands in the account before anything else.
    ///
    /// @param machines ids of five instances, in zones a and b by turns
    record Furniture(String vpc, List<String> machines) {
        static final int MACHINES = 5;

        Furniture {
            machines = List.copyOf(machines);
        }

        String node(String machine) {
            int number = machines.indexOf(machine) + 1;
            return number == 0 ? machine : "node-" + number;
        }
    }

    private ElasticLoadBalancingV2Client elb() {
        return looking.elb().get();
    }

    private Ec2Client ec2() {
        return looking.ec2().get();
    }

    AwsView view() {
        return new AwsView(elb(), ec2(), furniture::node);
    }

    @Override
    public String loadBalancerClass() {
        return AwsStage.CLASS;
    }

    @Override
    public Annotations annotations() {
        return new AwsProviderFactory().annotations();
    }

    @Override
    public Provider<?, ?> provider(ClusterId cluster, ProviderRuntime runtime) {
        AwsConfig config =
                new AwsConfig(
                        cluster,
                        REGION,
                        furniture.vpc(),
                        "",
                        Scheme.INTERNET_FACING,
                        AwsConfig.Limits.DEFAULT);
        return AwsProvider.of(config, clients, runtime);
    }

    @Override
    public NodeSnapshot node(int number) {
        return KubernetesModel.newNode(
                "node-" + number,
                "aws:///%s%s/%s"
                        .formatted(
                                REGION,
                                number % 2 == 1 ? "a" : "b",
                                furniture.machines().get(number - 1)),
                "10.0.%d.%d".formatted(2 - number % 2, 10 + number));
    }

    @Override
    public List<Balancer> standing() {
        return view().balancers();
    }

    @Override
    public SortedMap<String, List<String>> owned(ClusterId cluster) {
        return view().owned(cluster);
    }

    @Override
    public String dump() {
        return record.get();
    }

    @Override
    public boolean isShared(String line) {
        return line.contains("-shared ") && !line.startsWith("load-balancer ");
    }

    @Override
    public SortedMap<String, Damage> damages() {
        SortedMap<String, Damage> damages = new TreeMap<>();
        damages.put("the balancer is deleted", onBalancers(this::deleteBalancer));
        damages.put("a listener is deleted", onBalancers(this::deleteListener));
        damages.put("a target is deregistered", onGroups(this::deregister));
        damages.put("a health check is moved", onGroups(this::moveCheck));
        return damages;
    }

    private Damage onBalancers(Consumer<String> damage) {
        return (cluster, uid) ->
                ours(cluster, uid, "load-balancer ").stream()
                        .map(name ->
                                elb().describeLoadBalancers(r -> r.names(name))
                                        .loadBalancers()
                                        .getFirst())
                        .map(LoadBalancer::loadBalancerArn)
                        .forEach(damage);
    }

    private Damage onGroups(Consumer<String> damage) {
        return (cluster, uid) ->
                ours(cluster, uid, "target-group ").stream()
                        .limit(1)
                        .map(name ->
                                elb().describeTargetGroups(r -> r.names(name))
                                        .targetGroups()
                                        .getFirst())
                        .map(TargetGroup::targetGroupArn)
                        .forEach(damage);
    }

    private List<String> ours(ClusterId cluster, String uid, String kind) {
        return owned(cluster).getOrDefault(uid, List.of()).stream()
                .filter(object -> object.startsWith(kind))
                .map(object -> object.substring(kind.length()))
                .toList();
    }

    private void deleteBalancer(String arn) {
        elb().deleteLoadBalancer(r -> r.loadBalancerArn(arn));
    }

    private void deleteListener(String balancer) {
        elb().describeListeners(r -> r.loadBalancerArn(balancer)).listeners().stream()
                .limit(1)
                .forEach(listener ->
                        elb().deleteListener(r -> r.listenerArn(listener.listenerArn())));
    }

    private void deregister(String group) {
        elb().describeTargetHealth(r -> r.targetGroupArn(group)).targetHealthDescriptions().stream()
                .limit(1)
                .forEach(health ->
                        elb().deregisterTargets(
                                        r -> r.targetGroupArn(group).targets(health.target())));
    }

    private void moveCheck(String group) {
        elb().modifyTargetGroup(r -> r.targetGroupArn(group).healthCheckPort("4711"));
    }

    @Override
    public void close() {
        release.run();
    }
}
