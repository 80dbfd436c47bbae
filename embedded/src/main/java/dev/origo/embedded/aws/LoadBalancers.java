package dev.origo.embedded.aws;

import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.embedded.aws.AwsSettings.Quota;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Load balancers: create, describe, change, delete.
final class LoadBalancers {
    private static final int NAMED_MAX = 20;
    private final State state;
    private final ElbTags tags;
    private final Zones zones;

    LoadBalancers(State state, ElbTags tags) {
        this.state = state;
        this.tags = tags;
        this.zones = new Zones(state);
    }

    /// Source: CreateLoadBalancer, "If you attempt to create multiple load balancers with the same
    /// settings, each call succeeds"; DuplicateLoadBalancerName otherwise.
    CreateLoadBalancerResponse create(CreateLoadBalancerRequest request) {
        Names.requireLoadBalancer(request.name());
        NavigableMap<String, String> wantedTags = tags.checked(request.tags());
        LoadBalancer wanted = draft(request);
        for (LoadBalancer existing : state.loadBalancers.all()) {
            if (!existing.loadBalancerName().equals(request.name()) || state.settings.sloppy()) {
                continue;
            }
            if (!settings(existing).equals(settings(wanted))
                    || !state.tagsOf(existing.loadBalancerArn()).equals(wantedTags)) {
                throw Faults.elb(
                        "DuplicateLoadBalancerName",
                        "A load balancer with the same name '%s' exists, but with different settings"
                                .formatted(request.name()));
            }
            return answer(existing);
        }
        if (state.loadBalancers.all().size() >= state.settings.limit(Quota.LOAD_BALANCERS)) {
            throw Faults.elb(
                    "TooManyLoadBalancers",
                    "The maximum number of load balancers has been reached");
        }
        zones.requireAddressesFree(wanted);
        LoadBalancer made = named(wanted);
        state.loadBalancers.put(made.loadBalancerArn(), made);
        state.tag(made.loadBalancerArn(), wantedTags);
        return answer(made);
    }

    private LoadBalancer draft(CreateLoadBalancerRequest request) {
        LoadBalancerTypeEnum type =
                request.type() == null ? LoadBalancerTypeEnum.APPLICATION : request.type();
        if (type != LoadBalancerTypeEnum.NETWORK && type != LoadBalancerTypeEnum.APPLICATION) {
            throw Faults.invalid(
                    "Load balancers of type '%s' are not modelled"
                            .formatted(request.typeAsString()));
        }
        LoadBalancer.Builder draft =
                LoadBalancer.builder()
                        .loadBalancerName(request.name())
                        .type(type)
                        .scheme(
                                request.scheme() == null
                                        ? LoadBalancerSchemeEnum.INTERNET_FACING
                                        : request.scheme())
                        .ipAddressType(
                                request.ipAddressType() == null
                                        ? IpAddressType.IPV4
                                        : request.ipAddressType())
                        .createdTime(state.now());
        zones.place(draft, request.subnets(), request.subnetMappings());
        return draft.securityGroups(groups(request.securityGroups(), draft.build())).build();
    }

    /// Fills in what AWS makes up. Source: DNS names as in the ELB user guides (NLB
    /// `NAME-HEX.elb.REGION`, ALB `[internal-]NAME-NUMBER.REGION.elb`).
    private LoadBalancer named(LoadBalancer draft) {
        String hex = state.ids.hex();
        String name = draft.loadBalancerName();
        boolean network = draft.type() == LoadBalancerTypeEnum.NETWORK;
        String prefix = draft.scheme() == LoadBalancerSchemeEnum.INTERNAL ? "internal-" : "";
        String application = prefix + name + "-" + Long.parseUnsignedLong(hex.substring(8), 16);
        return draft.toBuilder()
                .loadBalancerArn(
                        state.arn(
                                "loadbalancer/%s/%s/%s"
                                        .formatted(network ? "net" : "app", name, hex)))
                .dnsName(
                        network
                                ? "%s-%s.elb.%s.amazonaws.com".formatted(name, hex, state.region)
                                : "%s.%s.elb.amazonaws.com".formatted(application, state.region))
                .canonicalHostedZoneId(network ? "Z2IFOLAFXWLO4F" : "Z32O12XQLNTSW2")
                .build();
    }

    private static List<Object> settings(LoadBalancer balancer) {
        return List.of(
                balancer.type(),
                balancer.scheme(),
                balancer.ipAddressType(),
                new HashSet<>(balancer.availabilityZones()),
                new HashSet<>(balancer.securityGroups()));
    }

