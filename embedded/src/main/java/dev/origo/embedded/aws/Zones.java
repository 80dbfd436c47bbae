package dev.origo.embedded.aws;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Where a load balancer stands: its subnets, one in each zone, and the addresses asked for there.
/// Source: CreateLoadBalancer and SetSubnets, Subnets and SubnetMappings.
final class Zones {
    /// Source: NLB guide, "each subnet ... must have at least 8 available IP addresses".
    private static final int FREE_ADDRESSES_MIN = 8;

    private final State state;

    Zones(State state) {
        this.state = state;
    }

    /// Puts VPC and zones into the draft, or refuses them. The draft has type, scheme and address
    /// type already.
    void place(LoadBalancer.Builder draft, List<String> subnetIds, List<SubnetMapping> mappings) {
        LoadBalancer balancer = draft.build();
        if (subnetIds.isEmpty() == mappings.isEmpty()) {
            throw Faults.invalid("Specify either subnets or subnet mappings, and at least one");
        }
        List<SubnetMapping> wanted =
                mappings.isEmpty()
                        ? subnetIds.stream()
                                .map(id -> SubnetMapping.builder().subnetId(id).build())
                                .toList()
                        : mappings;
        Set<String> vpcs = new HashSet<>();
        Set<String> names = new HashSet<>();
        List<AvailabilityZone> zones = new ArrayList<>();
        for (SubnetMapping mapping : wanted) {
            Subnet subnet = subnet(mapping.subnetId());
            vpcs.add(subnet.vpcId());
            if (!names.add(subnet.availabilityZone())) {
                throw Faults.elb(
                        "InvalidConfigurationRequest",
                        "A load balancer cannot be attached to multiple subnets in the same Availability Zone");
            }
            zones.add(zone(balancer, mapping, subnet));
        }
        if (vpcs.size() > 1) {
            throw Faults.elb(
                    "InvalidConfigurationRequest", "All subnets must belong to the same VPC");
        }
        if (balancer.type() == LoadBalancerTypeEnum.APPLICATION && zones.size() < 2) {
            throw Faults.invalid(
                    "At least two subnets in two different Availability Zones must be specified");
        }
        String vpc = vpcs.iterator().next();
        requireGateway(balancer, vpc);
        requireFamily(draft.vpcId(vpc).availabilityZones(zones).build());
    }

    private Subnet subnet(String id) {
        Subnet subnet =
                state.subnets
                        .find(id)
                        .orElseThrow(() ->
                                Faults.elb(
                                        "SubnetNotFound",
                                        "The subnet ID '%s' does not exist".formatted(id)));
        if (subnet.availableIpAddressCount() < FREE_ADDRESSES_MIN) {
            throw Faults.elb(
                    "InvalidSubnet",
                    "Not enough IP space available in %s. ELB requires at least %d free IP addresses in each subnet."
                            .formatted(id, FREE_ADDRESSES_MIN));
        }
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
        if (balancer.type() != LoadBalancerTypeEnum.NETWORK || (allocation != null) == internal) {
            throw Faults.elb(
                    "InvalidConfigurationRequest",
                    "Only internet-facing NLBs take Elastic IP addresses, only internal NLBs private addresses");
        }
        if (allocation != null) {
            String publicIp =
                    state.addresses
                            .find(allocation)
                            .orElseThrow(() ->
                                    Faults.elb(
                                            "AllocationIdNotFound",
                                            "The allocation IDs '%s' do not exist"
                                                    .formatted(allocation)))
                            .publicIp();
            return zone.loadBalancerAddresses(
                            LoadBalancerAddress.builder()
                                    .allocationId(allocation)
                                    .ipAddress(publicIp)
                                    .build())
                    .build();
        }
        if (!Cidrs.contains(subnet.cidrBlock(), ip)) {
            throw Faults.elb(
                    "InvalidConfigurationRequest",
                    "'%s' is not in subnet %s".formatted(ip, subnet.subnetId()));
        }
        return zone.loadBalancerAddresses(
                        LoadBalancerAddress.builder().privateIPv4Address(ip).build())
                .build();
    }

    /// An Elastic IP serves one load balancer. Source: CreateLoadBalancer, ResourceInUse.
    void requireAddressesFree(LoadBalancer balancer) {
        Set<String> taken = new HashSet<>();
        state.loadBalancers.all().stream()
                .filter(other -> !other.loadBalancerArn().equals(balancer.loadBalancerArn()))
                .forEach(other -> taken.addAll(allocations(other)));
        for (String allocation : allocations(balancer)) {
            if (!taken.add(allocation)) {
                throw Faults.elb(
                        "ResourceInUse", "The allocation ID '%s' is in use".formatted(allocation));
            }
        }
    }

    private static List<String> allocations(LoadBalancer balancer) {
        return balancer.availabilityZones().stream()
                .flatMap(zone -> zone.loadBalancerAddresses().stream())
                .map(LoadBalancerAddress::allocationId)
                .filter(id -> id != null)
                .toList();
    }

    /// Source: the service's message for an internet-facing load balancer, "VPC ... has no internet
    /// gateway".
    private void requireGateway(LoadBalancer balancer, String vpc) {
        boolean open =
                state.routeTables.all().stream()
                        .filter(table -> table.vpcId().equals(vpc))
                        .flatMap(table -> table.routes().stream())
                        .anyMatch(route -> String.valueOf(route.gatewayId()).startsWith("igw-"));
        if (balancer.scheme() == LoadBalancerSchemeEnum.INTERNET_FACING && !open) {
            throw Faults.elb("InvalidSubnet", "VPC %s has no internet gateway".formatted(vpc));
        }
    }

    /// Source: NLB guide, "IP address type": dualstack needs subnets with IPv6 CIDR blocks.
    void requireFamily(LoadBalancer balancer) {
        if (balancer.ipAddressType() == IpAddressType.IPV4) {
            return;
        }
        boolean ready =
                balancer.availabilityZones().stream()
                        .map(zone -> subnet(zone.subnetId()))
                        .noneMatch(subnet -> subnet.ipv6CidrBlockAssociationSet().isEmpty());
        if (!ready) {
            throw Faults.elb(
                    "InvalidConfigurationRequest",
                    "You must specify subnets with an associated IPv6 CIDR block.");
        }
    }
}
