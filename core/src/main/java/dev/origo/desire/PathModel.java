package dev.origo.desire;

import dev.origo.model.Carrier;
import dev.origo.model.ClientAddress;
import dev.origo.model.ClientAddress.Hop;
import dev.origo.model.ClientAddress.Sees;
import dev.origo.model.Code;
import dev.origo.model.Delivery;
import dev.origo.model.HealthCheck;
import dev.origo.model.PortPath;
import dev.origo.model.PortPath.Kind;
import dev.origo.model.PortPath.Targets;
import dev.origo.model.Problem;
import dev.origo.model.Scheme;
import dev.origo.model.TrafficPolicy;
import dev.origo.model.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/// The way of a connection - client, balancer, node, pod - and what is left of the client's address
/// at its end. Pure.
///
/// Source of the rules: kube-proxy's source NAT with externalTrafficPolicy Cluster (Kubernetes
/// tutorial "Using Source IP"), AWS's target group attributes (NLB user guide, "Client IP
/// preservation"), RFC 7239.
public final class PathModel {
    private PathModel() {}

    /// What matters beside the port's own path.
    ///
    /// @param healthCheckNodePort the Service's; 0 where there is none
    public record Setting(TrafficPolicy policy, Scheme scheme, int healthCheckNodePort) {}

