package dev.origo.embedded.aws;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;

/// What an account has, in words, for people and demonstrations.
///
/// Thread-safe.
public final class OnRecord {
    private final ElasticLoadBalancingV2Client elb;
    private final Ec2Client ec2;

    OnRecord(ElasticLoadBalancingV2Client elb, Ec2Client ec2) {
        this.elb = elb;
        this.ec2 = ec2;
    }

    /// Names of all load balancers and target groups, and of the security groups whose names begin
    /// so.
    public List<String> names(String securityGroupPrefix) {
        return Stream.of(
                        elb.describeLoadBalancers(_ -> {}).loadBalancers().stream()
                                .map(balancer -> balancer.loadBalancerName()),
                        targetGroups().stream().map(TargetGroup::targetGroupName),
                        ec2.describeSecurityGroups(_ -> {}).securityGroups().stream()
                                .map(group -> group.groupName())
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
        return ec2.describeSecurityGroups(_ -> {}).securityGroups().stream()
                .filter(group -> group.groupName().equals(securityGroup))
                .flatMap(group -> group.ipPermissions().stream())
                .filter(permission -> !permission.userIdGroupPairs().isEmpty())
                .map(IpPermission::fromPort)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<TargetGroup> targetGroups() {
        return elb.describeTargetGroups(_ -> {}).targetGroups();
    }
}