    private CreateLoadBalancerResponse answer(LoadBalancer balancer) {
        return CreateLoadBalancerResponse.builder().loadBalancers(shown(balancer)).build();
    }

    private LoadBalancer shown(LoadBalancer balancer) {
        Instant active = balancer.createdTime().plus(state.delay(Delay.PROVISIONING));
        LoadBalancerStateEnum code =
                active.isAfter(state.now())
                        ? LoadBalancerStateEnum.PROVISIONING
                        : LoadBalancerStateEnum.ACTIVE;
        return balancer.toBuilder().state(LoadBalancerState.builder().code(code).build()).build();
    }

    /// In the order of creation. Source: DescribeLoadBalancers, LoadBalancerNotFound for a name or
    /// ARN that is missing, at most 20 of them.
    DescribeLoadBalancersResponse describe(DescribeLoadBalancersRequest request) {
        List<LoadBalancer> all = state.loadBalancers.visible();
        List<LoadBalancer> found = all;
        if (request.hasNames() && request.hasLoadBalancerArns()) {
            throw Faults.invalid(
                    "Names and load balancer ARNs cannot be specified at the same time");
        }
        if (request.hasNames()) {
            found = named(all, request.names(), LoadBalancer::loadBalancerName);
        }
        if (request.hasLoadBalancerArns()) {
            found = named(all, request.loadBalancerArns(), LoadBalancer::loadBalancerArn);
        }
        Page<LoadBalancer> page = Page.elb(found, request.pageSize(), request.marker());
        return DescribeLoadBalancersResponse.builder()
                .loadBalancers(page.items().stream().map(this::shown).toList())
                .nextMarker(page.next())
                .build();
    }

    private static List<LoadBalancer> named(
            List<LoadBalancer> all, List<String> wanted, Function<LoadBalancer, String> key) {
        if (wanted.size() > NAMED_MAX) {
            throw Faults.invalid(
                    "at most %d load balancers in a call, not %d"
                            .formatted(NAMED_MAX, wanted.size()));
        }
        Map<String, List<LoadBalancer>> byKey = all.stream().collect(Collectors.groupingBy(key));
        wanted.stream()
                .filter(name -> !byKey.containsKey(name))
                .findFirst()
                .ifPresent(name -> {
                    throw Faults.elb(
                            "LoadBalancerNotFound",
                            "Load balancers '[%s]' not found".formatted(name));
                });
        return all.stream().filter(balancer -> wanted.contains(key.apply(balancer))).toList();
    }

    /// Takes the listeners along. Source: DeleteLoadBalancer, "If the load balancer does not exist
    /// or has already been deleted, the call succeeds"; OperationNotPermitted under deletion
    /// protection.
    DeleteLoadBalancerResponse delete(DeleteLoadBalancerRequest request, Listeners listeners) {
        String arn = request.loadBalancerArn();
        if (!String.valueOf(arn).contains(":loadbalancer/")) {
            throw Faults.invalid("'%s' is not a valid load balancer ARN".formatted(arn));
        }
        state.loadBalancers
                .find(arn)
                .ifPresent(balancer -> {
                    if ("true".equals(attributes(balancer).get("deletion_protection.enabled"))) {
                        throw Faults.elb(
                                "OperationNotPermitted",
                                "Load balancer '%s' cannot be deleted because deletion protection is enabled"
                                        .formatted(arn));
                    }
                    state.listenersOf(arn)
                            .forEach(listener -> listeners.drop(listener.listenerArn()));
                    Instant until = state.now().plus(state.delay(Delay.GROUP_RELEASE));
                    balancer.securityGroups().forEach(group -> state.heldUntil.put(group, until));
                    state.loadBalancers.remove(arn);
                    state.forget(arn);
                });
        return DeleteLoadBalancerResponse.builder().build();
    }

    private NavigableMap<String, String> attributes(LoadBalancer balancer) {
        return AttributeRules.read(state, balancer.loadBalancerArn(), AttributeRules.of(balancer));
    }

    DescribeLoadBalancerAttributesResponse describeAttributes(
            DescribeLoadBalancerAttributesRequest request) {
        return DescribeLoadBalancerAttributesResponse.builder()
                .attributes(list(attributes(state.loadBalancer(request.loadBalancerArn()))))
                .build();
    }

