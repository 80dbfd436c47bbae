package dev.origo.aws;

import dev.origo.model.ClusterId;
import dev.origo.model.Scheme;

/// What the AWS provider is set to, checked.
///
/// @param endpoint URL of ELBv2 and EC2 together; empty for AWS's own
public record AwsConfig(
        ClusterId cluster,
        String region,
        String vpcId,
        String endpoint,
        Scheme defaultScheme,
        Limits limits) {

    /// The same in another VPC.
    public AwsConfig withVpc(String id) {
        return new AwsConfig(cluster, region, id, endpoint, defaultScheme, limits);
    }

    /// Quotas that plans stay below.
    ///
    /// @param targetsMax targets of one balancer in one zone. Source: "Quotas for your Network Load
    ///   Balancers"
    /// @param rulesMax rules of ours in one node group, below the quota of 60 so that others find
    ///   room. Source: "Amazon VPC quotas"
    public record Limits(int targetsMax, int rulesMax) {
        public static final Limits DEFAULT = new Limits(500, 50);

        public Limits {
            if (targetsMax < 1 || rulesMax < 4) {
                throw new IllegalArgumentException(
                        "target limit %d must be at least 1 and rule limit %d at least 4"
                                .formatted(targetsMax, rulesMax));
            }
        }
    }
}
