package dev.origo.embedded.aws;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.*;

/// What the load balancers stand in and send to: VPCs, subnets, route tables, instances, Elastic
/// IPs. Read only here; [AwsSetup] makes them.
final class Network {
    private static final Query<Vpc> VPCS =
            new Query<>(
                    "InvalidVpcID.NotFound",
                    Vpc::vpcId,
                    filters(
                            Map.of(
                                    "vpc-id",
                                    Vpc::vpcId,
                                    "cidr",
                                    Vpc::cidrBlock,
                                    "state",
                                    Vpc::stateAsString)));

    private static final Query<Subnet> SUBNETS =
            new Query<>(
                    "InvalidSubnetID.NotFound",
                    Subnet::subnetId,
                    filters(
                            Map.of(
                                    "vpc-id", Subnet::vpcId,
                                    "subnet-id", Subnet::subnetId,
                                    "availability-zone", Subnet::availabilityZone,
                                    "cidr-block", Subnet::cidrBlock,
                                    "state", Subnet::stateAsString)));

    private static final Query<RouteTable> ROUTE_TABLES =
            new Query<>(
                    "InvalidRouteTableID.NotFound",
                    RouteTable::routeTableId,
                    Map.of(
                            "vpc-id", table -> List.of(table.vpcId()),
                            "association.main",
                                    table ->
                                            table.associations().stream()
                                                    .map(association ->
                                                            association.main().toString())
                                                    .toList(),
                            "association.subnet-id",
                                    table ->
                                            table.associations().stream()
                                                    .flatMap(association ->
                                                            Stream.ofNullable(
                                                                    association.subnetId()))
                                                    .toList()));

    private static final Query<Instance> INSTANCES =
            new Query<>(
                    "InvalidInstanceID.NotFound",
                    Instance::instanceId,
                    Map.of(
                            "instance-id", instance -> List.of(instance.instanceId()),
                            "private-dns-name", instance -> List.of(instance.privateDnsName()),
                            "network-interface.private-dns-name",
                                    instance -> List.of(instance.privateDnsName()),
                            "private-ip-address", instance -> List.of(instance.privateIpAddress()),
                            "vpc-id", instance -> List.of(instance.vpcId()),
                            "subnet-id", instance -> List.of(instance.subnetId()),
                            "availability-zone",
                                    instance -> List.of(instance.placement().availabilityZone()),
                            "instance-state-name",
                                    instance -> List.of(instance.state().nameAsString()),
                            "instance.group-id",
                                    instance ->
                                            instance.securityGroups().stream()
                                                    .map(GroupIdentifier::groupId)
                                                    .toList()));

    private static final Query<Address> ADDRESSES =
            new Query<>(
                    "InvalidAllocationID.NotFound",
                    Address::allocationId,
                    filters(
                            Map.of(
                                    "allocation-id", Address::allocationId,
                                    "public-ip", Address::publicIp,
                                    "domain", Address::domainAsString)));

    private final State state;

    Network(State state) {
        this.state = state;
    }

