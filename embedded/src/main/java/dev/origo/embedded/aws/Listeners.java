package dev.origo.embedded.aws;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Listeners: create, describe, change, delete.
final class Listeners {
    private static final Set<ProtocolEnum> UDP = EnumSet.of(ProtocolEnum.UDP, ProtocolEnum.TCP_UDP);
    private static final Set<ProtocolEnum> SECURE =
            EnumSet.of(ProtocolEnum.TLS, ProtocolEnum.HTTPS);

    /// Which target groups a listener may forward to. Source: NLB guide, "Routing configuration";
    /// ALB guide for HTTP.
    private static final Map<ProtocolEnum, Set<ProtocolEnum>> COMPATIBLE =
            Map.of(
                    ProtocolEnum.TCP, EnumSet.of(ProtocolEnum.TCP, ProtocolEnum.TCP_UDP),
                    ProtocolEnum.TLS, EnumSet.of(ProtocolEnum.TCP, ProtocolEnum.TLS),
                    ProtocolEnum.UDP, EnumSet.of(ProtocolEnum.UDP, ProtocolEnum.TCP_UDP),
                    ProtocolEnum.TCP_UDP, EnumSet.of(ProtocolEnum.TCP_UDP),
                    ProtocolEnum.HTTP, EnumSet.of(ProtocolEnum.HTTP, ProtocolEnum.HTTPS),
                    ProtocolEnum.HTTPS, EnumSet.of(ProtocolEnum.HTTP, ProtocolEnum.HTTPS));

    private final State state;
    private final ElbTags tags;
    private final Targets targets;

    Listeners(State state, ElbTags tags, Targets targets) {
        this.state = state;
        this.tags = tags;
        this.targets = targets;
    }

    /// Source: CreateListener, "If you attempt to create multiple listeners with the same settings,
    /// each call succeeds"; DuplicateListener when the port is taken, whatever the protocol.
    CreateListenerResponse create(CreateListenerRequest request) {
        LoadBalancer balancer = state.loadBalancer(request.loadBalancerArn());
        NavigableMap<String, String> wantedTags = tags.checked(request.tags());
        Listener wanted =
                checked(
                        balancer,
                        Listener.builder()
                                .loadBalancerArn(balancer.loadBalancerArn())
                                .protocol(request.protocol())
                                .port(request.port())
                                .sslPolicy(request.sslPolicy())
                                .certificates(request.certificates())
                                .alpnPolicy(request.alpnPolicy())
                                .defaultActions(request.defaultActions())
                                .build());
        for (Listener existing : state.listenersOf(balancer.loadBalancerArn())) {
            if (existing.toBuilder().listenerArn(null).build().equals(wanted)
                    && state.tagsOf(existing.listenerArn()).equals(wantedTags)) {
                return CreateListenerResponse.builder().listeners(existing).build();
            }
        }
        requirePortFree(balancer, wanted);
        if (state.listenersOf(balancer.loadBalancerArn()).size()
                >= state.settings.limit(Quota.LISTENERS_PER_LOAD_BALANCER)) {
            throw Faults.elb(
                    "TooManyListeners",
                    "The maximum number of listeners has been reached on load balancer");
        }
        String arn =
                balancer.loadBalancerArn().replace(":loadbalancer/", ":listener/")
                        + "/"
                        + state.ids.hex();
        Listener made = wanted.toBuilder().listenerArn(arn).build();
        store(made);
        state.tag(arn, wantedTags);
        return CreateListenerResponse.builder().listeners(made).build();
    }

    /// Source: ModifyListener, "Any properties that you do not specify remain unchanged. Changing
    /// the protocol ... from TLS to TCP, removes the security policy and default certificate
    /// properties."
    ModifyListenerResponse modify(ModifyListenerRequest request) {
        Listener old = state.listener(request.listenerArn());
        LoadBalancer balancer = state.loadBalancer(old.loadBalancerArn());
        Listener.Builder changed = old.toBuilder();
        if (request.protocol() != null) {
            changed.protocol(request.protocol());
            if (!SECURE.contains(request.protocol())) {
                changed.sslPolicy(null).certificates(List.of()).alpnPolicy(List.of());
            }
        }
        if (request.port() != null) {
            changed.port(request.port());
        }
        if (request.sslPolicy() != null) {
            changed.sslPolicy(request.sslPolicy());
        }
        if (request.hasCertificates()) {
            changed.certificates(request.certificates());
        }
        if (request.hasAlpnPolicy()) {
            changed.alpnPolicy(request.alpnPolicy());
        }
        if (request.hasDefaultActions()) {
            changed.defaultActions(request.defaultActions());
        }
        Listener after = checked(balancer, changed.build());
        requirePortFree(balancer, after);
        store(after);
        return ModifyListenerResponse.builder().listeners(after).build();
    }

