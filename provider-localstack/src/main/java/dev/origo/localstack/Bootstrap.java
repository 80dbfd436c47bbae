package dev.origo.localstack;

import dev.origo.aws.AwsClients;
import dev.origo.model.Cidr;
import dev.origo.model.Code;
import dev.origo.model.Problem;
import dev.origo.spi.Calls;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.Vpc;

/// Finds the network that balancers stand in at an emulator, and sets it up where there is none.
///
/// Thread rule: any thread; one call at a time.
final class Bootstrap {
    /// As AWS's default VPC and its subnets: a sixteenth of the VPC each. Source: Amazon VPC,
    /// "Default VPC components"
    private static final String VPC_RANGE = "172.31.0.0/16";

    private static final int SUBNET_BITS = 4;
    private static final int SUBNETS = 2;

    /// Source: Amazon VPC, "Subnet CIDR blocks": /28 is the smallest
    private static final int PREFIX_MAX = 28;

    private static final String PUBLIC_ROLE = "kubernetes.io/role/elb";
    private static final String PRIVATE_ROLE = "kubernetes.io/role/internal-elb";

    private final AwsClients clients;
    private final Calls calls;
    private final String region;
    private final boolean mayMake;

    /// @param mayMake whether what is missing is made
    Bootstrap(AwsClients clients, Calls calls, String region, boolean mayMake) {
        this.clients = clients;
        this.calls = calls;
        this.region = region;
        this.mayMake = mayMake;
    }

    /// The id of the VPC, in which there is at least one subnet.
    ///
    /// @param wanted its id; empty for the default one, or any
    /// @throws CloudException where it is not there and may not be made
    String vpc(String wanted) {
        List<Vpc> vpcs = read("DescribeVpcs", ec2 -> ec2.describeVpcs().vpcs());
        Optional<Vpc> found =
                wanted.isEmpty()
                        ? vpcs.stream()
                                .filter(vpc -> Boolean.TRUE.equals(vpc.isDefault()))
                                .findFirst()
                                .or(() -> vpcs.stream().findFirst())
                        : vpcs.stream().filter(vpc -> vpc.vpcId().equals(wanted)).findFirst();
        if (found.isEmpty() && (!mayMake || !wanted.isEmpty())) {
            throw new CloudException(
                    "ec2:DescribeVpcs", new CloudFailure.Rejected(absent(wanted, vpcs)));
        }
        Vpc vpc = found.orElseGet(this::makeVpc);
        if (mayMake && subnets(vpc.vpcId()) == 0) {
            makeSubnets(vpc);
        }
        return vpc.vpcId();
    }

    /// Whether a VPC is there.
    boolean has(String id) {
        return read("DescribeVpcs", ec2 -> ec2.describeVpcs().vpcs()).stream()
                .anyMatch(vpc -> vpc.vpcId().equals(id));
    }

    private static Problem absent(String wanted, List<Vpc> vpcs) {
        if (wanted.isEmpty()) {
            return Problem.error(Code.CLOUD_REJECTED, "the endpoint has no VPC")
                    .withFix("make a VPC at the endpoint, or give --localstack-bootstrap true");
        }
        return Problem.error(
                        Code.CLOUD_REJECTED,
                        "the endpoint has no VPC %s; it has %s"
                                .formatted(wanted, vpcs.stream().map(Vpc::vpcId).sorted().toList()))
                .withFix("leave --aws-vpc-id out, or name one that is there");
    }

    private int subnets(String vpc) {
        Filter inVpc = Filter.builder().name("vpc-id").values(vpc).build();
        return read("DescribeSubnets", ec2 -> ec2.describeSubnets(r -> r.filters(inVpc)).subnets())
                .size();
    }

    private Vpc makeVpc() {
        return write("CreateVpc", ec2 -> ec2.createVpc(r -> r.cidrBlock(VPC_RANGE)).vpc());
    }

    private void makeSubnets(Vpc vpc) {
        TagSpecification roles =
                TagSpecification.builder()
                        .resourceType(ResourceType.SUBNET)
                        .tags(tag(PUBLIC_ROLE), tag(PRIVATE_ROLE))
                        .build();
        List<String> ranges = ranges(Objects.requireNonNullElse(vpc.cidrBlock(), VPC_RANGE));
        for (int i = 0; i < ranges.size(); i++) {
            String range = ranges.get(i);
            String zone = region + (char) ('a' + i);
            write(
                    "CreateSubnet",
                    ec2 ->
                            ec2.createSubnet(r ->
                                    r.vpcId(vpc.vpcId())
                                            .cidrBlock(range)
                                            .availabilityZone(zone)
                                            .tagSpecifications(roles)));
        }
    }

    /// The first parts of a range.
    static List<String> ranges(String vpc) {
        Cidr whole = Cidr.parse(vpc);
        int prefix = Math.min(whole.prefixBits() + SUBNET_BITS, PREFIX_MAX);
        int start = ByteBuffer.wrap(whole.network().getAddress()).getInt();
        List<String> ranges = new ArrayList<>();
        for (int i = 0; i < Math.min(SUBNETS, 1 << (prefix - whole.prefixBits())); i++) {
            int address = start + (i << (Integer.SIZE - prefix));
            ranges.add(
                    "%d.%d.%d.%d/%d"
                            .formatted(
                                    address >>> 24,
                                    address >>> 16 & 0xff,
                                    address >>> 8 & 0xff,
                                    address & 0xff,
                                    prefix));
        }
        return ranges;
    }

    private static Tag tag(String key) {
        return Tag.builder().key(key).value("1").build();
    }

    private <T> T read(String action, Function<Ec2Client, T> call) {
        return calls.read("ec2", action, () -> translated(action, call));
    }

    private <T> T write(String action, Function<Ec2Client, T> call) {
        return calls.write("ec2", action, false, () -> translated(action, call));
    }

    private <T> T translated(String action, Function<Ec2Client, T> call) {
        try {
            return call.apply(clients.ec2().get());
        } catch (SdkException e) {
            throw AwsClients.failure(action, e);
        }
    }
}