    /// One answer for all ports: the worst verdict speaks, every port's findings are kept.
    ///
    /// @throws IllegalArgumentException if there is no port
    public static ClientAddress explain(List<PortPath> paths, Setting setting) {
        List<ClientAddress> answers = paths.stream().map(path -> explain(path, setting)).toList();
        ClientAddress worst =
                answers.stream()
                        .max(Comparator.comparing(ClientAddress::verdict))
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "a Service without ports has no path"));
        var findings = new LinkedHashSet<Problem>();
        answers.forEach(answer -> findings.addAll(answer.findings()));
        return new ClientAddress(
                worst.delivery(),
                worst.carrier(),
                worst.verdict(),
                worst.sees(),
                worst.code(),
                worst.hops(),
                List.copyOf(findings));
    }

    /// The answer for one port.
    public static ClientAddress explain(PortPath path, Setting setting) {
        Outcome outcome = outcome(path, setting);
        List<Problem> findings = new ArrayList<>();
        findings.addAll(outcome.refusals());
        findings.addAll(warnings(path, setting, outcome));
        return new ClientAddress(
                outcome.delivery(),
                outcome.carrier(),
                outcome.verdict(),
                outcome.sees(),
                outcome.code(),
                hops(path, setting, outcome),
                findings);
    }

    private static Outcome outcome(PortPath path, Setting setting) {
        if (path.carrier().isProxyProtocol()) {
            return withProxyHeader(path, setting);
        }
        if (path.kind().isHttp()) {
            return withForwardedHeader(path, setting);
        }
        return withPackets(path, setting);
    }

    private static Outcome withProxyHeader(PortPath path, Setting setting) {
        if (path.kind().isHttp()) {
            return refused(
                    path,
                    Code.CLIENT_ADDRESS_MODE_NOT_SUPPORTED,
                    "a balancer that speaks HTTP sends no PROXY header");
        }
        if (path.kind().carriesUdp()) {
            return refused(
                    path,
                    Code.PROXY_PROTOCOL_NEEDS_TCP,
                    "port %d carries UDP, which has no PROXY header".formatted(path.port()));
        }
        if (path.checksCarryProxyHeader() && asksKubeProxy(path, setting)) {
            return refused(
                    path,
                    Code.PROXY_PROTOCOL_HEALTH_CHECK_CONFLICT,
                    "the balancer puts the PROXY header before its own health checks, and kube-proxy's health port does"
                            + " not understand it: every node would be unhealthy");
        }
        Sees sees = peer(path, setting);
        return new Outcome(
                delivery(path),
                path.carrier(),
                Verdict.IN_HEADER,
                sees,
                Code.CLIENT_IN_PROXY_HEADER,
                List.of());
    }

    private static Outcome withForwardedHeader(PortPath path, Setting setting) {
        Sees sees = nodeRewrites(path, setting) ? Sees.NODE : Sees.BALANCER;
        if (path.kind() == Kind.HTTP_APPENDS) {
            return new Outcome(
                    Delivery.TERMINATES,
                    Carrier.FORWARDED_HEADER,
                    Verdict.IN_HEADER,
                    sees,
                    Code.CLIENT_IN_FORWARDED_HEADER,
                    List.of());
        }
        Code code =
                path.kind() == Kind.HTTP_PRESERVES
                        ? Code.FORWARDED_HEADER_SPOOFABLE
                        : Code.FORWARDED_HEADER_REMOVED;
        return new Outcome(Delivery.TERMINATES, Carrier.NONE, Verdict.LOST, sees, code, List.of());
    }

    private static Outcome withPackets(PortPath path, Setting setting) {
        Delivery delivery = delivery(path);
        Carrier carrier = reachesTarget(path) ? Carrier.PACKET : Carrier.NONE;
        Sees sees = peer(path, setting);
        return switch (sees) {
            case CLIENT ->
                    new Outcome(
                            delivery,
                            carrier,
                            Verdict.PRESERVED,
                            sees,
                            Code.CLIENT_ADDRESS_PRESERVED,
                            List.of());
            case NODE ->
                    new Outcome(
                            delivery,
                            carrier,
                            Verdict.LOST,
                            sees,
                            Code.SOURCE_NAT_BY_NODE,
                            List.of());
            case BALANCER, GATEWAY, UNKNOWN ->
                    new Outcome(
                            delivery, carrier, Verdict.LOST, sees, balancerCode(path), List.of());
        };
    }

    private static Code balancerCode(PortPath path) {
        if (path.keepsSource() && path.translatesFamily()) {
            return Code.FAMILY_TRANSLATION;
        }
        return path.keepsSource() && path.privateLink()
                ? Code.PRIVATE_LINK
                : Code.SOURCE_NAT_BY_BALANCER;
    }

    /// The peer of the application's socket where the balancer speaks no HTTP.
    private static Sees peer(PortPath path, Setting setting) {
        if (nodeRewrites(path, setting)) {
            return Sees.NODE;
        }
        return reachesTarget(path) ? Sees.CLIENT : Sees.BALANCER;
    }

    /// Whether packets reach the target with the client's source address.
    private static boolean reachesTarget(PortPath path) {
        return path.keepsSource() && !path.translatesFamily() && !path.privateLink();
    }

    /// With or without a PROXY header: who ends TLS or speaks HTTP, and who cannot keep the source,
    /// opens a connection of its own.
    private static Delivery delivery(PortPath path) {
        boolean ends = path.kind() == Kind.TLS || path.kind().isHttp();
        return reachesTarget(path) && !ends ? Delivery.FORWARDS : Delivery.TERMINATES;
    }

    /// kube-proxy with policy Cluster replaces the source by the node's address; it is not on the
    /// way to pods.
    private static boolean nodeRewrites(PortPath path, Setting setting) {
        return path.targets() != Targets.PODS && setting.policy() == TrafficPolicy.CLUSTER;
    }

    private static boolean asksKubeProxy(PortPath path, Setting setting) {
        return path.targets() != Targets.PODS
                && path.probe() instanceof HealthCheck.Http(int port, String _)
                && (port == Desire.KUBE_PROXY_HEALTH_PORT || port == setting.healthCheckNodePort());
    }

    private static Outcome refused(PortPath path, Code code, String message) {
        return new Outcome(
                delivery(path),
                path.carrier(),
                Verdict.REFUSED,
                Sees.UNKNOWN,
                code,
                List.of(Problem.error(code, message)));
    }

    private static List<Problem> warnings(PortPath path, Setting setting, Outcome outcome) {
        List<Problem> warnings = new ArrayList<>();
        boolean keptForTargets = path.keepsSource() && outcome.verdict() != Verdict.REFUSED;
        if (keptForTargets && setting.scheme() == Scheme.INTERNAL) {
            warnings.add(
                    Problem.warning(
                            Code.HAIRPIN_RISK,
                            "a pod that calls this internal balancer and is sent to its own node gets no answer, because the"
                                    + " source address is kept"));
        }
        boolean balancerHides = outcome.sees() == Sees.BALANCER && !path.kind().isHttp();
        if (path.targets() == Targets.PODS
                && setting.policy() == TrafficPolicy.LOCAL
                && balancerHides
                && outcome.verdict() == Verdict.LOST) {
            warnings.add(
                    Problem.warning(
                            Code.POLICY_LOCAL_WITHOUT_EFFECT,
                            "externalTrafficPolicy Local does not keep the client's address here: kube-proxy is not on the way"));
        }
        if (path.carrier().isProxyProtocol() && outcome.verdict() == Verdict.IN_HEADER) {
            warnings.add(
                    Problem.info(
                            Code.CLIENT_IN_PROXY_HEADER,
                            "every backend of the port and every in-cluster caller must speak the PROXY protocol"));
        }
        return warnings;
    }

    private static List<Hop> hops(PortPath path, Setting setting, Outcome outcome) {
        List<Hop> hops = new ArrayList<>();
        hops.add(
                new Hop(
                        "client",
                        "opens the connection from its own address",
                        Code.CLIENT_ADDRESS_PRESERVED));
        hops.add(balancerHop(path, outcome));
        if (path.targets() != Targets.PODS) {
            hops.add(
                    nodeRewrites(path, setting)
                            ? new Hop(
                                    "node",
                                    "kube-proxy replaces the source by the node's address",
                                    Code.SOURCE_NAT_BY_NODE)
                            : new Hop(
                                    "node",
                                    "kube-proxy keeps the source: policy Local",
                                    Code.CLIENT_ADDRESS_PRESERVED));
        }
        hops.add(new Hop("pod", "sees the address of the " + outcome.sees(), outcome.code()));
        return hops;
    }

    private static Hop balancerHop(PortPath path, Outcome outcome) {
        if (outcome.verdict() == Verdict.REFUSED) {
            return new Hop("balancer", "is not configured this way", outcome.code());
        }
        if (path.carrier().isProxyProtocol()) {
            return new Hop(
                    "balancer",
                    "writes the client into a " + path.carrier() + " header",
                    outcome.code());
        }
        if (path.kind().isHttp()) {
            return new Hop(
                    "balancer",
                    "ends the connection and speaks HTTP to the backend",
                    outcome.code());
        }
        return outcome.carrier() == Carrier.PACKET
                ? new Hop(
                        "balancer",
                        "keeps the client's source address",
                        Code.CLIENT_ADDRESS_PRESERVED)
                : new Hop("balancer", "replaces the source by its own address", balancerCode(path));
    }

    private record Outcome(
            Delivery delivery,
            Carrier carrier,
            Verdict verdict,
            Sees sees,
            Code code,
            List<Problem> refusals) {}
}