    private static <T> Map<String, Function<T, Collection<String>>> filters(
            Map<String, Function<T, String>> single) {
        return single.entrySet().stream()
                .collect(
                        java.util.stream.Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().andThen(List::of)));
    }

    private List<Tag> tags(String id) {
        return Ec2Tags.list(state.tagsOf(id));
    }

    DescribeVpcsResponse vpcs(DescribeVpcsRequest request) {
        List<Vpc> found = VPCS.select(state, state.vpcs, request.vpcIds(), request.filters());
        Page<Vpc> page = Page.ec2(found, request.maxResults(), request.nextToken());
        return DescribeVpcsResponse.builder()
                .vpcs(
                        page.items().stream()
                                .map(vpc -> vpc.toBuilder().tags(tags(vpc.vpcId())).build())
                                .toList())
                .nextToken(page.next())
                .build();
    }

    DescribeSubnetsResponse subnets(DescribeSubnetsRequest request) {
        List<Subnet> found =
                SUBNETS.select(state, state.subnets, request.subnetIds(), request.filters());
        Page<Subnet> page = Page.ec2(found, request.maxResults(), request.nextToken());
        return DescribeSubnetsResponse.builder()
                .subnets(
                        page.items().stream()
                                .map(subnet ->
                                        subnet.toBuilder().tags(tags(subnet.subnetId())).build())
                                .toList())
                .nextToken(page.next())
                .build();
    }

    DescribeRouteTablesResponse routeTables(DescribeRouteTablesRequest request) {
        List<RouteTable> found =
                ROUTE_TABLES.select(
                        state, state.routeTables, request.routeTableIds(), request.filters());
        Page<RouteTable> page = Page.ec2(found, request.maxResults(), request.nextToken());
        return DescribeRouteTablesResponse.builder()
                .routeTables(
                        page.items().stream()
                                .map(table ->
                                        table.toBuilder().tags(tags(table.routeTableId())).build())
                                .toList())
                .nextToken(page.next())
                .build();
    }

    /// One reservation for each instance. Source: DescribeInstances, MaxResults: "You cannot
    /// specify this parameter and the instance IDs parameter in the same request";
    /// InvalidInstanceID.Malformed.
    DescribeInstancesResponse instances(DescribeInstancesRequest request) {
        if (request.maxResults() != null && !request.instanceIds().isEmpty()) {
            throw Faults.ec2(
                    "InvalidParameterCombination", "MaxResults and InstanceIds exclude each other");
        }
        for (String id : request.instanceIds()) {
            if (!id.matches("i-([0-9a-f]{8}|[0-9a-f]{17})")) {
                throw Faults.ec2("InvalidInstanceID.Malformed", "Invalid id: '%s'".formatted(id));
            }
        }
        List<Instance> found =
                INSTANCES.select(state, state.instances, request.instanceIds(), request.filters());
        Page<Instance> page = Page.ec2(found, request.maxResults(), request.nextToken());
        return DescribeInstancesResponse.builder()
                .reservations(
                        page.items().stream()
                                .map(instance ->
                                        Reservation.builder()
                                                .reservationId(
                                                        instance.instanceId()
                                                                .replaceFirst("i-", "r-"))
                                                .ownerId(State.ACCOUNT)
                                                .instances(
                                                        instance.toBuilder()
                                                                .tags(tags(instance.instanceId()))
                                                                .build())
                                                .build())
                                .toList())
                .nextToken(page.next())
                .build();
    }

    DescribeAddressesResponse addresses(DescribeAddressesRequest request) {
        List<Address> found =
                ADDRESSES.select(
                        state, state.addresses, request.allocationIds(), request.filters());
        return DescribeAddressesResponse.builder()
                .addresses(
                        found.stream()
                                .filter(address ->
                                        request.publicIps().isEmpty()
                                                || request.publicIps().contains(address.publicIp()))
                                .map(address ->
                                        address.toBuilder()
                                                .tags(tags(address.allocationId()))
                                                .build())
                                .toList())
                .build();
    }

    /// The zones that have a subnet, by name.
    DescribeAvailabilityZonesResponse zones(DescribeAvailabilityZonesRequest request) {
        return DescribeAvailabilityZonesResponse.builder()
                .availabilityZones(
                        state.subnets.visible().stream()
                                .map(Subnet::availabilityZone)
                                .filter(name ->
                                        request.zoneNames().isEmpty()
                                                || request.zoneNames().contains(name))
                                .distinct()
                                .sorted()
                                .map(name ->
                                        AvailabilityZone.builder()
                                                .zoneName(name)
                                                .zoneType("availability-zone")
                                                .regionName(state.region)
                                                .state(AvailabilityZoneState.AVAILABLE)
                                                .build())
                                .toList())
                .build();
    }
}
