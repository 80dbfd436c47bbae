package dev.origo.app.dev;

import dev.origo.embedded.aws.AwsEndpoint;
import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import dev.origo.embedded.aws.EmbeddedAws;
import dev.origo.embedded.kubeapi.KubernetesApi;
import dev.origo.embedded.kubeapi.Settings;
import dev.origo.embedded.nodes.SimulatedCluster;
import dev.origo.spi.Tasks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// A cluster with three nodes and an account of a cloud, all in this process: the API server that
/// kubectl talks to, nodes with kube-proxy and pods on loopback, and an AWS endpoint.
///
/// Thread rule: any thread; close it last.
final class DevWorld implements AutoCloseable {
    static final String REGION = "us-east-1";

    /// The nodes' security group.
    static final String NODE_GROUP = "nodes";

    static final List<String> NODES = List.of("node-1", "node-2", "node-3");

    private static final long SEED = 1;
    private static final int FIRST_NODE = 1;

    private final KubernetesApi kubernetes;
    private final SimulatedCluster nodes;
    private final EmbeddedAws aws;
    private final AwsEndpoint endpoint;
    private final Tasks tasks;
    private final String vpc;

    /// Whether a change waits to be shown to the nodes: what comes meanwhile is the same update.
    private final AtomicBoolean due = new AtomicBoolean();

    private DevWorld(Tasks tasks, Consumer<String> log) throws IOException {
        this.tasks = tasks;
        aws = new EmbeddedAws(REGION, tasks.clock(), SEED);
        endpoint = AwsEndpoint.start(aws, 0);
        kubernetes = KubernetesApi.start(Settings.usual(tasks));
        nodes =
                SimulatedCluster.start(
                        SimulatedCluster.Config.of(tasks.clock(), new Random(SEED), log));
        vpc = aws.setup().vpc("10.0.0.0/16");
        furnish();
        kubernetes.onChange(_ -> changed());
        changed();
    }

    /// @param log told in plain sentences what nodes have to say
    static DevWorld open(Tasks tasks, Consumer<String> log) throws IOException {
        return new DevWorld(tasks, log);
    }

    private void furnish() {
        List<String> subnets = new ArrayList<>();
        for (int i = 0; i < NODES.size(); i++) {
            String zone = REGION + (char) ('a' + i);
            subnets.add(
                    aws.setup()
                            .subnet(
                                    SubnetSpec.of(vpc, zone, "10.0.%d.0/24".formatted(i))
                                            .asOpen()
                                            .tagged("kubernetes.io/role/elb", "1")
                                            .tagged("kubernetes.io/role/internal-elb", "1")));
        }
        String group = aws.setup().securityGroup(vpc, NODE_GROUP, Map.of());
        for (int i = 0; i < NODES.size(); i++) {
            String instance = aws.setup().instance(subnets.get(i), List.of(group), Map.of());
            kubernetes.create(
                    Api.JSON.readTree(
                            """
                            {"apiVersion": "v1", "kind": "Node",
                             "metadata": {"name": "%s"},
                             "spec": {"providerID": "aws:///%s/%s", "podCIDR": "10.244.%d.0/24"},
                             "status": {"addresses": [{"type": "InternalIP", "address": "127.0.1.%d"}],
                                        "conditions": [{"type": "Ready", "status": "True"}]}}
                            """
                                    .formatted(
                                            NODES.get(i),
                                            REGION + (char) ('a' + i),
                                            instance,
                                            i + FIRST_NODE,
                                            i + FIRST_NODE)));
        }
    }

    private void changed() {
        if (due.compareAndSet(false, true)) {
            tasks.start("nodes follow", this::follow);
        }
    }

    private void follow() {
        due.set(false);
        nodes.update(
                Views.of(
                        new Views.Objects(
                                kubernetes.list("Node"),
                                kubernetes.list("Service"),
                                kubernetes.list("EndpointSlice"),
                                kubernetes.list("Pod"))));
    }

    KubernetesApi kubernetes() {
        return kubernetes;
    }

    SimulatedCluster nodes() {
        return nodes;
    }

    EmbeddedAws aws() {
        return aws;
    }

    String endpointUrl() {
        return endpoint.uri().toString();
    }

    String vpc() {
        return vpc;
    }

    List<JsonNode> list(String kind) {
        return kubernetes.list(kind);
    }

    @Override
    public void close() {
        kubernetes.close();
        nodes.close();
        endpoint.close();
    }
}
