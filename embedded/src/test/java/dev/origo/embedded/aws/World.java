package dev.origo.embedded.aws;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// A VPC with two open subnets, a node in each and one security group; and the shortest words for
/// the usual calls.
final class World {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    final EmbeddedAws aws = new EmbeddedAws("eu-west-1", () -> now, 7);
    final AwsSetup setup = aws.setup();
    final ElasticLoadBalancingV2Client elb = aws.elb();
    final Ec2Client ec2 = aws.ec2();
    final String vpc = setup.vpc("10.0.0.0/16");
    final String subnetA = setup.subnet(SubnetSpec.of(vpc, "eu-west-1a", "10.0.1.0/24").asOpen());
    final String subnetB = setup.subnet(SubnetSpec.of(vpc, "eu-west-1b", "10.0.2.0/24").asOpen());
    final String frontend = setup.securityGroup(vpc, "frontend", Map.of());
    final String nodes = setup.securityGroup(vpc, "nodes", Map.of());
    final String nodeA = setup.instance(subnetA, List.of(nodes), Map.of());
    final String nodeB = setup.instance(subnetB, List.of(nodes), Map.of());

    void pass(Duration time) {
        now = now.plus(time);
    }

    CreateLoadBalancerRequest.Builder balancerRequest(String name) {
        return CreateLoadBalancerRequest.builder()
                .name(name)
                .type(LoadBalancerTypeEnum.NETWORK)
                .subnets(subnetA)
                .securityGroups(frontend);
    }

    LoadBalancer balancer(String name) {
        return elb.createLoadBalancer(balancerRequest(name).build()).loadBalancers().getFirst();
    }

    CreateTargetGroupRequest.Builder groupRequest(String name) {
        return CreateTargetGroupRequest.builder()
                .name(name)
                .protocol(ProtocolEnum.TCP)
                .port(30_080)
                .vpcId(vpc);
    }

    String group(String name) {
        return elb.createTargetGroup(groupRequest(name).build())
                .targetGroups()
                .getFirst()
                .targetGroupArn();
    }

    String group(String name, ProtocolEnum protocol) {
        return elb.createTargetGroup(groupRequest(name).protocol(protocol).build())
                .targetGroups()
                .getFirst()
                .targetGroupArn();
    }

    static CreateListenerRequest.Builder listenerRequest(
            LoadBalancer balancer, int port, String groupArn) {
        return CreateListenerRequest.builder()
                .loadBalancerArn(balancer.loadBalancerArn())
                .protocol(ProtocolEnum.TCP)
                .port(port)
                .defaultActions(forward(groupArn));
    }

    static Action forward(String groupArn) {
        return Action.builder().type(ActionTypeEnum.FORWARD).targetGroupArn(groupArn).build();
    }

    String listener(LoadBalancer balancer, int port, String groupArn) {
        return elb.createListener(listenerRequest(balancer, port, groupArn).build())
                .listeners()
                .getFirst()
                .listenerArn();
    }

    void register(String groupArn, String... ids) {
        elb.registerTargets(r -> r.targetGroupArn(groupArn).targets(targets(ids)));
    }

    static List<TargetDescription> targets(String... ids) {
        return List.of(ids).stream().map(id -> TargetDescription.builder().id(id).build()).toList();
    }

    /// State and reason of each registered target, in order.
    List<String> health(String groupArn) {
        return elb
                .describeTargetHealth(r -> r.targetGroupArn(groupArn))
                .targetHealthDescriptions()
                .stream()
                .map(TargetHealthDescription::targetHealth)
                .map(found ->
                        found.reason() == null
                                ? found.stateAsString()
                                : found.stateAsString() + " " + found.reasonAsString())
                .toList();
    }

    static void refused(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        AwsServiceException.class,
                        refusal -> {
                            org.assertj.core.api.Assertions.assertThat(
                                            refusal.awsErrorDetails().errorCode())
                                    .as("%s", refusal.getMessage())
                                    .isEqualTo(code);
                        });
    }
}
