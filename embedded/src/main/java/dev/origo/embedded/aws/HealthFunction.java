package dev.origo.embedded.aws;

import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealth;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthReasonEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthStateEnum;

/// What the health check of a target finds. Called under the account's lock for each target that is
/// in use and past `initial`: it must answer at once, from what it knows.
@FunctionalInterface
public interface HealthFunction {

    TargetHealth HEALTHY = TargetHealth.builder().state(TargetHealthStateEnum.HEALTHY).build();

    TargetHealth FAILED =
            TargetHealth.builder()
                    .state(TargetHealthStateEnum.UNHEALTHY)
                    .reason(TargetHealthReasonEnum.TARGET_FAILED_HEALTH_CHECKS)
                    .description("Health checks failed")
                    .build();

    /// The group says protocol, port and path of the check; the target's port is always filled in.
    TargetHealth check(TargetGroup group, TargetDescription target);
}
