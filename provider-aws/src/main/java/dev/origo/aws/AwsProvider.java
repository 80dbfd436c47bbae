package dev.origo.aws;

import dev.origo.model.Carrier;
import dev.origo.model.HealthCheck;
import dev.origo.model.IpFamily;
import dev.origo.model.Protocol;
import dev.origo.model.TrafficPolicy;
import dev.origo.spi.Capabilities;
import dev.origo.spi.Cloud;
import dev.origo.spi.Planner;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderRuntime;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/// Network Load Balancers of AWS.
public final class AwsProvider implements Provider<AwsObserved, AwsStep> {
    static final String ID = "aws";

    /// Source: "Quotas for your Network Load Balancers"
    private static final int LISTENERS_MAX = 50;

    /// Source: ELBv2 API, CreateLoadBalancer
    private static final int NAME_LENGTH_MAX = 32;

    private static final int WAVES_MAX = 16;

    /// The quickest pace that AWS allows and that answers in time: out within 12 s. The same for
    /// both policies, because 10256 tells of a draining node what healthCheckNodePort tells of lost
    /// pods. Source: ELBv2 API, CreateTargetGroup: interval 5..300 s, timeout 2..120 s, thresholds
    /// 2..10
    private static final HealthCheck.Timing TIMING =
            new HealthCheck.Timing(Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 2);

    private final AwsConfig config;
    private final AwsPlanner planner;
    private final AwsCloud cloud;

    private AwsProvider(AwsConfig config, AwsCloud cloud) {
        this.config = config;
        this.planner = new AwsPlanner(config);
        this.cloud = cloud;
    }

    /// A provider on clients of the caller's.
    public static AwsProvider of(AwsConfig config, AwsClients clients, ProviderRuntime runtime) {
        return new AwsProvider(config, new AwsCloud(config, clients, runtime));
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(
                Map.of(
                        Protocol.TCP,
                        Set.of(Carrier.PACKET, Carrier.PROXY_PROTOCOL_V2, Carrier.NONE),
                        Protocol.UDP,
                        Set.of(Carrier.PACKET)),
                Set.of(IpFamily.IPV4, IpFamily.IPV6),
                true,
                true,
                true,
                true,
                true,
                false,
                config.defaultScheme(),
                Map.of(TrafficPolicy.LOCAL, TIMING, TrafficPolicy.CLUSTER, TIMING),
                LISTENERS_MAX,
                NAME_LENGTH_MAX,
                WAVES_MAX);
    }

    @Override
    public Planner<AwsObserved, AwsStep> planner() {
        return planner;
    }

    @Override
    public Cloud<AwsObserved, AwsStep> cloud() {
        return cloud;
    }
}
