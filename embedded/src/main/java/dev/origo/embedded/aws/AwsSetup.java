package dev.origo.embedded.aws;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.*;

/// Builds what a controller finds: VPCs, subnets, nodes, Elastic IPs, certificates. Not seen by
/// hooks and never throttled. Wrong arguments are the test's own mistake: IllegalArgumentException.
public final class AwsSetup {

    /// A subnet to make. `open` gives it a route to an internet gateway (made at need); `ipv6Cidr`
    /// is empty for none.
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

        /// A private subnet without tags.
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
            return new SubnetSpec(vpcId, zone, cidr, ipv6Cidr, open, plus(tags, key, value));
        }
    }

    private final State state;
    private final EmbeddedAws.Guard guard;

    AwsSetup(State state, EmbeddedAws.Guard guard) {
        this.state = state;
        this.guard = guard;
    }

    /// A VPC with its main route table and its default security group.
    public String vpc(String cidr) {
        return guard.locked(() -> {
            String id = state.ids.ec2("vpc");
            state.vpcs.put(
                    id,
                    Vpc.builder()
                            .vpcId(id)
                            .cidrBlock(cidr)
                            .cidrBlockAssociationSet(
                                    VpcCidrBlockAssociation.builder().cidrBlock(cidr).build())
                            .ownerId(State.ACCOUNT)
                            .isDefault(false)
                            .state(VpcState.AVAILABLE)
                            .build());
            routeTable(id, true, List.of());
            SecurityGroups.make(state, id, "default", "default VPC security group");
            return id;
        });
    }

    public String subnet(SubnetSpec spec) {
        return guard.locked(() -> {
            String cidr =
                    Cidrs.canonical(spec.cidr(), 32)
                            .orElseThrow(() -> unknown("CIDR", spec.cidr()));
            String id = state.ids.ec2("subnet");
            Subnet.Builder subnet =
                    Subnet.builder()
                            .subnetId(id)
                            .vpcId(require(state.vpcs, spec.vpcId()).vpcId())
                            .availabilityZone(spec.zone())
                            .cidrBlock(cidr)
                            .availableIpAddressCount(Cidrs.size(cidr) - 5)
                            .ownerId(State.ACCOUNT)
                            .state(SubnetState.AVAILABLE);
            if (!spec.ipv6Cidr().isEmpty()) {
                subnet.ipv6CidrBlockAssociationSet(
                        SubnetIpv6CidrBlockAssociation.builder()
                                .ipv6CidrBlock(spec.ipv6Cidr())
                                .build());
            }
            state.subnets.put(id, subnet.build());
            state.tag(id, spec.tags());
            if (spec.open()) {
                Route out =
                        Route.builder()
                                .destinationCidrBlock("0.0.0.0/0")
                                .gatewayId(spec.vpcId().replaceFirst("vpc-", "igw-"))
                                .state(RouteState.ACTIVE)
                                .build();
                String table = routeTable(spec.vpcId(), false, List.of(out));
                state.routeTables.put(
                        table,
                        require(state.routeTables, table).toBuilder()
                                .associations(
                                        RouteTableAssociation.builder()
                                                .routeTableId(table)
                                                .subnetId(id)
                                                .main(false)
                                                .build())
                                .build());
            }
            return id;
        });
    }

    private String routeTable(String vpcId, boolean main, List<Route> more) {
        String id = state.ids.ec2("rtb");
        Route local =
                Route.builder()
                        .destinationCidrBlock(require(state.vpcs, vpcId).cidrBlock())
                        .gatewayId("local")
                        .state(RouteState.ACTIVE)
                        .build();
        RouteTable.Builder table =
                RouteTable.builder()
                        .routeTableId(id)
                        .vpcId(vpcId)
                        .ownerId(State.ACCOUNT)
                        .routes(Stream.concat(Stream.of(local), more.stream()).toList());
        if (main) {
            table.associations(RouteTableAssociation.builder().routeTableId(id).main(true).build());
        }
        state.routeTables.put(id, table.build());
        return id;
    }

    /// A security group with the egress rule that every group is born with.
    public String securityGroup(String vpcId, String name, Map<String, String> tags) {
        return guard.locked(() -> {
            String id = SecurityGroups.make(state, require(state.vpcs, vpcId).vpcId(), name, name);
            state.tag(id, tags);
            return id;
        });
    }

    /// A running instance with one interface; its address is the subnet's next free one.
    public String instance(String subnetId, List<String> groupIds, Map<String, String> tags) {
        return guard.locked(() -> {
            Subnet subnet = require(state.subnets, subnetId);
            String id = state.ids.ec2("i");
            int used = Cidrs.size(subnet.cidrBlock()) - 5 - subnet.availableIpAddressCount();
            String ip = Cidrs.nth(subnet.cidrBlock(), 4 + used);
            String dns = "ip-%s.%s.compute.internal".formatted(ip.replace('.', '-'), state.region);
            List<GroupIdentifier> groups =
                    groupIds.stream()
                            .map(group ->
                                    GroupIdentifier.builder()
                                            .groupId(group)
                                            .groupName(
                                                    require(state.securityGroups, group)
                                                            .groupName())
                                            .build())
                            .toList();
            state.instances.put(
                    id,
                    Instance.builder()
                            .instanceId(id)
                            .vpcId(subnet.vpcId())
                            .subnetId(subnetId)
                            .placement(place -> place.availabilityZone(subnet.availabilityZone()))
                            .privateIpAddress(ip)
                            .privateDnsName(dns)
                            .securityGroups(groups)
                            .state(now -> now.name(InstanceStateName.RUNNING).code(16))
                            .networkInterfaces(
                                    InstanceNetworkInterface.builder()
                                            .networkInterfaceId(id.replaceFirst("i-", "eni-"))
                                            .subnetId(subnetId)
                                            .vpcId(subnet.vpcId())
                                            .privateIpAddress(ip)
                                            .groups(groups)
                                            .build())
                            .build());
            state.subnets.put(
                    subnetId,
                    subnet.toBuilder()
                            .availableIpAddressCount(subnet.availableIpAddressCount() - 1)
                            .build());
            state.tag(id, tags);
            return id;
        });
    }

    /// Stops, starts or terminates an instance. A terminated one stays in the answers, as for an
    /// hour in AWS.
    public void instanceState(String id, InstanceStateName name) {
        guard.locked(() -> {
            Instance instance = require(state.instances, id);
            state.instances.put(id, instance.toBuilder().state(now -> now.name(name)).build());
            return id;
        });
    }

    /// An Elastic IP out of the documentation range 203.0.113.0/24; answers its allocation id.
    public String elasticIp(Map<String, String> tags) {
        return guard.locked(() -> {
            String id = state.ids.ec2("eipalloc");
            state.addresses.put(
                    id,
                    Address.builder()
                            .allocationId(id)
                            .publicIp(Cidrs.nth("203.0.113.0/24", 1 + state.addresses.all().size()))
                            .domain(DomainType.VPC)
                            .build());
            state.tag(id, tags);
            return id;
        });
    }

    /// A certificate that listeners can name; answers its ARN.
    public String certificate() {
        return guard.locked(() -> {
            String arn =
                    "arn:aws:acm:%s:%s:certificate/%s"
                            .formatted(state.region, State.ACCOUNT, state.ids.hex());
            state.certificates.add(arn);
            return arn;
        });
    }

    private static <T> T require(Table<T> table, String id) {
        return table.find(id).orElseThrow(() -> unknown("id", id));
    }

    private static IllegalArgumentException unknown(String what, String text) {
        return new IllegalArgumentException("no such %s: '%s'".formatted(what, text));
    }

    private static Map<String, String> plus(Map<String, String> old, String key, String value) {
        Map<String, String> all = new TreeMap<>(old);
        all.put(key, value);
        return all;
    }
}
