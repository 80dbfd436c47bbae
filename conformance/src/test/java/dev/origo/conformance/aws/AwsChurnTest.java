package dev.origo.conformance.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.AwsSettings;
import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.embedded.aws.AwsSettings.Quota;
import dev.origo.model.ServiceSnapshot;
import dev.origo.testkit.Blueprint;
import dev.origo.testkit.Churn;
import dev.origo.testkit.World;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;

/// Random life on AWS, by fixed seeds and fresh ones. The name of a test is its seed; a fresh one
/// lives again where it is put among the fixed ones.
class AwsChurnTest {
    static Churn churn() {
        AwsStage stage = new AwsStage();
        return new Churn(
                stage,
                stage::node,
                5,
                AwsStage.web(),
                (world, service, whole) -> strike(stage, world, service, whole),
                how -> turn(stage, how),
                AwsSubject.BUDGET);
    }

    /// Fair weather, reads that lag behind, or quotas that are used up.
    private static boolean turn(AwsStage stage, int how) {
        AwsSettings fair = AwsStage.SETTINGS;
        stage.aws()
                .settings(
                        switch (how % 3) {
                            case 1 -> fair.with(Delay.LIST_LAG, Duration.ofSeconds(1 + how % 7));
                            case 2 ->
                                    fair.with(Quota.LOAD_BALANCERS, 2)
                                            .with(Quota.TARGETS_PER_GROUP, 1 + how % 4);
                            default -> fair;
                        });
        return how % 3 == 1;
    }

    private static void strike(
            AwsStage stage, World world, ServiceSnapshot service, boolean whole) {
        ElasticLoadBalancingV2Client elb = stage.aws().elb();
        List<String> names =
                new SimulatedAws(stage.aws())
                                .owned(Blueprint.CLUSTER)
                                .getOrDefault(service.meta().uid(), List.of())
                                .stream()
                                .filter(object -> object.startsWith("load-balancer "))
                                .map(object -> object.substring("load-balancer ".length()))
                                .toList();
        for (LoadBalancer balancer : elb.describeLoadBalancers(_ -> {}).loadBalancers()) {
            String name = balancer.loadBalancerName();
            String arn = balancer.loadBalancerArn();
            if (!names.contains(name)) {
                continue;
            }
            world.simulation().tell("vandal strikes " + name + (whole ? " wholly" : ""));
            if (whole) {
                elb.deleteLoadBalancer(r -> r.loadBalancerArn(arn));
            } else {
                elb.describeListeners(r -> r.loadBalancerArn(arn)).listeners().stream()
                        .limit(1)
                        .forEach(listener ->
                                elb.deleteListener(r -> r.listenerArn(listener.listenerArn())));
            }
        }
    }

    static LongStream seeds() {
        return LongStream.concat(
                LongStream.rangeClosed(1, 200),
                new SplittableRandom().longs(50, 1_000, Long.MAX_VALUE));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void survives(long seed) {
        churn().live(seed);
    }

    @Test
    void theSameSeedLivesTheSameLife() {
        assertThat(churn().live(3)).isEqualTo(churn().live(3));
    }
}
