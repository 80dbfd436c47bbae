package dev.origo.embedded.aws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// What a controller does to one Service from create to delete, in the calls that it takes.
class LifeCycleTest {
    private final World world = new World();
    private final String empty = world.aws.dump();

    @Test
    void createsFlipsAndDeletesAnNlb() {
        String group = createGroup();
        IpPermission toNodes =
                IpPermission.builder()
                        .ipProtocol("tcp")
                        .fromPort(30_080)
                        .toPort(30_080)
                        .userIdGroupPairs(
                                UserIdGroupPair.builder()
                                        .groupId(group)
                                        .description("from lb")
                                        .build())
                        .build();
        world.ec2.authorizeSecurityGroupIngress(r -> r.groupId(world.nodes).ipPermissions(toNodes));
        Tag owner = Tag.builder().key("origo.dev/owner").value("1").build();
        LoadBalancer balancer =
                world.elb
                        .createLoadBalancer(
                                world.balancerRequest("web")
                                        .securityGroups(group)
                                        .tags(owner)
                                        .build())
                        .loadBalancers()
                        .getFirst();
        String targets =
                world.elb
                        .createTargetGroup(world.groupRequest("web-80").tags(owner).build())
                        .targetGroups()
                        .getFirst()
                        .targetGroupArn();
        world.register(targets, world.nodeA);
        String listener = world.listener(balancer, 80, targets);
        assertThat(world.health(targets)).containsExactly("healthy");
        assertThat(world.aws.tagged("origo.dev/"))
                .containsExactlyInAnyOrder(group, balancer.loadBalancerArn(), targets);

        world.elb.modifyTargetGroup(r ->
                r.targetGroupArn(targets)
                        .healthCheckProtocol(ProtocolEnum.HTTP)
                        .healthCheckPort("32000")
                        .healthCheckPath("/healthz"));

        world.elb.deleteListener(r -> r.listenerArn(listener));
        world.elb.deleteLoadBalancer(r -> r.loadBalancerArn(balancer.loadBalancerArn()));
        world.elb.deleteTargetGroup(r -> r.targetGroupArn(targets));
        world.ec2.revokeSecurityGroupIngress(r -> r.groupId(world.nodes).ipPermissions(toNodes));
        world.ec2.deleteSecurityGroup(r -> r.groupId(group));
        assertThat(world.aws.dump()).isEqualTo(empty);
        assertThat(world.aws.tagged("origo.dev/")).isEmpty();
    }

    private String createGroup() {
        return world.ec2
                .createSecurityGroup(r ->
                        r.groupName("lb")
                                .description("lb")
                                .vpcId(world.vpc)
                                .tagSpecifications(
                                        software.amazon.awssdk.services.ec2.model.TagSpecification
                                                .builder()
                                                .resourceType(ResourceType.SECURITY_GROUP)
                                                .tags(
                                                        software.amazon.awssdk.services.ec2.model
                                                                .Tag.builder()
                                                                .key("origo.dev/owner")
                                                                .value("1")
                                                                .build())
                                                .build()))
                .groupId();
    }
}
