package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.embedded.aws.AwsSettings.Quota;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Load balancers: create, describe, change, delete.
final class LoadBalancers {
    private static final int NAMED_MAX = 20;

    /// What two creates of one name have to agree on.
    private static final String SETTINGS =
            "Type Scheme IpAddressType AvailabilityZones SecurityGroups";

    private final State state;
    private final ElbTags tags;
    private final Zones zones;
    private final Listeners listeners;

    LoadBalancers(State state, ElbTags tags, Listeners listeners) {
        this.state = state;
        this.tags = tags;
        this.zones = new Zones(state);
        this.listeners = listeners;
    }

    /// Source: CreateLoadBalancer and CreateTargetGroup, Name: at most 32 characters, alphanumeric
    /// or hyphen, no hyphen first or last.
    static String requireName(String name) {
        boolean fine = String.valueOf(name).matches("[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?");
        invalidIf(!fine, "The name '" + name + "' needs 1 to 32 letters, digits or inner hyphens");
        return name;
    }

    /// Source: CreateLoadBalancer, "If you attempt to create multiple load balancers with the same
    /// settings, each call succeeds"; DuplicateLoadBalancerName otherwise; a name "must not begin
    /// with internal-".
    CreateLoadBalancerResponse create(CreateLoadBalancerRequest request) {
        String name = requireName(request.name());
        invalidIf(name.startsWith("internal-"), "A name must not begin with 'internal-'");
        Map<String, String> wantedTags = tags.checked(request.tags());
        LoadBalancer wanted = draft(request);
        for (LoadBalancer existing : state.loadBalancers.all()) {
            if (existing.loadBalancerName().equals(name) && !state.settings.sloppy()) {
                boolean same =
                        Pojo.text(existing, SETTINGS).equals(Pojo.text(wanted, SETTINGS))
                                && state.tagsOf(existing.loadBalancerArn()).equals(wantedTags);
                String message =
                        "A load balancer with the same name '"
                                + name
                                + "' exists, but with different settings";
                elbIf(!same, "DuplicateLoadBalancerName", message);
                return CreateLoadBalancerResponse.builder().loadBalancers(shown(existing)).build();
            }
        }
        boolean full =
                state.loadBalancers.all().size() >= state.settings.limit(Quota.LOAD_BALANCERS);
        elbIf(full, "TooManyLoadBalancers", "The limit on load balancers has been reached");
        zones.requireAddressesFree(wanted);
        LoadBalancer made = named(wanted);
        state.loadBalancers.put(made.loadBalancerArn(), made);
        state.tag(made.loadBalancerArn(), wantedTags);
        return CreateLoadBalancerResponse.builder().loadBalancers(shown(made)).build();
    }

    private LoadBalancer draft(CreateLoadBalancerRequest request) {
        LoadBalancer.Builder draft =
                LoadBalancer.builder()
                        .type(LoadBalancerTypeEnum.APPLICATION)
                        .scheme(LoadBalancerSchemeEnum.INTERNET_FACING)
                        .ipAddressType(IpAddressType.IPV4);
        LoadBalancer wanted =
                Pojo.overlay(request, draft)
                        .loadBalancerName(request.name())
                        .createdTime(state.now())
                        .build();
        boolean modelled =
                wanted.type() == LoadBalancerTypeEnum.NETWORK
                        || wanted.type() == LoadBalancerTypeEnum.APPLICATION;
        invalidIf(!modelled, "Type " + wanted.type() + " is not modelled");
        boolean odd = wanted.scheme() == LoadBalancerSchemeEnum.UNKNOWN_TO_SDK_VERSION;
        elbIf(odd, "InvalidScheme", "'" + wanted.schemeAsString() + "' is not a valid scheme");
        boolean strange = wanted.ipAddressType() == IpAddressType.UNKNOWN_TO_SDK_VERSION;
        invalidIf(strange, "'" + wanted.ipAddressTypeAsString() + "' is no IP address type");
        LoadBalancer placed = zones.place(wanted, request.subnets(), request.subnetMappings());
        return placed.toBuilder().securityGroups(groups(request.securityGroups(), placed)).build();
    }

