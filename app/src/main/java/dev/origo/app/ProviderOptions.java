package dev.origo.app;

import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/// What providers are told, by option name; each checks its own.
final class ProviderOptions {
    private final Map<String, String> byName = new TreeMap<>();

    /// What was given, without dashes in front: `aws-region` -> `eu-west-1`.
    Map<String, String> byName() {
        return Map.copyOf(byName);
    }

    @Option(
            names = "--aws-region",
            paramLabel = "REGION",
            description = "The region of the cluster's nodes; never looked up if given")
    void awsRegion(String value) {
        put("aws-region", value);
    }

    @Option(
            names = "--aws-vpc-id",
            paramLabel = "VPC",
            description = "The VPC of the cluster's nodes; never looked up if given")
    void awsVpcId(String value) {
        put("aws-vpc-id", value);
    }

    @Option(
            names = "--aws-endpoint-url",
            paramLabel = "URL",
            description = "Where ELBv2 and EC2 are (default: AWS's own endpoints of the region)")
    void awsEndpointUrl(String value) {
        put("aws-endpoint-url", value);
    }

    @Option(
            names = "--aws-default-scheme",
            paramLabel = "SCHEME",
            description =
                    "internet-facing or internal, where a Service names none (default: internet-facing)")
    void awsDefaultScheme(String value) {
        put("aws-default-scheme", value);
    }

    @Option(
            names = "--gcp-project",
            paramLabel = "PROJECT",
            description = "The project of the cluster's nodes")
    void gcpProject(String value) {
        put("gcp-project", value);
    }

    @Option(
            names = "--gcp-region",
            paramLabel = "REGION",
            description = "The region of the cluster's nodes")
    void gcpRegion(String value) {
        put("gcp-region", value);
    }

    @Option(
            names = "--gcp-network",
            paramLabel = "NETWORK",
            description = "The VPC network of the cluster's nodes")
    void gcpNetwork(String value) {
        put("gcp-network", value);
    }

    @Option(
            names = "--gcp-subnetwork",
            paramLabel = "SUBNETWORK",
            description = "The subnetwork for internal balancers")
    void gcpSubnetwork(String value) {
        put("gcp-subnetwork", value);
    }

    @Option(
            names = "--gcp-endpoint-url",
            paramLabel = "URL",
            description = "Where the Compute Engine API is (default: Google's own)")
    void gcpEndpointUrl(String value) {
        put("gcp-endpoint-url", value);
    }

    @Option(
            names = "--localstack-bootstrap",
            paramLabel = "true|false",
            description =
                    "With --provider localstack: whether a VPC and subnets are made where the"
                            + " endpoint has none (default: true)")
    void localstackBootstrap(String value) {
        put("localstack-bootstrap", value);
    }

    @Option(
            names = "--provider-option",
            paramLabel = "KEY=VALUE",
            description =
                    "An option of a provider that is not Origo's own; may be given several times")
    void other(Map<String, String> options) {
        byName.putAll(options);
    }

    private void put(String name, String value) {
        byName.put(name, value);
    }
}
