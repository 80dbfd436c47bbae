package dev.origo.files;

import dev.origo.model.Carrier;
import dev.origo.model.HealthCheck;
import dev.origo.model.IpFamily;
import dev.origo.model.Protocol;
import dev.origo.model.Scheme;
import dev.origo.model.TrafficPolicy;
import dev.origo.spi.Capabilities;
import dev.origo.spi.Planner;
import dev.origo.spi.Provider;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/// What a directory can do as a cloud: much, as nothing is carried.
record FilesProvider(FilesCloud cloud) implements Provider<FilesObserved, FilesStep> {
    static final String ID = "files";

    private static final HealthCheck.Timing TIMING =
            new HealthCheck.Timing(Duration.ofSeconds(3), Duration.ofSeconds(1), 1, 2);

    private static final int PORTS_MAX = 20;
    private static final int NAME_LENGTH_MAX = 64;

    /// Pools, balancer, predecessor, its pools: and one for luck.
    private static final int WAVES_MAX = 5;

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(
                Map.of(
                        Protocol.TCP,
                        Set.of(
                                Carrier.PACKET,
                                Carrier.PROXY_PROTOCOL_V1,
                                Carrier.PROXY_PROTOCOL_V2,
                                Carrier.NONE),
                        Protocol.UDP,
                        Set.of(Carrier.PACKET, Carrier.NONE)),
                Set.of(IpFamily.IPV4, IpFamily.IPV6),
                true,
                true,
                true,
                false,
                false,
                true,
                Scheme.INTERNET_FACING,
                Map.of(TrafficPolicy.LOCAL, TIMING, TrafficPolicy.CLUSTER, TIMING),
                PORTS_MAX,
                NAME_LENGTH_MAX,
                WAVES_MAX);
    }

    @Override
    public Planner<FilesObserved, FilesStep> planner() {
        return new FilesPlanner();
    }
}