    /// Fills in what AWS makes up. Source: DNS names as the ELB user guides show them (NLB
    /// `NAME-HEX.elb.REGION`, ALB `[internal-]NAME-NUMBER.REGION.elb`).
    private LoadBalancer named(LoadBalancer draft) {
        String hex = state.ids.hex();
        String name = draft.loadBalancerName();
        boolean network = draft.type() == LoadBalancerTypeEnum.NETWORK;
        String prefix = draft.scheme() == LoadBalancerSchemeEnum.INTERNAL ? "internal-" : "";
        String number = Long.toString(Long.parseLong(hex.substring(8), 16));
        String dns =
                network
                        ? name + "-" + hex + ".elb." + state.region
                        : prefix + name + "-" + number + "." + state.region + ".elb";
        return draft.toBuilder()
                .loadBalancerArn(
                        state.arn("loadbalancer/" + (network ? "net/" : "app/") + name + "/" + hex))
                .dnsName(dns + ".amazonaws.com")
                .canonicalHostedZoneId(network ? "Z2IFOLAFXWLO4F" : "Z32O12XQLNTSW2")
                .build();
    }

    /// A zone without addresses of the user's choice says so. Source: DescribeLoadBalancers answers
    /// `<LoadBalancerAddresses/>`
    private static AvailabilityZone shown(AvailabilityZone zone) {
        return zone.toBuilder()
                .loadBalancerAddresses(new ArrayList<>(zone.loadBalancerAddresses()))
                .build();
    }

    private LoadBalancer shown(LoadBalancer balancer) {
        Instant active = balancer.createdTime().plus(state.settings.delay(Delay.PROVISIONING));
        boolean early = active.isAfter(state.now());
        LoadBalancerStateEnum code =
                early ? LoadBalancerStateEnum.PROVISIONING : LoadBalancerStateEnum.ACTIVE;
        return balancer.toBuilder()
                .state(LoadBalancerState.builder().code(code).build())
                .availabilityZones(
                        balancer.availabilityZones().stream().map(LoadBalancers::shown).toList())
                .build();
    }

    /// In the order of creation. Source: DescribeLoadBalancers, LoadBalancerNotFound for a name or
    /// ARN that is missing, at most 20 of them.
    DescribeLoadBalancersResponse describe(DescribeLoadBalancersRequest request) {
        List<String> names = request.names();
        List<String> arns = request.loadBalancerArns();
        invalidIf(!names.isEmpty() && !arns.isEmpty(), "Names and ARNs exclude each other");
        int size = Math.max(names.size(), arns.size());
        invalidIf(size > NAMED_MAX, "At most 20 load balancers can be named");
        List<LoadBalancer> found =
                names.isEmpty()
                        ? state.loadBalancers.pick(
                                arns,
                                LoadBalancer::loadBalancerArn,
                                arn -> State.missing("LoadBalancer", arn))
                        : state.loadBalancers.pick(
                                names,
                                LoadBalancer::loadBalancerName,
                                name -> State.missing("LoadBalancer", name));
        Page<LoadBalancer> page = Page.elb(found, request.pageSize(), request.marker());
        List<LoadBalancer> shown = page.items().stream().map(this::shown).toList();
        return DescribeLoadBalancersResponse.builder()
                .loadBalancers(shown)
                .nextMarker(page.next())
                .build();
    }

