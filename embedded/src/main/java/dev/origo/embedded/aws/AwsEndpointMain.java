package dev.origo.embedded.aws;

import dev.origo.embedded.aws.AwsSettings.Bucket;
import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.embedded.aws.AwsSettings.Rate;
import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import dev.origo.loop.VirtualTasks;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Tag;

/// The embedded AWS as a process of its own, until it is ended:
///
/// ```
/// java -cp ... dev.origo.embedded.aws.AwsEndpointMain PORT [THROTTLED_PORT]
/// ```
///
/// There are two VPCs, tagged `Name=main` and `Name=other`, each with three open subnets, a
/// security group `nodes`, and in the first subnet an instance that runs and one that is stopped.
/// On the second port is an account of its own that lets one read a second through, 40 at once.
public final class AwsEndpointMain {
    private static final String REGION = "us-east-1";
    private static final Duration PROVISIONING = Duration.ofSeconds(2);
    private static final Rate SLOW = new Rate(1, 40);

    private AwsEndpointMain() {}

    public static void main(String[] ports) throws IOException, InterruptedException {
        try (VirtualTasks tasks = new VirtualTasks(bug -> System.err.println(bug))) {
            InstantSource clock = tasks.clock();
            AwsSettings settings =
                    AwsSettings.defaults()
                            .with(Delay.PROVISIONING, PROVISIONING)
                            .with(Delay.REGISTERING, PROVISIONING);
            List<AwsEndpoint> endpoints = new ArrayList<>();
            endpoints.add(AwsEndpoint.start(account(clock, settings), Integer.parseInt(ports[0])));
            if (ports.length > 1) {
                AwsSettings slow =
                        settings.with(Bucket.ELB_READS, SLOW).with(Bucket.EC2_READS, SLOW);
                int port = Integer.parseInt(ports[1]);
                endpoints.add(AwsEndpoint.start(account(clock, slow), port));
            }
            endpoints.forEach(endpoint -> System.out.println("AWS at " + endpoint.uri()));
            Thread.currentThread().join();
        }
    }

    private static EmbeddedAws account(InstantSource clock, AwsSettings settings) {
        EmbeddedAws aws = new EmbeddedAws(REGION, clock, 1);
        aws.settings(settings);
        for (String name : List.of("main", "other")) {
            AwsSetup setup = aws.setup();
            String vpc = setup.vpc("10.20.0.0/16");
            Tag tag = Tag.builder().key("Name").value(name).build();
            aws.ec2().createTags(r -> r.resources(vpc).tags(tag));
            String group = setup.securityGroup(vpc, "nodes", Map.of());
            List<String> subnets = new ArrayList<>();
            for (String zone : List.of("a", "b", "c")) {
                String cidr = "10.20.%d.0/20".formatted(16 * subnets.size());
                subnets.add(setup.subnet(SubnetSpec.of(vpc, REGION + zone, cidr).asOpen()));
            }
            setup.instance(subnets.getFirst(), List.of(group), Map.of());
            String stopped = setup.instance(subnets.getFirst(), List.of(group), Map.of());
            setup.instanceState(stopped, InstanceStateName.STOPPED);
        }
        return aws;
    }
}
