package dev.origo.localstack;

import dev.origo.aws.AwsProvider;
import dev.origo.dataplane.ForwardingPlane;
import dev.origo.model.Carrier;
import dev.origo.model.Protocol;
import dev.origo.spi.Capabilities;
import dev.origo.spi.Cloud;
import dev.origo.spi.Planner;
import dev.origo.spi.Provider;
import dev.origo.spi.Tasks;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// Network load balancers on record at an emulator, alive on this machine.
final class LocalProvider implements Provider<LocalObserved, LocalStep> {
    private static final Map<Protocol, Set<Carrier>> CARRIERS =
            Map.of(
                    Protocol.TCP,
                    Set.of(
                            Carrier.PACKET,
                            Carrier.PROXY_PROTOCOL_V1,
                            Carrier.PROXY_PROTOCOL_V2,
                            Carrier.FORWARDED_HEADER,
                            Carrier.NONE),
                    Protocol.UDP,
                    Set.of(Carrier.PACKET));

    private final Capabilities capabilities;
    private final LocalPlanner planner;
    private final LocalCloud cloud;

    /// @param connect finds the endpoint's network; called once it is needed, until it succeeds
    LocalProvider(
            AwsProvider aws, Supplier<Connection> connect, ForwardingPlane dataPlane, Tasks tasks) {
        Capabilities recorded = aws.capabilities();
        capabilities =
                new Capabilities(
                        CARRIERS,
                        recorded.families(),
                        recorded.mixedProtocols(),
                        recorded.clientIpAffinity(),
                        recorded.enforcesSourceRanges(),
                        recorded.checksCarryProxyHeader(),
                        false,
                        recorded.honoursRequestedIp(),
                        recorded.defaultScheme(),
                        recorded.timing(),
                        recorded.portsMax(),
                        recorded.nameLengthMax(),
                        recorded.wavesMax() + 2);
        planner = new LocalPlanner(aws.planner());
        cloud = new LocalCloud(new Once<>(tasks, connect), dataPlane);
    }

    @Override
    public String id() {
        return "localstack";
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public Planner<LocalObserved, LocalStep> planner() {
        return planner;
    }

    @Override
    public Cloud<LocalObserved, LocalStep> cloud() {
        return cloud;
    }
}
