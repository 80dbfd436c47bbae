package dev.origo.embedded.aws;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.*;

/// Builds what a controller finds: VPCs, subnets, nodes, Elastic IPs, certificates. Not seen by
/// hooks and never throttled. Each method answers the id of what it made. Wrong arguments are the
/// test's own mistake: IllegalArgumentException.
public final class AwsSetup {
    /// Source: VPC guide, "Subnet CIDR blocks": AWS keeps the first four addresses and the last.
    private static final int RESERVED_FIRST = 4;

    private static final int RESERVED = 5;

    /// A subnet to make. `open` gives it a route to an internet gateway; `ipv6Cidr` is empty for
    /// none.
    public record SubnetSpec(
            String vpcId,
            String zone,
            String cidr,
            String ipv6Cidr,
            boolean open,
            Map<String, String> tags) {
        public SubnetSpec {
            tags = Map.copyOf(tags);
        }

        /// A private subnet without IPv6 and tags.
        public static SubnetSpec of(String vpcId, String zone, String cidr) {
            return new SubnetSpec(vpcId, zone, cidr, "", false, Map.of());
        }

        public SubnetSpec asOpen() {
            return new SubnetSpec(vpcId, zone, cidr, ipv6Cidr, true, tags);
        }

        public SubnetSpec withIpv6(String ipv6) {
            return new SubnetSpec(vpcId, zone, cidr, ipv6, open, tags);
        }

        public SubnetSpec tagged(String key, String value) {
            Map<String, String> all = new TreeMap<>(tags);
            all.put(key, value);
            return new SubnetSpec(vpcId, zone, cidr, ipv6Cidr, open, all);
        }
    }

    private final State state;
    private final EmbeddedAws aws;

    AwsSetup(State state, EmbeddedAws aws) {
        this.state = state;
        this.aws = aws;
    }

    /// Under the lock: makes a thing and tags it.
    private String made(Map<String, String> tags, Supplier<String> make) {
        return aws.locked(() -> {
            String id = make.get();
            state.tag(id, tags);
            return id;
        });
    }

    /// A VPC with its main route table and its default security group.
    public String vpc(String cidr) {
        return made(
                Map.of(),
                () -> {
                    String id = state.ids.ec2("vpc");
                    VpcCidrBlockAssociation block =
                            VpcCidrBlockAssociation.builder().cidrBlock(cidr).build();
                    Vpc.Builder vpc =
                            Vpc.builder().vpcId(id).cidrBlock(cidr).cidrBlockAssociationSet(block);
                    state.vpcs.put(id, vpc.state(VpcState.AVAILABLE).isDefault(false).build());
                    route(id, RouteTableAssociation.builder().main(true), Stream.of());
                    SecurityGroups.make(state, id, "default", "default VPC security group");
                    return id;
                });
    }

    public String subnet(SubnetSpec spec) {
        return made(
                spec.tags(),
                () -> {
                    String id = state.ids.ec2("subnet");
                    String cidr =
                            Cidrs.canonical(spec.cidr(), 32)
                                    .orElseThrow(() -> unknown(spec.cidr()));
                    Subnet.Builder subnet =
                            Subnet.builder()
                                    .subnetId(id)
                                    .vpcId(require(state.vpcs, spec.vpcId()).vpcId())
                                    .availabilityZone(spec.zone())
                                    .cidrBlock(cidr)
                                    .availableIpAddressCount(Cidrs.size(cidr) - RESERVED)
                                    .state(SubnetState.AVAILABLE);
                    if (!spec.ipv6Cidr().isEmpty()) {
                        subnet.ipv6CidrBlockAssociationSet(
                                SubnetIpv6CidrBlockAssociation.builder()
                                        .ipv6CidrBlock(spec.ipv6Cidr())
                                        .build());
                    }
                    state.subnets.put(id, subnet.build());
                    if (spec.open()) {
                        String gateway = spec.vpcId().replaceFirst("vpc-", "igw-");
                        Route out =
                                Route.builder()
                                        .destinationCidrBlock("0.0.0.0/0")
                                        .gatewayId(gateway)
                                        .build();
                        route(
                                spec.vpcId(),
                                RouteTableAssociation.builder().main(false).subnetId(id),
                                Stream.of(out));
                    }
                    return id;
                });
    }

