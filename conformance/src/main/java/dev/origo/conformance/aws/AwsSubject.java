package dev.origo.conformance.aws;

import dev.origo.aws.AwsClients;
import dev.origo.aws.AwsConfig;
import dev.origo.conformance.aws.AwsUnderTest.Furniture;
import dev.origo.embedded.aws.AwsEndpoint;
import dev.origo.embedded.aws.AwsSettings;
import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import dev.origo.embedded.aws.EmbeddedAws;
import dev.origo.model.Scheme;
import dev.origo.testkit.Blueprint;
import dev.origo.testkit.Budget;
import dev.origo.testkit.Budget.Cost;
import dev.origo.testkit.Fault;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.conformance.CloudUnderTest;
import dev.origo.testkit.conformance.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// AWS on the account in memory, by Java calls or over HTTP.
///
/// @param overHttp whether the provider's own SDK clients speak to the account's endpoint
public record AwsSubject(boolean overHttp) implements Subject {
    /// Source: docs/explanation/performance.md, "Calls"; a create makes 4 reads and 10 writes.
    static final Budget BUDGET =
            new Budget(new Cost(14, 10), new Cost(4, 4), new Cost(6, 5), new Cost(8, 5));

    @Override
    public String name() {
        return overHttp ? "aws over HTTP" : "aws";
    }

    @Override
    public Budget budget() {
        return BUDGET;
    }

    @Override
    public CloudUnderTest open(Simulation simulation) {
        return open(simulation, AwsStage.SETTINGS);
    }

    @Override
    public CloudUnderTest openPrompt(Simulation simulation) {
        return open(simulation, AwsSettings.defaults());
    }

    private CloudUnderTest open(Simulation simulation, AwsSettings settings) {
        EmbeddedAws aws = new EmbeddedAws(AwsUnderTest.REGION, simulation::instant, 7);
        aws.settings(settings);
        Furniture furniture = furnish(aws);
        SimulatedAws seen = new SimulatedAws(aws);
        AwsClients direct = new AwsClients(aws::elb, aws::ec2);
        if (!overHttp) {
            return new AwsUnderTest(direct, direct, furniture, seen::dump, () -> {});
        }
        try {
            AwsEndpoint endpoint = AwsEndpoint.start(aws, 0);
            AwsClients wired = clients(endpoint.uri().toString());
            return new AwsUnderTest(wired, direct, furniture, seen::dump, endpoint::close);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Over HTTP each call costs real time, and what befalls it is known from the account itself:
    /// the process is killed there, no more.
    @Override
    public Set<Fault> faults() {
        return overHttp ? EnumSet.of(Fault.CRASH) : EnumSet.allOf(Fault.class);
    }

    @Override
    public int lives() {
        return overHttp ? 2 : 25;
    }

    static AwsClients clients(String endpoint) {
        return AwsClients.ofEmulator(
                new AwsConfig(
                        Blueprint.CLUSTER,
                        AwsUnderTest.REGION,
                        "",
                        endpoint,
                        Scheme.INTERNET_FACING,
                        AwsConfig.Limits.DEFAULT));
    }

    private static Furniture furnish(EmbeddedAws aws) {
        String vpc = aws.setup().vpc("10.0.0.0/16");
        String[] subnets = {subnet(aws, vpc, "a", 1), subnet(aws, vpc, "b", 2)};
        String nodes = aws.setup().securityGroup(vpc, "nodes", Map.of());
        List<String> machines = new ArrayList<>();
        for (int i = 0; i < Furniture.MACHINES; i++) {
            machines.add(aws.setup().instance(subnets[i % 2], List.of(nodes), Map.of()));
        }
        return new Furniture(vpc, machines);
    }

    private static String subnet(EmbeddedAws aws, String vpc, String zone, int number) {
        return aws.setup()
                .subnet(
                        SubnetSpec.of(
                                        vpc,
                                        AwsUnderTest.REGION + zone,
                                        "10.0.%d.0/24".formatted(number))
                                .asOpen()
                                .withIpv6("2001:db8:0:%d::/64".formatted(number)));
    }
}
