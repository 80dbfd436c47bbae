package dev.origo.embedded.aws;

import dev.origo.embedded.aws.Call.Family;
import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// The account as the ELBv2 client sees it. Calls that are not overridden throw
/// UnsupportedOperationException.
final class ElbFace implements ElasticLoadBalancingV2Client {
    private final EmbeddedAws aws;
    private final LoadBalancers loadBalancers;
    private final TargetGroups targetGroups;
    private final Targets targets;
    private final Listeners listeners;
    private final ListenerCertificates certificates;
    private final ElbTags tags;
    private final Attributes attributes;

    ElbFace(State state, EmbeddedAws aws) {
        this.aws = aws;
        tags = new ElbTags(state);
        targets = new Targets(state);
        targetGroups = new TargetGroups(state, tags);
        listeners = new Listeners(state, tags, targets);
        certificates = new ListenerCertificates(state);
        loadBalancers = new LoadBalancers(state, tags, listeners);
        attributes = new Attributes(state);
    }

    private <Q extends AwsRequest, R> R run(String action, Q request, Function<Q, R> effect) {
        return aws.call(Call.of(Family.ELB, action, request), request, effect);
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public DescribeLoadBalancersResponse describeLoadBalancers(
            DescribeLoadBalancersRequest request) {
        return run("DescribeLoadBalancers", request, loadBalancers::describe);
    }

    @Override
    public CreateLoadBalancerResponse createLoadBalancer(CreateLoadBalancerRequest request) {
        return run("CreateLoadBalancer", request, loadBalancers::create);
    }

    @Override
    public DeleteLoadBalancerResponse deleteLoadBalancer(DeleteLoadBalancerRequest request) {
        return run("DeleteLoadBalancer", request, loadBalancers::delete);
    }

    @Override
    public DescribeLoadBalancerAttributesResponse describeLoadBalancerAttributes(
            DescribeLoadBalancerAttributesRequest request) {
        return run("DescribeLoadBalancerAttributes", request, attributes::ofBalancer);
    }

    @Override
    public ModifyLoadBalancerAttributesResponse modifyLoadBalancerAttributes(
            ModifyLoadBalancerAttributesRequest request) {
        return run("ModifyLoadBalancerAttributes", request, attributes::modifyBalancer);
    }

    @Override
    public SetSecurityGroupsResponse setSecurityGroups(SetSecurityGroupsRequest request) {
        return run("SetSecurityGroups", request, loadBalancers::setSecurityGroups);
    }

    @Override
    public SetSubnetsResponse setSubnets(SetSubnetsRequest request) {
        return run("SetSubnets", request, loadBalancers::setSubnets);
    }

    @Override
    public SetIpAddressTypeResponse setIpAddressType(SetIpAddressTypeRequest request) {
        return run("SetIpAddressType", request, loadBalancers::setIpAddressType);
    }

    @Override
    public DescribeTargetGroupsResponse describeTargetGroups(DescribeTargetGroupsRequest request) {
        return run("DescribeTargetGroups", request, targetGroups::describe);
    }

    @Override
    public CreateTargetGroupResponse createTargetGroup(CreateTargetGroupRequest request) {
        return run("CreateTargetGroup", request, targetGroups::create);
    }

    @Override
    public ModifyTargetGroupResponse modifyTargetGroup(ModifyTargetGroupRequest request) {
        return run("ModifyTargetGroup", request, targetGroups::modify);
    }

    @Override
    public DeleteTargetGroupResponse deleteTargetGroup(DeleteTargetGroupRequest request) {
        return run("DeleteTargetGroup", request, targetGroups::delete);
    }

    @Override
    public DescribeTargetGroupAttributesResponse describeTargetGroupAttributes(
            DescribeTargetGroupAttributesRequest request) {
        return run("DescribeTargetGroupAttributes", request, attributes::ofGroup);
    }

    @Override
    public ModifyTargetGroupAttributesResponse modifyTargetGroupAttributes(
            ModifyTargetGroupAttributesRequest request) {
        return run("ModifyTargetGroupAttributes", request, attributes::modifyGroup);
    }

    @Override
    public RegisterTargetsResponse registerTargets(RegisterTargetsRequest request) {
        return run("RegisterTargets", request, targets::register);
    }

    @Override
    public DeregisterTargetsResponse deregisterTargets(DeregisterTargetsRequest request) {
        return run("DeregisterTargets", request, targets::deregister);
    }

    @Override
    public DescribeTargetHealthResponse describeTargetHealth(DescribeTargetHealthRequest request) {
        return run("DescribeTargetHealth", request, targets::health);
    }

    @Override
    public DescribeListenersResponse describeListeners(DescribeListenersRequest request) {
        return run("DescribeListeners", request, listeners::describe);
    }

    @Override
    public CreateListenerResponse createListener(CreateListenerRequest request) {
        return run("CreateListener", request, listeners::create);
    }

    @Override
    public ModifyListenerResponse modifyListener(ModifyListenerRequest request) {
        return run("ModifyListener", request, listeners::modify);
    }

    @Override
    public DeleteListenerResponse deleteListener(DeleteListenerRequest request) {
        return run("DeleteListener", request, listeners::delete);
    }

    @Override
    public DescribeListenerCertificatesResponse describeListenerCertificates(
            DescribeListenerCertificatesRequest request) {
        return run("DescribeListenerCertificates", request, certificates::describe);
    }

    @Override
    public AddListenerCertificatesResponse addListenerCertificates(
            AddListenerCertificatesRequest request) {
        return run("AddListenerCertificates", request, certificates::add);
    }

    @Override
    public RemoveListenerCertificatesResponse removeListenerCertificates(
            RemoveListenerCertificatesRequest request) {
        return run("RemoveListenerCertificates", request, certificates::remove);
    }

    @Override
    public DescribeListenerAttributesResponse describeListenerAttributes(
            DescribeListenerAttributesRequest request) {
        return run("DescribeListenerAttributes", request, attributes::ofListener);
    }

    @Override
    public ModifyListenerAttributesResponse modifyListenerAttributes(
            ModifyListenerAttributesRequest request) {
        return run("ModifyListenerAttributes", request, attributes::modifyListener);
    }

    @Override
    public AddTagsResponse addTags(AddTagsRequest request) {
        return run("AddTags", request, tags::add);
    }

    @Override
    public RemoveTagsResponse removeTags(RemoveTagsRequest request) {
        return run("RemoveTags", request, tags::remove);
    }

    @Override
    public DescribeTagsResponse describeTags(DescribeTagsRequest request) {
        return run("DescribeTags", request, tags::describe);
    }
}