    ModifyLoadBalancerAttributesResponse modifyAttributes(
            ModifyLoadBalancerAttributesRequest request) {
        LoadBalancer balancer = state.loadBalancer(request.loadBalancerArn());
        Map<String, String> changes =
                request.attributes().stream()
                        .collect(
                                Collectors.toMap(
                                        LoadBalancerAttribute::key,
                                        LoadBalancerAttribute::value,
                                        (_, last) -> last));
        AttributeRules.modify(
                state, balancer.loadBalancerArn(), AttributeRules.of(balancer), changes);
        return ModifyLoadBalancerAttributesResponse.builder()
                .attributes(list(attributes(balancer)))
                .build();
    }

    private static List<LoadBalancerAttribute> list(NavigableMap<String, String> attributes) {
        return attributes.entrySet().stream()
                .map(entry ->
                        LoadBalancerAttribute.builder()
                                .key(entry.getKey())
                                .value(entry.getValue())
                                .build())
                .toList();
    }

    /// Source: SetSecurityGroups, "You can't perform this operation on a Network Load Balancer
    /// unless you specified a security group for the load balancer when you created it".
    SetSecurityGroupsResponse setSecurityGroups(SetSecurityGroupsRequest request) {
        LoadBalancer balancer = state.loadBalancer(request.loadBalancerArn());
        if (balancer.securityGroups().isEmpty()) {
            throw Faults.elb(
                    "InvalidConfigurationRequest",
                    "Security groups cannot be set on a load balancer that was created without any");
        }
        if (request.securityGroups().isEmpty()) {
            throw Faults.invalid("At least one security group must be specified");
        }
        List<String> groups = groups(request.securityGroups(), balancer);
        String enforce = request.enforceSecurityGroupInboundRulesOnPrivateLinkTrafficAsString();
        state.loadBalancers.put(
                balancer.loadBalancerArn(),
                balancer.toBuilder()
                        .securityGroups(groups)
                        .enforceSecurityGroupInboundRulesOnPrivateLinkTraffic(enforce)
                        .build());
        return SetSecurityGroupsResponse.builder()
                .securityGroupIds(groups)
                .enforceSecurityGroupInboundRulesOnPrivateLinkTraffic(enforce)
                .build();
    }

    SetSubnetsResponse setSubnets(SetSubnetsRequest request) {
        LoadBalancer balancer = state.loadBalancer(request.loadBalancerArn());
        LoadBalancer.Builder changed = balancer.toBuilder();
        if (request.ipAddressType() != null) {
            changed.ipAddressType(request.ipAddressType());
        }
        zones.place(changed, request.subnets(), request.subnetMappings());
        LoadBalancer after = changed.build();
        zones.requireAddressesFree(after);
        if (!after.vpcId().equals(balancer.vpcId())) {
            throw Faults.elb(
                    "InvalidConfigurationRequest",
                    "The subnets belong to another VPC than the load balancer");
        }
        state.loadBalancers.put(after.loadBalancerArn(), after);
        return SetSubnetsResponse.builder()
                .availabilityZones(after.availabilityZones())
                .ipAddressType(after.ipAddressType())
                .build();
    }

    SetIpAddressTypeResponse setIpAddressType(SetIpAddressTypeRequest request) {
        LoadBalancer balancer = state.loadBalancer(request.loadBalancerArn());
        LoadBalancer after = balancer.toBuilder().ipAddressType(request.ipAddressType()).build();
        zones.requireFamily(after);
        state.loadBalancers.put(after.loadBalancerArn(), after);
        return SetIpAddressTypeResponse.builder().ipAddressType(after.ipAddressType()).build();
    }

    /// The ids, checked; an ALB without any gets its VPC's default group. Source:
    /// CreateLoadBalancer, InvalidSecurityGroup; quota "Security groups per load balancer".
    private List<String> groups(List<String> ids, LoadBalancer balancer) {
        if (ids.size() > state.settings.limit(Quota.GROUPS_PER_LOAD_BALANCER)) {
            throw Faults.elb(
                    "InvalidConfigurationRequest",
                    "%d security groups are too many".formatted(ids.size()));
        }
        boolean known =
                ids.stream()
                        .allMatch(id ->
                                state.securityGroups
                                        .find(id)
                                        .filter(group -> group.vpcId().equals(balancer.vpcId()))
                                        .isPresent());
        if (!known) {
            throw Faults.elb(
                    "InvalidSecurityGroup", "One or more security groups are invalid: " + ids);
        }
        if (!ids.isEmpty() || balancer.type() == LoadBalancerTypeEnum.NETWORK) {
            return ids;
        }
        return state.securityGroups.all().stream()
                .filter(group ->
                        group.vpcId().equals(balancer.vpcId())
                                && group.groupName().equals("default"))
                .map(software.amazon.awssdk.services.ec2.model.SecurityGroup::groupId)
                .toList();
    }
}
