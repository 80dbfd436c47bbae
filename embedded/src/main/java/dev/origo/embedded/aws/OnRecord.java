package dev.origo.embedded.aws;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;

/// What has come into an account since this began to look, in words, for people and demonstrations.
///
/// Thread-safe.
public final class OnRecord {
    private final ElasticLoadBalancingV2Client elb;
    private final Ec2Client ec2;

    /// ARNs of balancers and target groups, and ids of security groups, that are others'.
    private final Set<String> before;

    /// Asks at once what there is already.
    OnRecord(ElasticLoadBalancingV2Client elb, Ec2Client ec2) {
        this.elb = elb;
        this.ec2 = ec2;
        before =
                Stream.of(
                                elb.describeLoadBalancers(_ -> {}).loadBalancers().stream()
                                        .map(LoadBalancer::loadBalancerArn),
                                elb.describeTargetGroups(_ -> {}).targetGroups().stream()
                                        .map(TargetGroup::targetGroupArn),
                                ec2.describeSecurityGroups(_ -> {}).securityGroups().stream()
                                        .map(SecurityGroup::groupId))
                        .flatMap(ids -> ids)
                        .collect(Collectors.toSet());
    }

    /// Names of all load balancers and target groups, and of the security groups whose names begin
    /// so.
    public List<String> names(String securityGroupPrefix) {
        return Stream.of(
                        elb.describeLoadBalancers(_ -> {}).loadBalancers().stream()
                                .filter(balancer -> !before.contains(balancer.loadBalancerArn()))
                                .map(LoadBalancer::loadBalancerName),
                        targetGroups().stream().map(TargetGroup::targetGroupName),
                        securityGroups()
                                .filter(group -> !before.contains(group.groupId()))
                                .map(SecurityGroup::groupName)
                                .filter(name -> name.startsWith(securityGroupPrefix)))
                .flatMap(names -> names)
                .sorted()
                .toList();
    }

    /// The health checks of all target groups, as `HTTP /healthz on 32000`.
    public Set<String> checks() {
        return targetGroups().stream()
                .map(group ->
                        "%s %s on %s"
                                .formatted(
                                        group.healthCheckProtocolAsString(),
                                        group.healthCheckPath(),
                                        group.healthCheckPort()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// First ports of the rules by which a security group admits other security groups.
    public Set<Integer> portsOpenToGroups(String securityGroup) {
        return securityGroups()
                .filter(group -> group.groupName().equals(securityGroup))
                .flatMap(group -> group.ipPermissions().stream())
                .filter(permission -> !permission.userIdGroupPairs().isEmpty())
                .map(IpPermission::fromPort)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Stream<SecurityGroup> securityGroups() {
        return ec2.describeSecurityGroups(_ -> {}).securityGroups().stream();
    }

    private List<TargetGroup> targetGroups() {
        return elb.describeTargetGroups(_ -> {}).targetGroups().stream()
                .filter(group -> !before.contains(group.targetGroupArn()))
                .toList();
    }
}
