package dev.origo.embedded.aws;

import static dev.origo.embedded.aws.Faults.*;

import dev.origo.embedded.aws.AwsSettings.Quota;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// Listeners: create, describe, change, delete.
final class Listeners {
    private static final Set<ProtocolEnum> UDP = EnumSet.of(ProtocolEnum.UDP, ProtocolEnum.TCP_UDP);
    private static final Set<ProtocolEnum> HTTP = EnumSet.of(ProtocolEnum.HTTP, ProtocolEnum.HTTPS);
    private static final Set<ProtocolEnum> SECURE =
            EnumSet.of(ProtocolEnum.TLS, ProtocolEnum.HTTPS);

    /// Source: CreateListener, AlpnPolicy.
    private static final Set<String> ALPN =
            Set.of("HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None");

    /// Which target groups a listener may forward to. Source: NLB guide, "Routing configuration";
    /// ALB guide for HTTP.
    private static final Map<ProtocolEnum, Set<ProtocolEnum>> COMPATIBLE =
            Map.of(
                    ProtocolEnum.TCP,
                    EnumSet.of(ProtocolEnum.TCP, ProtocolEnum.TCP_UDP),
                    ProtocolEnum.TLS,
                    EnumSet.of(ProtocolEnum.TCP, ProtocolEnum.TLS),
                    ProtocolEnum.UDP,
                    UDP,
                    ProtocolEnum.TCP_UDP,
                    EnumSet.of(ProtocolEnum.TCP_UDP),
                    ProtocolEnum.HTTP,
                    HTTP,
                    ProtocolEnum.HTTPS,
                    HTTP);

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
        Map<String, String> wantedTags = tags.checked(request.tags());
        Listener wanted = checked(balancer, Pojo.overlay(request, Listener.builder()).build());
        List<Listener> others = state.listenersOf(balancer.loadBalancerArn());
        for (Listener existing : others) {
            if (existing.toBuilder().listenerArn(null).build().equals(wanted)
                    && state.tagsOf(existing.listenerArn()).equals(wantedTags)) {
                return CreateListenerResponse.builder().listeners(existing).build();
            }
        }
        requirePortFree(wanted);
        boolean full = others.size() >= state.settings.limit(Quota.LISTENERS_PER_LOAD_BALANCER);
        elbIf(full, "TooManyListeners", "The maximum number of listeners has been reached");
        String arn =
                balancer.loadBalancerArn().replace(":loadbalancer/", ":listener/")
                        + "/"
                        + state.ids.hex();
        Listener made = store(wanted.toBuilder().listenerArn(arn).build());
        state.tag(arn, wantedTags);
        return CreateListenerResponse.builder().listeners(made).build();
    }

    /// Source: ModifyListener, "Any properties that you do not specify remain unchanged. Changing
    /// the protocol ... from TLS to TCP, removes the security policy and default certificate
    /// properties."
    ModifyListenerResponse modify(ModifyListenerRequest request) {
        Listener old = state.listener(request.listenerArn());
        Listener.Builder changed = old.toBuilder();
        if (request.protocol() != null && !SECURE.contains(request.protocol())) {
            state.moreCertificates.remove(old.listenerArn());
            changed.sslPolicy(null)
                    .certificates((List<Certificate>) null)
                    .alpnPolicy((List<String>) null);
        }
        Listener wanted = Pojo.overlay(request, changed).build();
        Listener after = checked(state.loadBalancer(old.loadBalancerArn()), wanted);
        requirePortFree(after);
        return ModifyListenerResponse.builder().listeners(store(after)).build();
    }

    private void requirePortFree(Listener wanted) {
        String balancer = wanted.loadBalancerArn();
        boolean taken =
                state.listenersOf(balancer).stream()
                        .filter(other -> !other.listenerArn().equals(wanted.listenerArn()))
                        .anyMatch(other -> other.port().equals(wanted.port()));
        String message =
                "A listener already exists on this port for this load balancer '" + balancer + "'";
        elbIf(taken, "DuplicateListener", message);
    }

    private Listener store(Listener listener) {
        targets.requireWithinLimits(listener);
        state.listeners.put(listener.listenerArn(), listener);
        refreshUse();
        return listener;
    }

    /// The listener as it would be stored, or a refusal.
    private Listener checked(LoadBalancer balancer, Listener wanted) {
        boolean network = balancer.type() == LoadBalancerTypeEnum.NETWORK;
        boolean spoken =
                COMPATIBLE.containsKey(wanted.protocol())
                        && HTTP.contains(wanted.protocol()) != network;
        invalidIf(!spoken, "Listener protocol " + wanted.protocol() + " is not supported");
        Integer port = wanted.port();
        invalidIf(!TargetGroups.isPort(port), "Listener port " + port + " is not valid");
        invalidIf(wanted.defaultActions().size() != 1, "Specify exactly one default action");
        Listener normal =
                secured(wanted).toBuilder()
                        .defaultActions(normal(wanted.defaultActions().getFirst()))
                        .build();
        groups(normal).forEach(arn -> requireForwardable(balancer, normal, state.targetGroup(arn)));
        return normal;
    }

    /// Source: CreateListener, Certificates: "[HTTPS and TLS listeners] ... You must provide
    /// exactly one certificate"; AlpnPolicy: "You can specify one policy name";
    /// CertificateNotFound, SSLPolicyNotFound, ALPNPolicyNotFound, which is what the service's
    /// model has for what that page calls ALPNPolicyNotSupported.
    private Listener secured(Listener wanted) {
        List<Certificate> certificates = wanted.certificates();
        List<String> alpn = wanted.alpnPolicy();
        String policy =
                wanted.sslPolicy() == null ? "ELBSecurityPolicy-2016-08" : wanted.sslPolicy();
        if (!SECURE.contains(wanted.protocol())) {
            boolean plain = certificates.isEmpty() && alpn.isEmpty() && wanted.sslPolicy() == null;
            invalidIf(!plain, "Certificate, SSL and ALPN policy need a TLS or HTTPS listener");
            return wanted;
        }
        invalidIf(certificates.size() != 1, "TLS and HTTPS listeners need one certificate");
        String certificate = certificates.getFirst().certificateArn();
        boolean known = state.certificates.contains(certificate);
        elbIf(!known, "CertificateNotFound", "Certificate '" + certificate + "' not found");
        boolean listed = policy.startsWith("ELBSecurityPolicy-");
        elbIf(!listed, "SSLPolicyNotFound", "SSL policy '" + policy + "' not found");
        boolean odd =
                !ALPN.containsAll(alpn)
                        || alpn.size() > 1
                        || (!alpn.isEmpty() && wanted.protocol() != ProtocolEnum.TLS);
        elbIf(odd, "ALPNPolicyNotFound", "ALPN policy " + alpn + " is not supported");
        return wanted.toBuilder().sslPolicy(policy).build();
    }

    /// An action that forwards to one group says so in both of its fields, however it was written.
    private static Action normal(Action action) {
        List<String> groups = groups(action).distinct().toList();
        boolean forward = action.type() == ActionTypeEnum.FORWARD;
        invalidIf(forward && groups.isEmpty(), "A forward action needs a target group");
        if (!forward || groups.size() > 1) {
            return action;
        }
        TargetGroupTuple only =
                TargetGroupTuple.builder().targetGroupArn(groups.getFirst()).weight(1).build();
        ForwardActionConfig config = ForwardActionConfig.builder().targetGroups(only).build();
        return action.toBuilder().targetGroupArn(groups.getFirst()).forwardConfig(config).build();
    }

    private static Stream<String> groups(Action action) {
        return Stream.concat(
                Stream.ofNullable(action.targetGroupArn()),
                Stream.ofNullable(action.forwardConfig())
                        .flatMap(config -> config.targetGroups().stream())
                        .map(TargetGroupTuple::targetGroupArn));
    }

    /// The target groups that a listener forwards to, each once.
    static List<String> groups(Listener listener) {
        return listener.defaultActions().stream().flatMap(Listeners::groups).distinct().toList();
    }

    /// Source: CreateListener, IncompatibleProtocols, TargetGroupAssociationLimit; NLB guide, "A
    /// UDP listener for a dualstack load balancer requires IPv6 target groups".
    private void requireForwardable(LoadBalancer balancer, Listener listener, TargetGroup group) {
        String arn = group.targetGroupArn();
        unfitIf(!group.vpcId().equals(balancer.vpcId()), "'" + arn + "' is in a different VPC");
        boolean fits =
                COMPATIBLE.getOrDefault(listener.protocol(), Set.of()).contains(group.protocol());
        String message =
                "The listener and its associated target group '"
                        + arn
                        + "' have incompatible protocols";
        elbIf(!fits, "IncompatibleProtocols", message);
        boolean mixed =
                balancer.ipAddressType() != IpAddressType.IPV4
                        && group.ipAddressType() != TargetGroupIpAddressTypeEnum.IPV6;
        boolean udp = UDP.contains(listener.protocol());
        unfitIf(udp && mixed, "UDP listeners of dualstack load balancers need IPv6 target groups");
        boolean elsewhere =
                state.listenersTo(arn).stream()
                        .anyMatch(other ->
                                !other.loadBalancerArn().equals(balancer.loadBalancerArn()));
        elbIf(elsewhere, "TargetGroupAssociationLimit", arn + " is another balancer's");
    }

    DeleteListenerResponse delete(DeleteListenerRequest request) {
        drop(state.listener(request.listenerArn()).listenerArn());
        return DeleteListenerResponse.builder().build();
    }

    void drop(String arn) {
        state.listeners.remove(arn);
        state.moreCertificates.remove(arn);
        state.forget(arn);
        refreshUse();
    }

    /// Health checks of a group start when its first listener comes and stop with its last.
    private void refreshUse() {
        Instant now = state.now();
        Set<String> used = new HashSet<>();
        state.listeners.all().forEach(listener -> used.addAll(groups(listener)));
        state.usedSince.keySet().retainAll(used);
        used.forEach(group -> state.usedSince.putIfAbsent(group, now));
    }

    /// In the order of creation. Source: DescribeListeners, "You must specify either a load
    /// balancer or one or more listeners".
    DescribeListenersResponse describe(DescribeListenersRequest request) {
        String balancer = request.loadBalancerArn();
        List<String> arns = request.listenerArns();
        invalidIf((balancer == null) == arns.isEmpty(), "Specify listeners or a load balancer");
        List<Listener> found =
                state.listeners.pick(
                        arns, Listener::listenerArn, arn -> State.missing("Listener", arn));
        if (balancer != null) {
            String arn = state.loadBalancer(balancer).loadBalancerArn();
            found =
                    found.stream()
                            .filter(listener -> listener.loadBalancerArn().equals(arn))
                            .toList();
        }
        Page<Listener> page = Page.elb(found, request.pageSize(), request.marker());
        return DescribeListenersResponse.builder()
                .listeners(page.items())
                .nextMarker(page.next())
                .build();
    }
}
