package dev.origo.conformance.aws;

import dev.origo.aws.AwsClients;
import dev.origo.conformance.aws.AwsUnderTest.Furniture;
import dev.origo.testkit.Budget;
import dev.origo.testkit.Fault;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.conformance.CloudUnderTest;
import dev.origo.testkit.conformance.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.Vpc;

/// AWS at a moto server, which nobody here wrote. Each cloud begins with the server's reset: all
/// that it holds is lost.
record MotoSubject(URI endpoint) implements Subject {
    private static final int OK = 200;

    /// Emulators take any. Source: the form of ids in the EC2 API Reference, RunInstances
    private static final String IMAGE = "ami-12c6146b";

    @Override
    public String name() {
        return "aws at moto";
    }

    @Override
    public Budget budget() {
        return AwsSubject.BUDGET;
    }

    /// Each call takes milliseconds of a server; what befalls single calls is tried in memory, and
    /// with real processes.
    @Override
    public Set<Fault> faults() {
        return Set.of();
    }

    @Override
    public int lives() {
        return 0;
    }

    @Override
    public CloudUnderTest open(Simulation simulation) {
        reset();
        AwsClients clients = AwsSubject.clients(endpoint.toString());
        Furniture furniture = furnish(clients.ec2().get());
        AwsView view = new AwsView(clients.elb().get(), clients.ec2().get(), furniture::node);
        return new AwsUnderTest(clients, clients, furniture, view::dump, () -> {});
    }

    private void reset() {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(endpoint.resolve("/moto-api/reset"))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build();
            int status = http.send(request, BodyHandlers.discarding()).statusCode();
            if (status != OK) {
                throw new IllegalArgumentException(
                        "--%s %s is no moto server: POST /moto-api/reset answers %d"
                                .formatted(AwsSubjects.ENDPOINT, endpoint, status));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Furniture furnish(Ec2Client ec2) {
        Vpc made =
                ec2.createVpc(r -> r.cidrBlock("10.0.0.0/16").amazonProvidedIpv6CidrBlock(true))
                        .vpc();
        String vpc = made.vpcId();
        String prefix =
                made.ipv6CidrBlockAssociationSet()
                        .getFirst()
                        .ipv6CidrBlock()
                        .replaceFirst("00::/56$", "");
        String group =
                ec2.createSecurityGroup(r -> r.groupName("nodes").description("nodes").vpcId(vpc))
                        .groupId();
        List<String> subnets =
                List.of(
                        subnet(ec2, vpc, "a", prefix + "01::/64"),
                        subnet(ec2, vpc, "b", prefix + "02::/64"));
        List<String> machines = new ArrayList<>();
        for (int i = 0; i < Furniture.MACHINES; i++) {
            String subnet = subnets.get(i % 2);
            machines.add(
                    ec2.runInstances(r ->
                                    r.imageId(IMAGE)
                                            .minCount(1)
                                            .maxCount(1)
                                            .subnetId(subnet)
                                            .securityGroupIds(group))
                            .instances()
                            .getFirst()
                            .instanceId());
        }
        return new Furniture(vpc, machines);
    }

    private static String subnet(Ec2Client ec2, String vpc, String zone, String ipv6) {
        TagSpecification roles =
                TagSpecification.builder()
                        .resourceType(ResourceType.SUBNET)
                        .tags(tag("kubernetes.io/role/elb"), tag("kubernetes.io/role/internal-elb"))
                        .build();
        return ec2.createSubnet(r ->
                        r.vpcId(vpc)
                                .cidrBlock("10.0.%d.0/24".formatted(zone.equals("a") ? 1 : 2))
                                .ipv6CidrBlock(ipv6)
                                .availabilityZone(AwsUnderTest.REGION + zone)
                                .tagSpecifications(roles))
                .subnet()
                .subnetId();
    }

    private static Tag tag(String key) {
        return Tag.builder().key(key).value("1").build();
    }

    @Override
    public Map<String, String> unmodelled() {
        return Map.of();
    }
}
