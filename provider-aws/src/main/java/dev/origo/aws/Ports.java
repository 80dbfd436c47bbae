package dev.origo.aws;

import dev.origo.model.Affinity;
import dev.origo.model.Carrier;
import dev.origo.model.Code;
import dev.origo.model.HealthCheck;
import dev.origo.model.IpFamily;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.PortPath.Kind;
import dev.origo.model.Problem;
import dev.origo.model.Protocol;
import dev.origo.model.ServicePort;
import dev.origo.model.Setting;
import dev.origo.model.TrafficPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Listeners, target groups and health check of one Service. Pure.
final class Ports {
    /// Sent explicitly, because AWS's own default differs between its console and its API. Source:
    /// NLB user guide, "Security policies"
    static final String TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";

    private static final String CODES = "200";

    /// What holds where the check is no longer that of kube-proxy. Source: ELBv2 API, Matcher: the
    /// default of network balancers, which both other controllers take
    private static final String CODES_OVERRIDDEN = "200-399";

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
        Wanted.Check check = check();
        byNumber.values().forEach(same -> add(same, check));
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

    private Wanted.Check check() {
        HealthCheck.Timing timing = spec.healthCheck().timing();
        Wanted.Check contract = byDefault(contract(spec.healthCheck().probe()));
        String protocol =
                text(AwsSettings.CHECK_PROTOCOL)
                        .map(word -> word.toUpperCase(Locale.ROOT))
                        .orElse(contract.protocol());
        boolean http = protocol.startsWith("HTTP");
        int timeout =
                spec.settings()
                        .get(AwsSettings.CHECK_TIMEOUT)
                        .orElse((int) timing.timeout().toSeconds());
        Wanted.Check check =
                new Wanted.Check(
                        protocol,
                        text(AwsSettings.CHECK_PORT).map(this::checkPort).orElse(contract.port()),
                        http
                                ? text(AwsSettings.CHECK_PATH)
                                        .orElse(orDefault(contract.path(), "/"))
                                : "",
                        http ? text(AwsSettings.CHECK_CODES).orElse(codes()) : "",
                        // Their intervals are longer, so that a timeout alone is good there.
                        spec.settings()
                                .get(AwsSettings.CHECK_INTERVAL)
                                .orElse(Math.max((int) timing.interval().toSeconds(), timeout)),
                        timeout,
                        spec.settings().get(AwsSettings.CHECK_HEALTHY).orElse(timing.healthy()),
                        spec.settings()
                                .get(AwsSettings.CHECK_UNHEALTHY)
                                .orElse(timing.unhealthy()));
        checkProblems(contract, check);
        return check;
    }

    /// A port of the Service by its name is the node port: targets are nodes, whatever their type.
    private String checkPort(String wish) {
        if (wish.equals(Wanted.Check.TRAFFIC_PORT) || wish.matches("[0-9]+")) {
            return wish;
        }
        Optional<ServicePort> named =
                spec.ports().stream().filter(port -> port.name().equals(wish)).findFirst();
        if (named.isEmpty()) {
            problems.add(
                    Problem.error(
                            Code.INVALID_ANNOTATION_VALUE,
                            "healthcheck-port '%s' is no port of the Service; its ports are named %s"
                                    .formatted(
                                            wish,
                                            spec.ports().stream()
                                                    .map(ServicePort::name)
                                                    .toList())));
        }
        return named.map(port -> String.valueOf(port.nodePort())).orElse(Wanted.Check.TRAFFIC_PORT);
    }

    /// What holds for the parts that are not overridden. With policy Cluster, an override of any
    /// part leaves kube-proxy's port, and the rest is what other controllers take: TCP on the port
    /// of the traffic. Source: aws-load-balancer-controller, docs/guide/service/annotations.md
    private Wanted.Check byDefault(Wanted.Check contract) {
        boolean overridden =
                Stream.of(
                                AwsSettings.CHECK_PROTOCOL,
                                AwsSettings.CHECK_PORT,
                                AwsSettings.CHECK_PATH,
                                AwsSettings.CHECK_CODES)
                        .anyMatch(spec.settings()::has);
        return overridden && spec.policy() == TrafficPolicy.CLUSTER
                ? contract(new HealthCheck.TrafficPort())
                : contract;
    }

    private String codes() {
        boolean overridden =
                Stream.of(
                                AwsSettings.CHECK_PROTOCOL,
                                AwsSettings.CHECK_PORT,
                                AwsSettings.CHECK_PATH)
                        .anyMatch(spec.settings()::has);
        return overridden ? CODES_OVERRIDDEN : CODES;
    }

    private static String orDefault(String text, String byDefault) {
        return text.isEmpty() ? byDefault : text;
    }

    private Optional<String> text(Setting<String> setting) {
        return spec.settings().get(setting);
    }

    /// The check that core asks for; the timing is not in it.
    private static Wanted.Check contract(HealthCheck.Probe probe) {
        return switch (probe) {
            case HealthCheck.Http(int port, String path) ->
                    new Wanted.Check("HTTP", String.valueOf(port), path, CODES, 0, 0, 0, 0);
            case HealthCheck.TrafficPort() ->
                    new Wanted.Check("TCP", Wanted.Check.TRAFFIC_PORT, "", "", 0, 0, 0, 0);
        };
    }

    private void checkProblems(Wanted.Check contract, Wanted.Check check) {
        List<Setting<?>> overrides =
                List.of(
                        AwsSettings.CHECK_PROTOCOL,
                        AwsSettings.CHECK_PORT,
                        AwsSettings.CHECK_PATH,
                        AwsSettings.CHECK_CODES,
                        AwsSettings.CHECK_INTERVAL,
                        AwsSettings.CHECK_TIMEOUT,
                        AwsSettings.CHECK_HEALTHY,
                        AwsSettings.CHECK_UNHEALTHY);
        for (Setting<?> override : overrides) {
            if (spec.settings().has(override)) {
                problems.add(
                        Problem.warning(
                                Code.HEALTH_CHECK_OVERRIDDEN,
                                "%s overrides the health-check contract"
                                        .formatted(override.name())));
            }
        }
        if (check.timeout() > check.interval()) {
            problems.add(
                    Problem.error(
                            Code.INVALID_ANNOTATION_VALUE,
                            "the health check's timeout of %d s is longer than its interval of %d s"
                                    .formatted(check.timeout(), check.interval())));
        }
        if (spec.carrier() == Carrier.PROXY_PROTOCOL_V2
                && contract.isHttp()
                && check.isHttp()
                && check.port().equals(contract.port())) {
            problems.add(
                    Problem.error(
                            Code.PROXY_PROTOCOL_HEALTH_CHECK_CONFLICT,
                            "AWS puts the PROXY header before its health checks too, and kube-proxy's health port %s does not understand it: every node would be unhealthy"
                                    .formatted(check.port())));
        }
    }
}
