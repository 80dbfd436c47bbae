package dev.origo.embedded.aws;

import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Attributes of load balancers, target groups and listeners. What they may be: [AttributeRules].
final class Attributes {
    private final State state;

    Attributes(State state) {
        this.state = state;
    }

    DescribeLoadBalancerAttributesResponse ofBalancer(
            DescribeLoadBalancerAttributesRequest request) {
        LoadBalancer balancer = state.loadBalancer(request.loadBalancerArn());
        return DescribeLoadBalancerAttributesResponse.builder().attributes(of(balancer)).build();
    }

    ModifyLoadBalancerAttributesResponse modifyBalancer(
            ModifyLoadBalancerAttributesRequest request) {
        LoadBalancer balancer = state.loadBalancer(request.loadBalancerArn());
        Map<String, String> changes =
                Pairs.map(
                        request.attributes(),
                        LoadBalancerAttribute::key,
                        LoadBalancerAttribute::value);
        AttributeRules.modify(
                state, balancer.loadBalancerArn(), AttributeRules.of(balancer), changes);
        return ModifyLoadBalancerAttributesResponse.builder().attributes(of(balancer)).build();
    }

    private List<LoadBalancerAttribute> of(LoadBalancer balancer) {
        return Pairs.list(
                AttributeRules.read(state, balancer.loadBalancerArn(), AttributeRules.of(balancer)),
                (key, value) -> LoadBalancerAttribute.builder().key(key).value(value).build());
    }

    DescribeTargetGroupAttributesResponse ofGroup(DescribeTargetGroupAttributesRequest request) {
        TargetGroup group = state.targetGroup(request.targetGroupArn());
        return DescribeTargetGroupAttributesResponse.builder().attributes(of(group)).build();
    }

    ModifyTargetGroupAttributesResponse modifyGroup(ModifyTargetGroupAttributesRequest request) {
        TargetGroup group = state.targetGroup(request.targetGroupArn());
        Map<String, String> changes =
                Pairs.map(
                        request.attributes(),
                        TargetGroupAttribute::key,
                        TargetGroupAttribute::value);
        AttributeRules.modify(state, group.targetGroupArn(), AttributeRules.of(group), changes);
        return ModifyTargetGroupAttributesResponse.builder().attributes(of(group)).build();
    }

    private List<TargetGroupAttribute> of(TargetGroup group) {
        return Pairs.list(
                AttributeRules.read(state, group.targetGroupArn(), AttributeRules.of(group)),
                (key, value) -> TargetGroupAttribute.builder().key(key).value(value).build());
    }

    DescribeListenerAttributesResponse ofListener(DescribeListenerAttributesRequest request) {
        Listener listener = state.listener(request.listenerArn());
        return DescribeListenerAttributesResponse.builder().attributes(of(listener)).build();
    }

    ModifyListenerAttributesResponse modifyListener(ModifyListenerAttributesRequest request) {
        Listener listener = state.listener(request.listenerArn());
        Map<String, String> changes =
                Pairs.map(request.attributes(), ListenerAttribute::key, ListenerAttribute::value);
        AttributeRules.modify(state, listener.listenerArn(), AttributeRules.of(listener), changes);
        return ModifyListenerAttributesResponse.builder().attributes(of(listener)).build();
    }

    private List<ListenerAttribute> of(Listener listener) {
        return Pairs.list(
                AttributeRules.read(state, listener.listenerArn(), AttributeRules.of(listener)),
                (key, value) -> ListenerAttribute.builder().key(key).value(value).build());
    }
}
