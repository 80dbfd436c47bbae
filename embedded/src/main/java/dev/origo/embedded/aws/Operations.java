package dev.origo.embedded.aws;

import dev.origo.embedded.aws.Call.Family;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.*;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.AddListenerCertificatesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeListenerCertificatesRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTagsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.RemoveListenerCertificatesRequest;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/// The calls of [ElbFace] and [Ec2Face] by action: what the wire face can be asked for. The names
/// of the two services are disjoint.
final class Operations {

    /// An action with its request to fill in and what it does.
    record Operation<B extends SdkPojo & SdkBuilder<B, Q>, Q extends AwsRequest>(
            Family family, Supplier<B> request, Function<Q, ? extends AwsResponse> effect) {

        private static final List<String> COMMON = List.of("Action", "Version");

        /// Throws AwsServiceException as the account does, also for a form that is not the
        /// action's.
        AwsResponse run(Form form) {
            return effect.apply(filled(form));
        }

        /// Source: EC2 "Error codes": UnknownParameter, InvalidParameterValue; ELBv2 "Common
        /// errors": ValidationError.
        private Q filled(Form form) {
            B empty = request.get();
            List<String> unknown = form.unknown(empty, COMMON);
            boolean signed = unknown.stream().allMatch(name -> name.startsWith("X-Amz-"));
            String message = "The parameters " + unknown + " are not recognized";
            Faults.ec2If(family == Family.EC2 && !signed, "UnknownParameter", message);
            try {
                return form.fill(empty).build();
            } catch (IllegalArgumentException malformed) {
                String code = family == Family.ELB ? "ValidationError" : "InvalidParameterValue";
                throw Faults.of(family, code, String.valueOf(malformed.getMessage()));
            }
        }
    }

    private final Map<String, Operation<?, ?>> all = new HashMap<>();

    Operations(ElasticLoadBalancingV2Client elb, Ec2Client ec2) {
        balancersAndGroups(elb);
        listenersAndMore(elb);
        ec2(ec2);
    }

    /// Empty for an action that the service doesn't have, or that isn't modelled.
    Optional<Operation<?, ?>> find(Family family, String action) {
        return Optional.<Operation<?, ?>>ofNullable(all.get(action))
                .filter(operation -> operation.family() == family);
    }

    /// The request's class is named after the action, in all of the SDK.
    private <B extends SdkPojo & SdkBuilder<B, Q>, Q extends AwsRequest> void add(
            Supplier<B> request, Function<Q, ? extends AwsResponse> effect) {
        Q empty = request.get().build();
        Family family = empty instanceof Ec2Request ? Family.EC2 : Family.ELB;
        String action = empty.getClass().getSimpleName().replaceFirst("Request$", "");
        all.put(action, new Operation<>(family, request, effect));
    }

    private void balancersAndGroups(ElasticLoadBalancingV2Client elb) {
        add(DescribeLoadBalancersRequest::builder, elb::describeLoadBalancers);
        add(CreateLoadBalancerRequest::builder, elb::createLoadBalancer);
        add(DeleteLoadBalancerRequest::builder, elb::deleteLoadBalancer);
        add(SetSecurityGroupsRequest::builder, elb::setSecurityGroups);
        add(SetSubnetsRequest::builder, elb::setSubnets);
        add(SetIpAddressTypeRequest::builder, elb::setIpAddressType);
        add(DescribeTargetGroupsRequest::builder, elb::describeTargetGroups);
        add(CreateTargetGroupRequest::builder, elb::createTargetGroup);
        add(ModifyTargetGroupRequest::builder, elb::modifyTargetGroup);
        add(DeleteTargetGroupRequest::builder, elb::deleteTargetGroup);
    }

    private void listenersAndMore(ElasticLoadBalancingV2Client elb) {
        add(DescribeLoadBalancerAttributesRequest::builder, elb::describeLoadBalancerAttributes);
        add(ModifyLoadBalancerAttributesRequest::builder, elb::modifyLoadBalancerAttributes);
        add(DescribeTargetGroupAttributesRequest::builder, elb::describeTargetGroupAttributes);
        add(ModifyTargetGroupAttributesRequest::builder, elb::modifyTargetGroupAttributes);
        add(RegisterTargetsRequest::builder, elb::registerTargets);
        add(DeregisterTargetsRequest::builder, elb::deregisterTargets);
        add(DescribeTargetHealthRequest::builder, elb::describeTargetHealth);
        add(DescribeListenersRequest::builder, elb::describeListeners);
        add(CreateListenerRequest::builder, elb::createListener);
        add(ModifyListenerRequest::builder, elb::modifyListener);
        add(DeleteListenerRequest::builder, elb::deleteListener);
        add(DescribeListenerCertificatesRequest::builder, elb::describeListenerCertificates);
        add(AddListenerCertificatesRequest::builder, elb::addListenerCertificates);
        add(RemoveListenerCertificatesRequest::builder, elb::removeListenerCertificates);
        add(DescribeListenerAttributesRequest::builder, elb::describeListenerAttributes);
        add(ModifyListenerAttributesRequest::builder, elb::modifyListenerAttributes);
        add(AddTagsRequest::builder, elb::addTags);
        add(RemoveTagsRequest::builder, elb::removeTags);
        add(DescribeTagsRequest::builder, elb::describeTags);
    }

    private void ec2(Ec2Client ec2) {
        add(DescribeVpcsRequest::builder, ec2::describeVpcs);
        add(DescribeSubnetsRequest::builder, ec2::describeSubnets);
        add(DescribeRouteTablesRequest::builder, ec2::describeRouteTables);
        add(DescribeInstancesRequest::builder, ec2::describeInstances);
        add(DescribeAddressesRequest::builder, ec2::describeAddresses);
        add(DescribeAvailabilityZonesRequest::builder, ec2::describeAvailabilityZones);
        add(CreateSecurityGroupRequest::builder, ec2::createSecurityGroup);
        add(DeleteSecurityGroupRequest::builder, ec2::deleteSecurityGroup);
        add(DescribeSecurityGroupsRequest::builder, ec2::describeSecurityGroups);
        add(DescribeSecurityGroupRulesRequest::builder, ec2::describeSecurityGroupRules);
        add(AuthorizeSecurityGroupIngressRequest::builder, ec2::authorizeSecurityGroupIngress);
        add(AuthorizeSecurityGroupEgressRequest::builder, ec2::authorizeSecurityGroupEgress);
        add(RevokeSecurityGroupIngressRequest::builder, ec2::revokeSecurityGroupIngress);
        add(RevokeSecurityGroupEgressRequest::builder, ec2::revokeSecurityGroupEgress);
        add(CreateTagsRequest::builder, ec2::createTags);
        add(DeleteTagsRequest::builder, ec2::deleteTags);
    }
}
