package dev.origo.conformance.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.testkit.Simulation;
import dev.origo.testkit.Stage;
import dev.origo.testkit.World;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerSchemeEnum;

/// Someone damages a balancer's successor by hand while its predecessor stands. The world's law of
/// capacity holds after each write: what is whole stays until the other is whole again.
class SuccessorTest {
    private static final long SEED = 7;

    /// Longer than a successor needs.
    private static final Duration SOON = Duration.ofMinutes(1);

    private final AwsStage stage = new AwsStage();

    @Test
    void isMendedBeforeItIsPublished() {
        Simulation.driven(this::replaced);
    }

    private String replaced() {
        try (World world = stage.open(SEED)) {
            world.beginsHere();
            stage.boot(world);
            world.create(Stage.SERVICE, AwsStage.web());
            world.settle();
            List<String> before = world.addresses(Stage.SERVICE);

            world.update(Stage.SERVICE, d -> d.withAnnotation("origo.dev/scheme", "internal"));
            assertThat(world.simulation().runUntil(() -> !listeners().isEmpty(), SOON)).isTrue();
            listeners().forEach(l -> elb().deleteListener(r -> r.listenerArn(l.listenerArn())));
            world.settle();

            world.checkConverged();
            assertThat(world.addresses(Stage.SERVICE)).isNotEqualTo(before);
            return world.dump();
        }
    }

    private ElasticLoadBalancingV2Client elb() {
        return stage.aws().elb();
    }

    /// Those of the successor.
    private List<Listener> listeners() {
        return elb().describeLoadBalancers(_ -> {}).loadBalancers().stream()
                .filter(balancer -> balancer.scheme() == LoadBalancerSchemeEnum.INTERNAL)
                .map(LoadBalancer::loadBalancerArn)
                .flatMap(arn ->
                        elb().describeListeners(r -> r.loadBalancerArn(arn)).listeners().stream())
                .toList();
    }
}
