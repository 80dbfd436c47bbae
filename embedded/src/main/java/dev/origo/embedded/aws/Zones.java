package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Where a load balancer stands: its subnets, one in each zone, and the addresses asked for there.
/// Source: CreateLoadBalancer and SetSubnets, Subnets and SubnetMappings.
final class Zones {
    /// Source: the service's message "ELB requires at least 8 free IP addresses in each subnet".
    private static final int FREE_ADDRESSES_MIN = 8;

    private final State state;

    Zones(State state) {
        this.state = state;
    }

    /// The load balancer with its VPC and zones, or a refusal.
    LoadBalancer place(
            LoadBalancer balancer, List<String> subnetIds, List<SubnetMapping> mappings) {
        invalidIf(
                subnetIds.isEmpty() == mappings.isEmpty(),
                "Specify either subnets or subnet mappings");
        List<SubnetMapping> wanted = new ArrayList<>(mappings);
        subnetIds.forEach(id -> wanted.add(SubnetMapping.builder().subnetId(id).build()));
        Set<String> vpcs = new HashSet<>();
        Set<String> names = new HashSet<>();
        List<AvailabilityZone> zones = new ArrayList<>();
        for (SubnetMapping mapping : wanted) {
            Subnet subnet = subnet(mapping.subnetId());
            vpcs.add(subnet.vpcId());
            String twice =
                    "A load balancer cannot be attached to multiple subnets in the same Availability Zone";
            unfitIf(!names.add(subnet.availabilityZone()), twice);
            zones.add(zone(balancer, mapping, subnet));
        }
        unfitIf(vpcs.size() > 1, "All subnets must belong to the same VPC");
        boolean narrow = balancer.type() == LoadBalancerTypeEnum.APPLICATION && zones.size() < 2;
        invalidIf(
                narrow,
                "At least two subnets in two different Availability Zones must be specified");
        String vpc = vpcs.iterator().next();
        requireGateway(balancer, vpc);
        LoadBalancer placed = balancer.toBuilder().vpcId(vpc).availabilityZones(zones).build();
        requireFamily(placed);
        return placed;
    }

    private Subnet subnet(String id) {
        Subnet subnet =
                state.subnets
                        .find(id)
                        .orElseThrow(() ->
                                Faults.elb(
                                        "SubnetNotFound",
                                        "The subnet ID '" + id + "' does not exist"));
        boolean full = subnet.availableIpAddressCount() < FREE_ADDRESSES_MIN;
        elbIf(full, "InvalidSubnet", "Not enough IP space available in " + id);
        return subnet;
    }

    private AvailabilityZone zone(LoadBalancer balancer, SubnetMapping mapping, Subnet subnet) {
        AvailabilityZone.Builder zone =
                AvailabilityZone.builder()
                        .zoneName(subnet.availabilityZone())
                        .subnetId(subnet.subnetId());
        boolean internal = balancer.scheme() == LoadBalancerSchemeEnum.INTERNAL;
        String allocation = mapping.allocationId();
        String ip = mapping.privateIPv4Address();
        if (allocation == null && ip == null) {
            return zone.build();
        }
        boolean wrong =
                balancer.type() != LoadBalancerTypeEnum.NETWORK || (allocation != null) == internal;
        unfitIf(
                wrong,
                "Elastic IPs are for internet-facing NLBs, private addresses for internal ones");
        LoadBalancerAddress.Builder address = Pojo.overlay(mapping, LoadBalancerAddress.builder());
        if (allocation != null) {
            String missing = "The allocation ID '" + allocation + "' does not exist";
            address.ipAddress(
                    state.addresses
                            .find(allocation)
                            .orElseThrow(() -> Faults.elb("AllocationIdNotFound", missing))
                            .publicIp());
        }
        boolean outside = ip != null && !Cidrs.contains(subnet.cidrBlock(), ip);
        unfitIf(outside, "'" + ip + "' is not in subnet " + subnet.subnetId());
        return zone.loadBalancerAddresses(address.build()).build();
    }

    /// An Elastic IP serves one load balancer. Source: CreateLoadBalancer, ResourceInUse.
    void requireAddressesFree(LoadBalancer balancer) {
        Set<String> taken = new HashSet<>();
        state.loadBalancers.all().stream()
                .filter(other -> !other.loadBalancerArn().equals(balancer.loadBalancerArn()))
                .flatMap(Zones::allocations)
                .forEach(taken::add);
        boolean free = allocations(balancer).allMatch(taken::add);
        elbIf(!free, "ResourceInUse", "An allocation ID is in use");
    }

    private static Stream<String> allocations(LoadBalancer balancer) {
        return balancer.availabilityZones().stream()
                .flatMap(zone -> zone.loadBalancerAddresses().stream())
                .flatMap(address -> Stream.ofNullable(address.allocationId()));
    }

    /// Source: the service's message for an internet-facing load balancer, "VPC ... has no internet
    /// gateway".
    private void requireGateway(LoadBalancer balancer, String vpc) {
        boolean open =
                state.routeTables.all().stream()
                        .filter(table -> table.vpcId().equals(vpc))
                        .flatMap(table -> table.routes().stream())
                        .anyMatch(route -> route.gatewayId().startsWith("igw-"));
        boolean outward = balancer.scheme() == LoadBalancerSchemeEnum.INTERNET_FACING;
        elbIf(outward && !open, "InvalidSubnet", "VPC " + vpc + " has no internet gateway");
    }

    /// Source: NLB guide, "IP address type": dualstack needs subnets with IPv6 CIDR blocks.
    void requireFamily(LoadBalancer balancer) {
        boolean lacking =
                balancer.availabilityZones().stream()
                        .map(zone -> subnet(zone.subnetId()))
                        .anyMatch(subnet -> subnet.ipv6CidrBlockAssociationSet().isEmpty());
        boolean ipv6 = balancer.ipAddressType() != IpAddressType.IPV4;
        unfitIf(ipv6 && lacking, "You must specify subnets with an associated IPv6 CIDR block.");
    }
}