    /// Takes the listeners along. Source: DeleteLoadBalancer, "If the load balancer does not exist
    /// or has already been deleted, the call succeeds"; OperationNotPermitted under deletion
    /// protection.
    DeleteLoadBalancerResponse delete(DeleteLoadBalancerRequest request) {
        String arn = String.valueOf(request.loadBalancerArn());
        invalidIf(
                !arn.contains(":loadbalancer/"), "'" + arn + "' is not a valid load balancer ARN");
        state.loadBalancers
                .find(arn)
                .ifPresent(balancer -> {
                    Map<String, String> attributes =
                            AttributeRules.read(state, arn, AttributeRules.of(balancer));
                    boolean kept =
                            Objects.equals(attributes.get("deletion_protection.enabled"), "true");
                    elbIf(kept, "OperationNotPermitted", arn + " is protected");
                    state.listenersOf(arn)
                            .forEach(listener -> listeners.drop(listener.listenerArn()));
                    Instant until = state.now().plus(state.settings.delay(Delay.GROUP_RELEASE));
                    balancer.securityGroups().forEach(group -> state.heldUntil.put(group, until));
                    state.loadBalancers.remove(arn);
                    state.forget(arn);
                });
        return DeleteLoadBalancerResponse.builder().build();
    }

    /// Source: SetSecurityGroups, "You can't perform this operation on a Network Load Balancer
    /// unless you specified a security group for the load balancer when you created it".
    SetSecurityGroupsResponse setSecurityGroups(SetSecurityGroupsRequest request) {
        LoadBalancer balancer = state.loadBalancer(request.loadBalancerArn());
        unfitIf(balancer.securityGroups().isEmpty(), "It was created without security groups");
        invalidIf(request.securityGroups().isEmpty(), "Specify a security group");
        String enforced = request.enforceSecurityGroupInboundRulesOnPrivateLinkTrafficAsString();
        LoadBalancer after =
                balancer.toBuilder()
                        .securityGroups(groups(request.securityGroups(), balancer))
                        .enforceSecurityGroupInboundRulesOnPrivateLinkTraffic(enforced)
                        .build();
        state.loadBalancers.put(after.loadBalancerArn(), after);
        return SetSecurityGroupsResponse.builder().securityGroupIds(after.securityGroups()).build();
    }

    SetSubnetsResponse setSubnets(SetSubnetsRequest request) {
        LoadBalancer balancer = state.loadBalancer(request.loadBalancerArn());
        IpAddressType family =
                Objects.requireNonNullElse(request.ipAddressType(), balancer.ipAddressType());
        LoadBalancer wanted = balancer.toBuilder().ipAddressType(family).build();
        LoadBalancer after = zones.place(wanted, request.subnets(), request.subnetMappings());
        unfitIf(!after.vpcId().equals(balancer.vpcId()), "The subnets belong to another VPC");
        zones.requireAddressesFree(after);
        state.loadBalancers.put(after.loadBalancerArn(), after);
        return Pojo.overlay(after, SetSubnetsResponse.builder()).build();
    }

    SetIpAddressTypeResponse setIpAddressType(SetIpAddressTypeRequest request) {
        LoadBalancer balancer = state.loadBalancer(request.loadBalancerArn());
        invalidIf(request.ipAddressType() == null, "An IP address type must be specified");
        LoadBalancer after = balancer.toBuilder().ipAddressType(request.ipAddressType()).build();
        zones.requireFamily(after);
        state.loadBalancers.put(after.loadBalancerArn(), after);
        return Pojo.overlay(after, SetIpAddressTypeResponse.builder()).build();
    }

    /// The ids, checked; an ALB without any gets its VPC's default group. Source:
    /// CreateLoadBalancer, InvalidSecurityGroup; quota "Security groups per load balancer".
    private List<String> groups(List<String> ids, LoadBalancer balancer) {
        List<SecurityGroup> here =
                state.securityGroups.all().stream()
                        .filter(group -> group.vpcId().equals(balancer.vpcId()))
                        .toList();
        boolean known = here.stream().map(SecurityGroup::groupId).toList().containsAll(ids);
        elbIf(!known, "InvalidSecurityGroup", "One or more security groups are invalid: " + ids);
        int limit = state.settings.limit(Quota.GROUPS_PER_LOAD_BALANCER);
        unfitIf(ids.size() > limit, "Too many security groups");
        if (!ids.isEmpty() || balancer.type() == LoadBalancerTypeEnum.NETWORK) {
            return ids;
        }
        return here.stream()
                .filter(group -> group.groupName().equals("default"))
                .map(SecurityGroup::groupId)
                .toList();
    }
}
