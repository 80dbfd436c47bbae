package dev.origo.aws;

import dev.origo.model.Affinity;
import dev.origo.model.Carrier;
import dev.origo.model.Code;
import dev.origo.model.IpFamily;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.PortPath.Kind;
import dev.origo.model.Problem;
import dev.origo.model.Protocol;
import dev.origo.model.ServicePort;
import dev.origo.model.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Listeners and target groups of one Service. Pure.
final class Ports {
    /// Sent explicitly, because AWS's own default differs between its console and its API. Source:
    /// NLB user guide, "Security policies"
    static final String TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";

    private final LoadBalancerSpec spec;
    private final String balancer;
    private final String targetType;
    private final List<Wanted.Listener> listeners = new ArrayList<>();
    private final List<Wanted.Group> groups = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    /// @param balancer the load balancer's name
    /// @param targetType `instance` or `ip`
    Ports(LoadBalancerSpec spec, String balancer, String targetType) {
        this.spec = spec;
        this.balancer = balancer;
        this.targetType = targetType;
        Map<Integer, List<ServicePort>> byNumber = new TreeMap<>();
        spec.ports()
                .forEach(p -> byNumber.computeIfAbsent(p.port(), _ -> new ArrayList<>()).add(p));
        tlsProblems();
        backendProblems();
        affinityProblems();
        carrierProblems();
        Checks checks = new Checks(spec);
        problems.addAll(checks.problems());
        byNumber.values().forEach(same -> add(same, checks.check()));
    }

    List<Wanted.Listener> listeners() {
        return listeners;
    }

    List<Wanted.Group> groups() {
        return groups;
    }

    List<Problem> problems() {
        return problems;
    }

    private void add(List<ServicePort> same, Wanted.Check check) {
        ServicePort first = same.getFirst();
        ServicePort last = same.getLast();
        if (first.nodePort() != last.nodePort()) {
            problems.add(
                    Problem.error(
                                    Code.DUPLICATE_PORT,
                                    "%s is on node port %d and %s on node port %d: AWS serves TCP and UDP of one port only together, on one node port"
                                            .formatted(
                                                    first.label(), first.nodePort(),
                                                    last.label(), last.nodePort()))
                            .withFix(
                                    "set nodePort of both ports to %d, or use two Services"
                                            .formatted(first.nodePort())));
            return;
        }
        Kind kind = kind(same);
        if (kind == Kind.TLS && spec.affinity() instanceof Affinity.ClientIp) {
            problems.add(
                    Problem.error(
                            Code.AFFINITY_NOT_SUPPORTED,
                            "port %d ends TLS, where AWS cannot keep clients by address"
                                    .formatted(first.port())));
        }
        if (kind.carriesUdp() && spec.carrier().isProxyProtocol()) {
            problems.add(
                    Problem.error(
                            Code.PROXY_PROTOCOL_NEEDS_TCP,
                            "port %d carries UDP, which has no PROXY header"
                                    .formatted(first.port())));
        }
        Wanted.Group group = group(first, kind, check);
        groups.add(group);
        listeners.add(
                new Wanted.Listener(
                        first.port(),
                        kind,
                        group.name(),
                        kind == Kind.TLS ? tls() : Wanted.Tls.NONE));
    }

    private Kind kind(List<ServicePort> same) {
        if (same.size() > 1) {
            return Kind.TCP_UDP;
        }
        ServicePort port = same.getFirst();
        if (port.protocol() == Protocol.UDP) {
            return Kind.UDP;
        }
        return endsTls(port) ? Kind.TLS : Kind.TCP;
    }

    private boolean endsTls(ServicePort port) {
        if (!spec.settings().has(AwsSettings.CERTIFICATES)) {
            return false;
        }
        List<String> listed = spec.settings().get(AwsSettings.TLS_PORTS).orElse(List.of("*"));
        return listed.contains("*") || namedIn(listed, port);
    }

    private static boolean namedIn(List<String> listed, ServicePort port) {
        return listed.contains(String.valueOf(port.port()))
                || (!port.name().isEmpty() && listed.contains(port.name()));
    }

    private void tlsProblems() {
        List<String> listed = spec.settings().get(AwsSettings.TLS_PORTS).orElse(List.of());
        if (!listed.isEmpty() && !spec.settings().has(AwsSettings.CERTIFICATES)) {
            problems.add(
                    Problem.warning(
                            Code.ANNOTATION_IGNORED,
                            "ssl-ports has no effect without a certificate in ssl-cert"));
            return;
        }
        for (ServicePort port : spec.ports()) {
            if (port.protocol() == Protocol.UDP && namedIn(listed, port)) {
                problems.add(
                        Problem.error(
                                Code.TLS_NEEDS_TCP,
                                "ssl-ports lists port %s, which cannot end TLS"
                                        .formatted(port.label())));
            }
        }
        for (String entry : listed) {
            if (!entry.equals("*")
                    && spec.ports().stream().noneMatch(p -> namedIn(List.of(entry), p))) {
                problems.add(
                        Problem.error(
                                Code.INVALID_ANNOTATION_VALUE,
                                "ssl-ports lists '%s', which is no port of the Service"
                                        .formatted(entry)));
            }
        }
    }