    /// A route table with the VPC's local route and more.
    private void route(
            String vpcId, RouteTableAssociation.Builder association, Stream<Route> more) {
        String id = state.ids.ec2("rtb");
        String cidr = require(state.vpcs, vpcId).cidrBlock();
        Route local = Route.builder().destinationCidrBlock(cidr).gatewayId("local").build();
        state.routeTables.put(
                id,
                RouteTable.builder()
                        .routeTableId(id)
                        .vpcId(vpcId)
                        .associations(association.routeTableId(id).build())
                        .routes(Stream.concat(Stream.of(local), more).toList())
                        .build());
    }

    /// A security group with the egress rule that every group is born with.
    public String securityGroup(String vpcId, String name, Map<String, String> tags) {
        return made(
                tags,
                () -> SecurityGroups.make(state, require(state.vpcs, vpcId).vpcId(), name, name));
    }

    /// A running instance with one interface; its address is the subnet's next free one.
    public String instance(String subnetId, List<String> groupIds, Map<String, String> tags) {
        return made(
                tags,
                () -> {
                    String id = state.ids.ec2("i");
                    Subnet subnet = require(state.subnets, subnetId);
                    int free = subnet.availableIpAddressCount();
                    int used = Cidrs.size(subnet.cidrBlock()) - RESERVED - free;
                    String ip = Cidrs.nth(subnet.cidrBlock(), RESERVED_FIRST + used);
                    state.subnets.put(
                            subnetId, subnet.toBuilder().availableIpAddressCount(free - 1).build());
                    List<GroupIdentifier> groups = groups(groupIds);
                    InstanceNetworkInterface.Builder card =
                            InstanceNetworkInterface.builder()
                                    .subnetId(subnetId)
                                    .vpcId(subnet.vpcId());
                    state.instances.put(
                            id,
                            Instance.builder()
                                    .instanceId(id)
                                    .vpcId(subnet.vpcId())
                                    .subnetId(subnetId)
                                    .placement(place ->
                                            place.availabilityZone(subnet.availabilityZone()))
                                    .privateIpAddress(ip)
                                    .privateDnsName(
                                            "ip-"
                                                    + ip.replace('.', '-')
                                                    + "."
                                                    + state.region
                                                    + ".compute.internal")
                                    .securityGroups(groups)
                                    .networkInterfaces(
                                            card.privateIpAddress(ip).groups(groups).build())
                                    .state(now -> now.name(InstanceStateName.RUNNING))
                                    .build());
                    return id;
                });
    }

    /// Stops, starts or terminates an instance. A terminated one stays in the answers, as for an
    /// hour in AWS.
    public String instanceState(String id, InstanceStateName name) {
        return aws.locked(() -> {
            Instance instance = require(state.instances, id);
            state.instances.put(id, instance.toBuilder().state(now -> now.name(name)).build());
            return id;
        });
    }

    /// Puts an instance into other security groups.
    public String instanceGroups(String id, List<String> groupIds) {
        return aws.locked(() -> {
            Instance instance = require(state.instances, id);
            state.instances.put(id, instance.toBuilder().securityGroups(groups(groupIds)).build());
            return id;
        });
    }

    private List<GroupIdentifier> groups(List<String> ids) {
        return ids.stream()
                .map(id -> require(state.securityGroups, id))
                .map(group -> Pojo.overlay(group, GroupIdentifier.builder()).build())
                .toList();
    }

    /// An Elastic IP out of the documentation range 203.0.113.0/24; answers its allocation id.
    public String elasticIp(Map<String, String> tags) {
        return made(
                tags,
                () -> {
                    String id = state.ids.ec2("eipalloc");
                    String ip = Cidrs.nth("203.0.113.0/24", 1 + state.addresses.all().size());
                    state.addresses.put(
                            id, Address.builder().allocationId(id).publicIp(ip).build());
                    return id;
                });
    }

    /// A certificate that listeners can name; answers its ARN.
    public String certificate() {
        return aws.locked(() -> {
            String arn =
                    "arn:aws:acm:"
                            + state.region
                            + ":"
                            + State.ACCOUNT
                            + ":certificate/"
                            + state.ids.hex();
            state.certificates.add(arn);
            return arn;
        });
    }

    private static <T> T require(Table<T> table, String id) {
        return table.find(id).orElseThrow(() -> unknown(id));
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException("'" + text + "' is not known here or malformed");
    }
}
