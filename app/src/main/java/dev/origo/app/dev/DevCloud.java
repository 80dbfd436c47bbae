package dev.origo.app.dev;

import dev.origo.embedded.aws.AwsEndpoint;
import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import dev.origo.embedded.aws.EmbeddedAws;
import dev.origo.embedded.aws.OnRecord;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Where the balancers are on record.
sealed interface DevCloud extends AutoCloseable {
    String REGION = "us-east-1";

    String endpointUrl();

    /// Empty where the provider is to find it.
    String vpc();

    /// What a node's spec names its instance with; empty where it has none.
    String providerId(int node);

    /// What is on record.
    ///
    /// @throws Skipped where it is not ours to look at
    OnRecord onRecord();

    @Override
    default void close() {}

    /// In this process, with an instance for each node.
    static DevCloud embedded(InstantSource clock, long seed, int nodes) throws IOException {
        EmbeddedAws aws = new EmbeddedAws(REGION, clock, seed);
        String vpc = aws.setup().vpc("10.0.0.0/16");
        String group = aws.setup().securityGroup(vpc, DevWorld.NODE_GROUP, Map.of());
        List<String> providerIds = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            String zone = REGION + (char) ('a' + i);
            String subnet =
                    aws.setup()
                            .subnet(
                                    SubnetSpec.of(vpc, zone, "10.0.%d.0/24".formatted(i))
                                            .asOpen()
                                            .tagged("kubernetes.io/role/elb", "1")
                                            .tagged("kubernetes.io/role/internal-elb", "1"));
            String instance = aws.setup().instance(subnet, List.of(group), Map.of());
            providerIds.add("aws:///%s/%s".formatted(zone, instance));
        }
        return new Embedded(aws, AwsEndpoint.start(aws, 0), vpc, List.copyOf(providerIds));
    }

    /// In this process.
    record Embedded(EmbeddedAws aws, AwsEndpoint endpoint, String vpc, List<String> providerIds)
            implements DevCloud {
        @Override
        public String endpointUrl() {
            return endpoint.uri().toString();
        }

        @Override
        public String providerId(int node) {
            return providerIds.get(node);
        }

        @Override
        public OnRecord onRecord() {
            return aws.onRecord();
        }

        @Override
        public void close() {
            endpoint.close();
        }
    }

    /// An emulator of others. No instances stand for the nodes there, so their addresses are the
    /// targets.
    record Elsewhere(String endpointUrl) implements DevCloud {
        @Override
        public String vpc() {
            return "";
        }

        @Override
        public String providerId(int node) {
            return "";
        }

        @Override
        public OnRecord onRecord() {
            throw new Skipped("needs a look into the account, which is not at " + endpointUrl);
        }
    }
}