    /// Stickiness by address has no duration. Source: NLB user guide, "Sticky sessions"
    private void affinityProblems() {
        if (spec.affinity() instanceof Affinity.ClientIp(Duration timeout)
                && !timeout.equals(Affinity.ClientIp.TIMEOUT_DEFAULT)) {
            problems.add(
                    Problem.info(
                            Code.AFFINITY_TIMEOUT_IGNORED,
                            "the balancer keeps a client with its target without the timeout of %d s"
                                    .formatted(timeout.toSeconds())));
        }
    }

    /// Classic balancers speak HTTP. Source: cloud-provider-aws and aws-load-balancer-controller
    /// look for `ssl` only where the balancer is a network one.
    private void backendProblems() {
        Optional<String> wish = text(AwsSettings.BACKEND_PROTOCOL);
        if (wish.filter(word -> word.startsWith("http")).isPresent()) {
            problems.add(
                    Problem.warning(
                                    Code.ANNOTATION_IGNORED,
                                    "backend-protocol %s means tcp on a network balancer: bytes reach the targets as they came, and only ssl encrypts them"
                                            .formatted(wish.get()))
                            .withFix("set it to tcp, or to ssl if the backends speak TLS"));
        }
    }

    private Wanted.Tls tls() {
        String alpn = spec.settings().get(AwsSettings.ALPN).orElse("None");
        List<String> certificates =
                spec.settings().get(AwsSettings.CERTIFICATES).orElse(List.of(""));
        return new Wanted.Tls(
                certificates.getFirst(),
                Sorted.set(certificates.subList(1, certificates.size())),
                spec.settings().get(AwsSettings.TLS_POLICY).orElse(TLS_POLICY),
                alpn.equals("None") ? "" : alpn);
    }

    private Wanted.Group group(ServicePort port, Kind kind, Wanted.Check check) {
        boolean tlsBehind =
                kind == Kind.TLS
                        && text(AwsSettings.BACKEND_PROTOCOL).filter("ssl"::equals).isPresent();
        String protocol = kind == Kind.TLS ? (tlsBehind ? "TLS" : "TCP") : kind.name();
        String ipType = spec.families().getFirst() == IpFamily.IPV6 ? "ipv6" : "ipv4";
        String name =
                AwsNames.targetGroup(
                        spec.owner(),
                        balancer,
                        String.valueOf(port.port()),
                        protocol,
                        String.valueOf(port.nodePort()),
                        targetType,
                        ipType);
        return new Wanted.Group(
                name, protocol, port.nodePort(), targetType, ipType, check, attributes(kind));
    }

    /// One setting decides of both attributes, so that an attribute may be overruled, but never in
    /// silence.
    private void carrierProblems() {
        SortedMap<String, String> written =
                spec.settings()
                        .get(AwsSettings.TARGET_GROUP_ATTRIBUTES)
                        .orElse(Sorted.map(Map.of()));
        SortedMap<String, String> held =
                Sorted.map(
                        Map.of(
                                Attributes.PROXY_PROTOCOL,
                                String.valueOf(spec.carrier() == Carrier.PROXY_PROTOCOL_V2),
                                Attributes.PRESERVE_CLIENT,
                                String.valueOf(spec.carrier() == Carrier.PACKET)));
        held.forEach((key, value) -> {
            if (!written.getOrDefault(key, value).equals(value)) {
                problems.add(
                        Problem.warning(
                                Code.CONFLICTING_ANNOTATIONS,
                                "target-group-attributes says %s=%s, which does not hold: what carries the client's address is %s"
                                        .formatted(key, written.get(key), spec.carrier())));
            }
        });
    }

    private SortedMap<String, String> attributes(Kind kind) {
        SortedMap<String, String> attributes =
                new TreeMap<>(
                        spec.settings()
                                .get(AwsSettings.TARGET_GROUP_ATTRIBUTES)
                                .orElse(Sorted.map(Map.of())));
        Carrier carrier = spec.carrier();
        attributes.remove(Attributes.PRESERVE_CLIENT);
        attributes.put(
                Attributes.PROXY_PROTOCOL, String.valueOf(carrier == Carrier.PROXY_PROTOCOL_V2));
        if (!kind.carriesUdp()) {
            // With the PROXY header the packet's source says nothing more, and a client on the
            // target node would time out: off.
            attributes.put(Attributes.PRESERVE_CLIENT, String.valueOf(carrier == Carrier.PACKET));
        }
        if (spec.affinity() instanceof Affinity.ClientIp) {
            attributes.put(Attributes.STICKY, "true");
            attributes.put(Attributes.STICKY_TYPE, "source_ip");
        }
        return Sorted.map(attributes);
    }

    private Optional<String> text(Setting<String> setting) {
        return spec.settings().get(setting);
    }
}