    private void requirePortFree(LoadBalancer balancer, Listener wanted) {
        for (Listener other : state.listenersOf(balancer.loadBalancerArn())) {
            if (other.port().equals(wanted.port())
                    && !other.listenerArn().equals(wanted.listenerArn())) {
                throw Faults.elb(
                        "DuplicateListener",
                        "A listener already exists on this port for this load balancer '%s'"
                                .formatted(balancer.loadBalancerArn()));
            }
        }
    }

    private void store(Listener listener) {
        targets.requireWithinLimits(listener);
        state.listeners.put(listener.listenerArn(), listener);
        refreshUse();
    }

    /// The listener as it would be stored, or a refusal.
    private Listener checked(LoadBalancer balancer, Listener wanted) {
        Set<ProtocolEnum> spoken =
                balancer.type() == LoadBalancerTypeEnum.NETWORK
                        ? EnumSet.of(
                                ProtocolEnum.TCP,
                                ProtocolEnum.TLS,
                                ProtocolEnum.UDP,
                                ProtocolEnum.TCP_UDP)
                        : EnumSet.of(ProtocolEnum.HTTP, ProtocolEnum.HTTPS);
        if (wanted.protocol() == null || !spoken.contains(wanted.protocol())) {
            throw Faults.invalid(
                    "Listener protocol '%s' must be one of '%s'"
                            .formatted(wanted.protocolAsString(), spoken));
        }
        if (wanted.port() == null || wanted.port() < 1 || wanted.port() > 65_535) {
            throw Faults.invalid(
                    "Listener port '%s' must be within 1..65535".formatted(wanted.port()));
        }
        if (wanted.defaultActions().size() != 1) {
            throw Faults.invalid("Exactly one default action must be specified");
        }
        Listener normal =
                secured(wanted).toBuilder()
                        .defaultActions(
                                wanted.defaultActions().stream().map(Listeners::normal).toList())
                        .build();
        groups(normal.defaultActions())
                .forEach(arn -> requireForwardable(balancer, normal, state.targetGroup(arn)));
        return normal;
    }

    /// Source: CreateListener, Certificates: "[HTTPS and TLS listeners] ... You must provide
    /// exactly one certificate"; CertificateNotFound, SSLPolicyNotFound, AlpnPolicy "[TLS
    /// listeners]".
    private Listener secured(Listener wanted) {
        boolean alpn = !wanted.alpnPolicy().isEmpty();
        if (!SECURE.contains(wanted.protocol())) {
            if (!wanted.certificates().isEmpty() || wanted.sslPolicy() != null || alpn) {
                throw Faults.invalid(
                        "Certificates, SSL policy and ALPN policy need a TLS or HTTPS listener");
            }
            return wanted.toBuilder()
                    .certificates((List<Certificate>) null)
                    .alpnPolicy((List<String>) null)
                    .build();
        }
        if (wanted.certificates().size() != 1) {
            throw Faults.invalid(
                    "A certificate must be specified for %s listeners"
                            .formatted(wanted.protocol()));
        }
        String certificate = wanted.certificates().getFirst().certificateArn();
        if (!state.certificates.contains(certificate)) {
            throw Faults.elb(
                    "CertificateNotFound", "Certificate '%s' not found".formatted(certificate));
        }
        String policy =
                wanted.sslPolicy() == null ? "ELBSecurityPolicy-2016-08" : wanted.sslPolicy();
        if (!policy.startsWith("ELBSecurityPolicy-")) {
            throw Faults.elb("SSLPolicyNotFound", "SSL policy '%s' not found".formatted(policy));
        }
        Set<String> known =
                Set.of("HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None");
        if (alpn
                && (wanted.protocol() != ProtocolEnum.TLS
                        || !known.containsAll(wanted.alpnPolicy()))) {
            throw Faults.elb(
                    "ALPNPolicyNotFound",
                    "ALPN policy '%s' is not supported".formatted(wanted.alpnPolicy()));
        }
        return wanted.toBuilder().sslPolicy(policy).build();
    }

    /// An action that forwards to one group says so in both of its fields, however it was written.
    private static Action normal(Action action) {
        List<String> groups = groups(List.of(action));
        if (action.type() != ActionTypeEnum.FORWARD) {
            return action;
        }
        if (groups.isEmpty()) {
            throw Faults.invalid("A target group must be specified for a forward action");
        }
        return groups.size() > 1
                ? action
                : Action.builder()
                        .type(ActionTypeEnum.FORWARD)
                        .targetGroupArn(groups.getFirst())
                        .forwardConfig(config ->
                                config.targetGroups(
                                        TargetGroupTuple.builder()
                                                .targetGroupArn(groups.getFirst())
                                                .weight(1)
                                                .build()))
                        .build();
    }

    /// The target groups that actions forward to, each once.
    static List<String> groups(List<Action> actions) {
        return actions.stream()
                .flatMap(action ->
                        Stream.concat(
                                Stream.ofNullable(action.targetGroupArn()),
                                Stream.ofNullable(action.forwardConfig())
                                        .flatMap(config -> config.targetGroups().stream())
                                        .map(TargetGroupTuple::targetGroupArn)))
                .distinct()
                .toList();
    }

