package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.*;

/// What the load balancers stand in and send to: VPCs, subnets, route tables, instances, Elastic
/// IPs. Read only here; [AwsSetup] makes them.
final class Network {
    private static final Query<Vpc> VPCS =
            new Query<>(
                    "InvalidVpcID.NotFound",
                    Vpc::vpcId,
                    Map.of(
                            "vpc-id",
                            vpc -> Stream.of(vpc.vpcId()),
                            "cidr",
                            vpc -> Stream.of(vpc.cidrBlock())));

    private static final Query<Subnet> SUBNETS =
            new Query<>(
                    "InvalidSubnetID.NotFound",
                    Subnet::subnetId,
                    Map.of(
                            "vpc-id", subnet -> Stream.of(subnet.vpcId()),
                            "subnet-id", subnet -> Stream.of(subnet.subnetId()),
                            "availability-zone", subnet -> Stream.of(subnet.availabilityZone()),
                            "cidr-block", subnet -> Stream.of(subnet.cidrBlock()),
                            "state", subnet -> Stream.of(subnet.stateAsString())));

    private static final Query<RouteTable> ROUTE_TABLES =
            new Query<>(
                    "InvalidRouteTableID.NotFound",
                    RouteTable::routeTableId,
                    Map.of(
                            "vpc-id",
                            table -> Stream.of(table.vpcId()),
                            "association.main",
                            table ->
                                    table.associations().stream()
                                            .map(association -> association.main().toString()),
                            "association.subnet-id",
                            table ->
                                    table.associations().stream()
                                            .flatMap(association ->
                                                    Stream.ofNullable(association.subnetId()))));

    private static final Query<Instance> INSTANCES =
            new Query<>(
                    "InvalidInstanceID.NotFound",
                    Instance::instanceId,
                    Map.of(
                            "instance-id",
                            instance -> Stream.of(instance.instanceId()),
                            "private-dns-name",
                            instance -> Stream.of(instance.privateDnsName()),
                            "private-ip-address",
                            instance -> Stream.of(instance.privateIpAddress()),
                            "vpc-id",
                            instance -> Stream.of(instance.vpcId()),
                            "subnet-id",
                            instance -> Stream.of(instance.subnetId()),
                            "availability-zone",
                            instance -> Stream.of(instance.placement().availabilityZone()),
                            "instance-state-name",
                            instance -> Stream.of(instance.state().nameAsString()),
                            "instance.group-id",
                            instance ->
                                    instance.securityGroups().stream()
                                            .map(GroupIdentifier::groupId)));

    private static final Query<Address> ADDRESSES =
            new Query<>(
                    "InvalidAllocationID.NotFound",
                    Address::allocationId,
                    Map.of(
                            "allocation-id", address -> Stream.of(address.allocationId()),
                            "public-ip", address -> Stream.of(address.publicIp())));

    private final State state;
    private final Ec2Tags tags;

    Network(State state, Ec2Tags tags) {
        this.state = state;
        this.tags = tags;
    }

    DescribeVpcsResponse vpcs(DescribeVpcsRequest request) {
        List<Vpc> found =
                VPCS.select(state, state.vpcs, request.vpcIds(), request.filters()).stream()
                        .map(vpc -> vpc.toBuilder().tags(tags.of(vpc.vpcId())).build())
                        .toList();
        Page<Vpc> page = Page.ec2(found, request.maxResults(), request.nextToken());
        return DescribeVpcsResponse.builder().vpcs(page.items()).nextToken(page.next()).build();
    }

    DescribeSubnetsResponse subnets(DescribeSubnetsRequest request) {
        List<Subnet> found =
                SUBNETS
                        .select(state, state.subnets, request.subnetIds(), request.filters())
                        .stream()
                        .map(subnet -> subnet.toBuilder().tags(tags.of(subnet.subnetId())).build())
                        .toList();
        Page<Subnet> page = Page.ec2(found, request.maxResults(), request.nextToken());
        return DescribeSubnetsResponse.builder()
                .subnets(page.items())
                .nextToken(page.next())
                .build();
    }

    DescribeRouteTablesResponse routeTables(DescribeRouteTablesRequest request) {
        List<RouteTable> found =
                ROUTE_TABLES.select(
                        state, state.routeTables, request.routeTableIds(), request.filters());
        Page<RouteTable> page = Page.ec2(found, request.maxResults(), request.nextToken());
        return DescribeRouteTablesResponse.builder()
                .routeTables(page.items())
                .nextToken(page.next())
                .build();
    }

    /// One reservation for each instance. Source: DescribeInstances, MaxResults: "You cannot
    /// specify this parameter and the instance IDs parameter in the same request";
    /// InvalidInstanceID.Malformed.
    DescribeInstancesResponse instances(DescribeInstancesRequest request) {
        List<String> ids = request.instanceIds();
        boolean both = request.maxResults() != null && !ids.isEmpty();
        ec2If(both, "InvalidParameterCombination", "MaxResults and InstanceIds exclude each other");
        boolean odd = !ids.stream().allMatch(id -> id.matches("i-([0-9a-f]{8}|[0-9a-f]{17})"));
        ec2If(odd, "InvalidInstanceID.Malformed", "Invalid id in " + ids);
        List<Reservation> found =
                INSTANCES.select(state, state.instances, ids, request.filters()).stream()
                        .map(instance ->
                                instance.toBuilder().tags(tags.of(instance.instanceId())).build())
                        .map(instance -> Reservation.builder().instances(instance).build())
                        .toList();
        Page<Reservation> page = Page.ec2(found, request.maxResults(), request.nextToken());
        return DescribeInstancesResponse.builder()
                .reservations(page.items())
                .nextToken(page.next())
                .build();
    }

    DescribeAddressesResponse addresses(DescribeAddressesRequest request) {
        List<String> ips = request.publicIps();
        List<Address> found =
                ADDRESSES
                        .select(state, state.addresses, request.allocationIds(), request.filters())
                        .stream()
                        .filter(address -> ips.isEmpty() || ips.contains(address.publicIp()))
                        .map(address ->
                                address.toBuilder().tags(tags.of(address.allocationId())).build())
                        .toList();
        return DescribeAddressesResponse.builder().addresses(found).build();
    }

    /// The zones that have a subnet, by name; no filters.
    DescribeAvailabilityZonesResponse zones(DescribeAvailabilityZonesRequest request) {
        ec2If(request.hasFilters(), "InvalidParameterValue", "No filter of zones is modelled");
        List<String> wanted = request.zoneNames();
        List<AvailabilityZone> found =
                state.subnets.visible().stream()
                        .map(Subnet::availabilityZone)
                        .filter(name -> wanted.isEmpty() || wanted.contains(name))
                        .distinct()
                        .sorted()
                        .map(name ->
                                AvailabilityZone.builder()
                                        .zoneName(name)
                                        .regionName(state.region)
                                        .build())
                        .toList();
        return DescribeAvailabilityZonesResponse.builder().availabilityZones(found).build();
    }
}
