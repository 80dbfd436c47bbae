package dev.origo.embedded.aws;

import dev.origo.embedded.aws.Call.Family;
import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.*;

/// The account as the EC2 client sees it. Calls that are not overridden throw
/// UnsupportedOperationException.
final class Ec2Face implements Ec2Client {
    private final EmbeddedAws aws;
    private final Network network;
    private final SecurityGroups securityGroups;
    private final Rules rules;
    private final Ec2Tags tags;

    Ec2Face(State state, EmbeddedAws aws) {
        this.aws = aws;
        tags = new Ec2Tags(state);
        network = new Network(state, tags);
        securityGroups = new SecurityGroups(state, tags);
        rules = new Rules(state, tags);
    }

    private <Q extends AwsRequest, R> R run(String action, Q request, Function<Q, R> effect) {
        return aws.call(Call.of(Family.EC2, action, request), request, effect);
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public DescribeVpcsResponse describeVpcs(DescribeVpcsRequest request) {
        return run("DescribeVpcs", request, network::vpcs);
    }

    @Override
    public DescribeSubnetsResponse describeSubnets(DescribeSubnetsRequest request) {
        return run("DescribeSubnets", request, network::subnets);
    }

    @Override
    public DescribeRouteTablesResponse describeRouteTables(DescribeRouteTablesRequest request) {
        return run("DescribeRouteTables", request, network::routeTables);
    }

    @Override
    public DescribeInstancesResponse describeInstances(DescribeInstancesRequest request) {
        return run("DescribeInstances", request, network::instances);
    }

    @Override
    public DescribeAddressesResponse describeAddresses(DescribeAddressesRequest request) {
        return run("DescribeAddresses", request, network::addresses);
    }

    @Override
    public DescribeAvailabilityZonesResponse describeAvailabilityZones(
            DescribeAvailabilityZonesRequest request) {
        return run("DescribeAvailabilityZones", request, network::zones);
    }

    @Override
    public CreateSecurityGroupResponse createSecurityGroup(CreateSecurityGroupRequest request) {
        return run("CreateSecurityGroup", request, securityGroups::create);
    }

    @Override
    public DeleteSecurityGroupResponse deleteSecurityGroup(DeleteSecurityGroupRequest request) {
        return run("DeleteSecurityGroup", request, securityGroups::delete);
    }

    @Override
    public DescribeSecurityGroupsResponse describeSecurityGroups(
            DescribeSecurityGroupsRequest request) {
        return run("DescribeSecurityGroups", request, securityGroups::describe);
    }

    @Override
    public DescribeSecurityGroupRulesResponse describeSecurityGroupRules(
            DescribeSecurityGroupRulesRequest request) {
        return run("DescribeSecurityGroupRules", request, rules::describe);
    }

    @Override
    public AuthorizeSecurityGroupIngressResponse authorizeSecurityGroupIngress(
            AuthorizeSecurityGroupIngressRequest request) {
        return run("AuthorizeSecurityGroupIngress", request, rules::authorizeIngress);
    }

    @Override
    public AuthorizeSecurityGroupEgressResponse authorizeSecurityGroupEgress(
            AuthorizeSecurityGroupEgressRequest request) {
        return run("AuthorizeSecurityGroupEgress", request, rules::authorizeEgress);
    }

    @Override
    public RevokeSecurityGroupIngressResponse revokeSecurityGroupIngress(
            RevokeSecurityGroupIngressRequest request) {
        return run("RevokeSecurityGroupIngress", request, rules::revokeIngress);
    }

    @Override
    public RevokeSecurityGroupEgressResponse revokeSecurityGroupEgress(
            RevokeSecurityGroupEgressRequest request) {
        return run("RevokeSecurityGroupEgress", request, rules::revokeEgress);
    }

    @Override
    public CreateTagsResponse createTags(CreateTagsRequest request) {
        return run("CreateTags", request, tags::create);
    }

    @Override
    public DeleteTagsResponse deleteTags(DeleteTagsRequest request) {
        return run("DeleteTags", request, tags::delete);
    }
}
