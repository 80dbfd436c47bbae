package dev.origo.app.dev;

import dev.origo.embedded.aws.AwsEndpoint;
import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import dev.origo.embedded.aws.EmbeddedAws;
import dev.origo.embedded.aws.EmulatorAccount;
import dev.origo.embedded.aws.OnRecord;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Where the balancers are on record.
///
/// @param vpc empty where the provider is to find it
/// @param providerIds what the specs of our nodes name their instances with; empty where there are
///   none
/// @param nodeGroup name of the nodes' security group
/// @param end takes away what was made
record DevCloud(
        String endpointUrl,
        String vpc,
        List<String> providerIds,
        String nodeGroup,
        OnRecord onRecord,
        Runnable end)
        implements AutoCloseable {
    static final String REGION = "us-east-1";

    private static final String NODE_GROUP = "nodes";

    /// In this process.
    ///
    /// @param nodes how many have an instance
    static DevCloud embedded(InstantSource clock, long seed, int nodes) throws IOException {
        EmbeddedAws aws = new EmbeddedAws(REGION, clock, seed);
        OnRecord onRecord = aws.onRecord();
        String vpc = aws.setup().vpc("10.0.0.0/16");
        String group = aws.setup().securityGroup(vpc, NODE_GROUP, Map.of());
        List<String> providerIds = new ArrayList<>();
        for (int i = 0; i < OurNodes.NAMES.size(); i++) {
            String zone = REGION + (char) ('a' + i);
            String subnet =
                    aws.setup()
                            .subnet(
                                    SubnetSpec.of(vpc, zone, "10.0.%d.0/24".formatted(i))
                                            .asOpen()
                                            .tagged("kubernetes.io/role/elb", "1")
                                            .tagged("kubernetes.io/role/internal-elb", "1"));
            if (i < nodes) {
                String instance = aws.setup().instance(subnet, List.of(group), Map.of());
                providerIds.add("aws:///%s/%s".formatted(zone, instance));
            }
        }
        AwsEndpoint endpoint = AwsEndpoint.start(aws, 0);
        return new DevCloud(
                endpoint.uri().toString(), vpc, providerIds, NODE_GROUP, onRecord, endpoint::close);
    }

    /// An emulator of others.
    ///
    /// @param nodes how many have an instance, where the emulator has instances
    /// @param log told where it has none
    static DevCloud elsewhere(String endpointUrl, int nodes, Consumer<String> log) {
        EmulatorAccount account = EmulatorAccount.open(endpointUrl, REGION, nodes, log);
        return new DevCloud(
                endpointUrl,
                account.vpc(),
                account.providerIds(),
                account.nodeGroup(),
                account.onRecord(),
                account::close);
    }

    @Override
    public void close() {
        end.run();
    }
}