    /// Source: CreateListener, IncompatibleProtocols, TargetGroupAssociationLimit; NLB guide, "A
    /// UDP listener for a dualstack load balancer requires IPv6 target groups".
    private void requireForwardable(LoadBalancer balancer, Listener listener, TargetGroup group) {
        String arn = group.targetGroupArn();
        if (!group.vpcId().equals(balancer.vpcId())) {
            throw Faults.elb(
                    "InvalidConfigurationRequest",
                    "Target group '%s' is in a different VPC than the load balancer"
                            .formatted(arn));
        }
        if (!COMPATIBLE.getOrDefault(listener.protocol(), Set.of()).contains(group.protocol())) {
            throw Faults.elb(
                    "IncompatibleProtocols",
                    "The listener and its associated target group '%s' have incompatible protocols: '%s' and '%s'"
                            .formatted(arn, listener.protocol(), group.protocol()));
        }
        if (UDP.contains(listener.protocol())
                && balancer.ipAddressType() != IpAddressType.IPV4
                && group.ipAddressType() != TargetGroupIpAddressTypeEnum.IPV6) {
            throw Faults.elb(
                    "InvalidConfigurationRequest",
                    "A UDP listener of a dualstack load balancer needs IPv6 targets");
        }
        boolean elsewhere =
                state.listeners.all().stream()
                        .filter(other ->
                                !other.loadBalancerArn().equals(balancer.loadBalancerArn()))
                        .anyMatch(other -> groups(other.defaultActions()).contains(arn));
        if (elsewhere) {
            throw Faults.elb(
                    "TargetGroupAssociationLimit",
                    "The following target groups cannot be associated with more than one load balancer: %s"
                            .formatted(arn));
        }
    }

    DeleteListenerResponse delete(DeleteListenerRequest request) {
        drop(state.listener(request.listenerArn()).listenerArn());
        return DeleteListenerResponse.builder().build();
    }

    void drop(String arn) {
        state.listeners.remove(arn);
        state.forget(arn);
        refreshUse();
    }

    /// Health checks of a group start when its first listener comes and stop with its last.
    private void refreshUse() {
        Instant now = state.now();
        Set<String> used = new HashSet<>();
        state.listeners.all().forEach(listener -> used.addAll(groups(listener.defaultActions())));
        state.usedSince.keySet().retainAll(used);
        used.forEach(group -> state.usedSince.putIfAbsent(group, now));
    }

    /// In the order of creation. Source: DescribeListeners, "You must specify either a load
    /// balancer or one or more listeners".
    DescribeListenersResponse describe(DescribeListenersRequest request) {
        if ((request.loadBalancerArn() == null) == request.listenerArns().isEmpty()) {
            throw Faults.invalid("You must specify either listener ARNs or a load balancer ARN");
        }
        List<Listener> found = state.listeners.visible();
        if (request.loadBalancerArn() != null) {
            String arn = state.loadBalancer(request.loadBalancerArn()).loadBalancerArn();
            found =
                    found.stream()
                            .filter(listener -> listener.loadBalancerArn().equals(arn))
                            .toList();
        }
        if (request.hasListenerArns()) {
            Map<String, Listener> byArn =
                    found.stream().collect(Collectors.toMap(Listener::listenerArn, l -> l));
            request.listenerArns().stream()
                    .filter(arn -> !byArn.containsKey(arn))
                    .findFirst()
                    .ifPresent(arn -> {
                        throw State.missing("Listener", "Listener", arn);
                    });
            found =
                    found.stream()
                            .filter(listener ->
                                    request.listenerArns().contains(listener.listenerArn()))
                            .toList();
        }
        Page<Listener> page = Page.elb(found, request.pageSize(), request.marker());
        return DescribeListenersResponse.builder()
                .listeners(page.items())
                .nextMarker(page.next())
                .build();
    }

    DescribeListenerAttributesResponse describeAttributes(
            DescribeListenerAttributesRequest request) {
        return DescribeListenerAttributesResponse.builder()
                .attributes(attributes(state.listener(request.listenerArn())))
                .build();
    }

    ModifyListenerAttributesResponse modifyAttributes(ModifyListenerAttributesRequest request) {
        Listener listener = state.listener(request.listenerArn());
        Map<String, String> changes =
                request.attributes().stream()
                        .collect(
                                Collectors.toMap(
                                        ListenerAttribute::key,
                                        ListenerAttribute::value,
                                        (_, last) -> last));
        AttributeRules.modify(state, listener.listenerArn(), AttributeRules.of(listener), changes);
        return ModifyListenerAttributesResponse.builder().attributes(attributes(listener)).build();
    }

    private List<ListenerAttribute> attributes(Listener listener) {
        return AttributeRules.read(state, listener.listenerArn(), AttributeRules.of(listener))
                .entrySet()
                .stream()
                .map(entry ->
                        ListenerAttribute.builder()
                                .key(entry.getKey())
                                .value(entry.getValue())
                                .build())
                .toList();
    }
}
