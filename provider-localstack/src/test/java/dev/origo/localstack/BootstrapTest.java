package dev.origo.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.aws.AwsClients;
import dev.origo.model.Code;
import dev.origo.model.Problem;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.CreateSubnetRequest;
import software.amazon.awssdk.services.ec2.model.CreateSubnetResponse;
import software.amazon.awssdk.services.ec2.model.CreateVpcRequest;
import software.amazon.awssdk.services.ec2.model.CreateVpcResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSubnetsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSubnetsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeVpcsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeVpcsResponse;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.ec2.model.Vpc;

/// What is found at an endpoint, and what is made there.
final class BootstrapTest {
    /// As much of EC2 as there is at a fresh emulator.
    private static final class Ec2 implements Ec2Client {
        private final List<Vpc> vpcs = new ArrayList<>();
        private final List<Subnet> subnets = new ArrayList<>();
        private final List<String> made = new ArrayList<>();

        Ec2 vpc(String id, String range, boolean isDefault) {
            vpcs.add(Vpc.builder().vpcId(id).cidrBlock(range).isDefault(isDefault).build());
            return this;
        }

        Ec2 subnet(String vpc) {
            subnets.add(Subnet.builder().vpcId(vpc).build());
            return this;
        }

        @Override
        public DescribeVpcsResponse describeVpcs() {
            return describeVpcs(DescribeVpcsRequest.builder().build());
        }

        @Override
        public DescribeVpcsResponse describeVpcs(DescribeVpcsRequest request) {
            return DescribeVpcsResponse.builder().vpcs(vpcs).build();
        }

        @Override
        public DescribeSubnetsResponse describeSubnets(DescribeSubnetsRequest request) {
            List<String> wanted = request.filters().getFirst().values();
            return DescribeSubnetsResponse.builder()
                    .subnets(subnets.stream().filter(s -> wanted.contains(s.vpcId())).toList())
                    .build();
        }

        @Override
        public CreateVpcResponse createVpc(CreateVpcRequest request) {
            made.add("vpc " + request.cidrBlock());
            vpc("vpc-made", request.cidrBlock(), false);
            return CreateVpcResponse.builder().vpc(vpcs.getLast()).build();
        }

        @Override
        public CreateSubnetResponse createSubnet(CreateSubnetRequest request) {
            made.add(
                    "%s %s in %s %s"
                            .formatted(
                                    request.vpcId(),
                                    request.cidrBlock(),
                                    request.availabilityZone(),
                                    request.tagSpecifications().getFirst().tags().stream()
                                            .map(tag -> tag.key())
                                            .toList()));
            return CreateSubnetResponse.builder().build();
        }

        @Override
        public String serviceName() {
            return "ec2";
        }

        @Override
        public void close() {}
    }

    private record Row(
            String name, Ec2 ec2, String wanted, boolean mayMake, String found, List<String> made) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row row(String name, Ec2 ec2, String found, String... made) {
        return new Row(name, ec2, "", true, found, List.of(made));
    }

    private static final String ROLES =
            " [kubernetes.io/role/elb, kubernetes.io/role/internal-elb]";

    private static Stream<Row> rows() {
        return Stream.of(
                row(
                        "an empty account gets everything",
                        new Ec2(),
                        "vpc-made",
                        "vpc 172.31.0.0/16",
                        "vpc-made 172.31.0.0/20 in us-east-1a" + ROLES,
                        "vpc-made 172.31.16.0/20 in us-east-1b" + ROLES),
                row(
                        "a VPC without subnets gets some within its range",
                        new Ec2().vpc("vpc-1", "10.8.0.0/24", false),
                        "vpc-1",
                        "vpc-1 10.8.0.0/28 in us-east-1a" + ROLES,
                        "vpc-1 10.8.0.16/28 in us-east-1b" + ROLES),
                row(
                        "what is there is taken",
                        new Ec2().vpc("vpc-1", "10.0.0.0/16", false).subnet("vpc-1"),
                        "vpc-1"),
                row(
                        "the default VPC goes first",
                        new Ec2()
                                .vpc("vpc-1", "10.0.0.0/16", false)
                                .vpc("vpc-2", "10.1.0.0/16", true)
                                .subnet("vpc-2"),
                        "vpc-2"),
                new Row(
                        "the one that is named goes before it",
                        new Ec2()
                                .vpc("vpc-1", "10.0.0.0/16", true)
                                .vpc("vpc-2", "10.1.0.0/16", false)
                                .subnet("vpc-2"),
                        "vpc-2",
                        true,
                        "vpc-2",
                        List.of()),
                new Row(
                        "nothing is made where that is not allowed",
                        new Ec2().vpc("vpc-1", "10.0.0.0/16", false),
                        "",
                        false,
                        "vpc-1",
                        List.of()));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void findsANetworkOrMakesOne(Row row) {
        Bootstrap bootstrap = bootstrap(row.ec2(), row.mayMake());

        assertThat(bootstrap.vpc(row.wanted())).isEqualTo(row.found());
        assertThat(row.ec2().made).isEqualTo(row.made());
        assertThat(bootstrap.has(row.found())).isTrue();
        assertThat(bootstrap.has("vpc-other")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''    | false | the endpoint has no VPC
                    vpc-9 | false | the endpoint has no VPC vpc-9; it has []
                    vpc-9 | true  | the endpoint has no VPC vpc-9; it has []
                    """)
    void saysWhatIsMissing(String wanted, boolean mayMake, String message) {
        Ec2 ec2 = new Ec2();

        assertThatThrownBy(() -> bootstrap(ec2, mayMake).vpc(wanted))
                .isInstanceOfSatisfying(
                        CloudException.class,
                        e ->
                                assertThat(e.failure())
                                        .isInstanceOfSatisfying(
                                                CloudFailure.Rejected.class,
                                                rejected -> told(rejected.problem(), message)));
        assertThat(ec2.made).isEmpty();
    }

    private static void told(Problem problem, String message) {
        assertThat(problem.code()).isEqualTo(Code.CLOUD_REJECTED);
        assertThat(problem.message()).isEqualTo(message);
        assertThat(problem.fix()).contains("--");
    }

    @ParameterizedTest
    @CsvSource({
        "172.31.0.0/16, 172.31.0.0/20, 172.31.16.0/20",
        "10.0.0.0/27, 10.0.0.0/28, 10.0.0.16/28",
        "192.168.255.0/24, 192.168.255.0/28, 192.168.255.16/28"
    })
    void subnetsAreWithinTheirVpc(String vpc, String first, String second) {
        assertThat(Bootstrap.ranges(vpc)).containsExactly(first, second);
        assertThat(Bootstrap.ranges("10.0.0.0/28")).containsExactly("10.0.0.0/28");
    }

    private static Bootstrap bootstrap(Ec2 ec2, boolean mayMake) {
        AwsClients clients =
                new AwsClients(
                        () -> {
                            throw new AssertionError("nothing is balanced yet");
                        },
                        () -> ec2);
        return new Bootstrap(clients, new Books.Straight(), "us-east-1", mayMake);
    }
}
