package dev.origo.desire;

import dev.origo.desire.AnnotationRegistry.Parsed;
import dev.origo.desire.ClientAddressPolicy.Chosen;
import dev.origo.desire.ClientAddressPolicy.Impossible;
import dev.origo.model.Affinity;
import dev.origo.model.Backend;
import dev.origo.model.Carrier;
import dev.origo.model.Cidr;
import dev.origo.model.ClientAddressWish;
import dev.origo.model.Code;
import dev.origo.model.HealthCheck;
import dev.origo.model.IpFamily;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.OwnerId;
import dev.origo.model.Problem;
import dev.origo.model.Protocol;
import dev.origo.model.ServicePort;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.Settings;
import dev.origo.model.TrafficPolicy;
import dev.origo.spi.Capabilities;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/// From a Service to what a provider is asked for. Pure: the same Service and nodes give the same
/// answer.
///
/// @param wish what the provider's own annotations say about the client's address
public record Desire(
        Capabilities capabilities,
        AnnotationRegistry registry,
        Function<Settings, Optional<ClientAddressWish>> wish) {

    /// kube-proxy's health port of a node. Source: KEP-3836
    public static final int KUBE_PROXY_HEALTH_PORT = 10256;

    static final String HEALTH_PATH = "/healthz";

    /// The specification, or why there is none.
    public sealed interface Answer {}

    public record Wanted(LoadBalancerSpec spec, List<Problem> warnings) implements Answer {
        public Wanted {
            warnings = List.copyOf(warnings);
        }
    }

    /// Why there is none.
    ///
    /// @param settings the annotations, as far as they can be read
    public record Refused(List<Problem> problems, Settings settings) implements Answer {
        public Refused {
            problems = List.copyOf(problems);
        }
    }

    public Answer of(OwnerId owner, ServiceSnapshot service, List<Backend> backends) {
        Parsed parsed = registry.parse(service.meta().annotations());
        List<Problem> problems = new ArrayList<>(parsed.problems());
        problems.addAll(shapeProblems(service));
        SortedSet<Cidr> ranges = sourceRanges(service, parsed.settings(), problems);
        Carrier carrier = carrier(service, parsed.settings(), problems);
        String name = name(parsed.settings(), problems);
        HealthCheck check = healthCheck(service, carrier, parsed.settings(), problems);
        String requestedIp = requestedIp(service, problems);
        if (backends.isEmpty()) {
            problems.add(
                    Problem.warning(
                            Code.NO_ELIGIBLE_NODE,
                            "no node is eligible, so the balancer has no target"));
        }
        if (Problem.anyBlocks(problems)) {
            return new Refused(problems, parsed.settings());
        }
        LoadBalancerSpec spec =
                new LoadBalancerSpec(
                        owner,
                        name,
                        parsed.settings()
                                .get(CoreSettings.SCHEME)
                                .orElse(capabilities.defaultScheme()),
                        service.ports(),
                        service.policy(),
                        check,
                        ranges,
                        service.ipFamilies(),
                        service.affinity(),
                        requestedIp,
                        carrier,
                        backends,
                        parsed.settings(),
                        published(service));
        return new Wanted(spec, problems);
    }

    private static Set<String> published(ServiceSnapshot service) {
        return service.status().ingress().stream()
                .map(ingress -> ingress.address().text())
                .collect(Collectors.toSet());
    }

    /// What cannot be served however it is annotated.
    private List<Problem> shapeProblems(ServiceSnapshot service) {
        List<Problem> problems = new ArrayList<>();
        for (ServicePort port : service.ports()) {
            if (!capabilities.carriers().containsKey(port.protocol())) {
                problems.add(
                        Problem.error(
                                Code.UNSUPPORTED_PROTOCOL,
                                "port %s: %s is not served"
                                        .formatted(port.label(), port.protocol())));
            } else if (port.nodePort() == 0) {
                problems.add(
                        Problem.error(
                                Code.NODE_PORT_MISSING,
                                "port %s has no node port to send to".formatted(port.label())));
            }
        }
        if (protocols(service).size() > 1 && !capabilities.mixedProtocols()) {
            problems.add(
                    Problem.error(
                            Code.MIXED_PROTOCOL_NOT_SUPPORTED,
                            "one balancer cannot serve %s together".formatted(protocols(service))));
        }
        if (service.ports().size() > capabilities.portsMax()) {
            problems.add(
                    Problem.error(
                            Code.TOO_MANY_PORTS,
                            "the Service has %d ports; a balancer serves 1..%d"
                                    .formatted(service.ports().size(), capabilities.portsMax())));
        }
        if (service.policy() == TrafficPolicy.LOCAL && service.healthCheckNodePort() == 0) {
            problems.add(
                    Problem.error(
                            Code.HEALTH_CHECK_NODE_PORT_MISSING,
                            "externalTrafficPolicy is Local, but healthCheckNodePort is 0: nodes cannot be checked"));
        }
        if (!service.loadBalancerIp().isEmpty() && !capabilities.honoursRequestedIp()) {
            problems.add(
                    Problem.error(
                            Code.LOAD_BALANCER_IP_NOT_SUPPORTED,
                            "spec.loadBalancerIP %s cannot be given by this provider"
                                    .formatted(service.loadBalancerIp())));
        }
        if (service.affinity() instanceof Affinity.ClientIp && !capabilities.clientIpAffinity()) {
            problems.add(
                    Problem.error(
                            Code.AFFINITY_NOT_SUPPORTED,
                            "sessionAffinity ClientIP cannot be kept by this provider"));
        }
        if (!capabilities.families().containsAll(service.ipFamilies())) {
            problems.add(
                    Problem.error(
                            Code.IP_FAMILY_NOT_SUPPORTED,
                            "ipFamilies %s are wanted; this provider serves %s"
                                    .formatted(
                                            service.ipFamilies(),
                                            new TreeSet<>(capabilities.families()))));
        }
        return problems;
    }

    /// The API server lets any text pass; providers get an address of one of the Service's
    /// families, always in the same spelling, so that two of them can be compared.
    private String requestedIp(ServiceSnapshot service, List<Problem> problems) {
        if (service.loadBalancerIp().isEmpty() || !capabilities.honoursRequestedIp()) {
            return "";
        }
        try {
            InetAddress address = Cidr.literal(service.loadBalancerIp());
            IpFamily family = address instanceof Inet4Address ? IpFamily.IPV4 : IpFamily.IPV6;
            if (service.ipFamilies().contains(family)) {
                return address.getHostAddress();
            }
            problems.add(
                    Problem.error(
                                    Code.IP_FAMILY_NOT_SUPPORTED,
                                    "spec.loadBalancerIP %s is %s; the Service's ipFamilies are %s"
                                            .formatted(
                                                    service.loadBalancerIp(),
                                                    family,
                                                    service.ipFamilies()))
                            .withFix("ask for an address of one of the Service's ipFamilies"));
        } catch (IllegalArgumentException e) {
            problems.add(
                    Problem.error(
                                    Code.LOAD_BALANCER_IP_NOT_SUPPORTED,
                                    "spec.loadBalancerIP: " + e.getMessage())
                            .withFix("write one address, or remove spec.loadBalancerIP"));
        }
        return "";
    }

    /// The spec's list wins over the annotation; none at all, or an empty annotation, means
    /// everyone. Source: k8s.io/cloud-provider service helpers, with ::/0 added for IPv6.
    private SortedSet<Cidr> sourceRanges(
            ServiceSnapshot service, Settings settings, List<Problem> problems) {
        SortedSet<Cidr> everyone = new TreeSet<>();
        service.ipFamilies()
                .forEach(f -> everyone.add(f == IpFamily.IPV4 ? Cidr.ALL_IPV4 : Cidr.ALL_IPV6));
        SortedSet<Cidr> ranges;
        try {
            ranges =
                    service.sourceRanges().isEmpty()
                            ? settings.get(CoreSettings.SOURCE_RANGES)
                                    .filter(written -> !written.isEmpty())
                                    .orElse(everyone)
                            : CoreSettings.ranges(service.sourceRanges());
        } catch (IllegalArgumentException e) {
            problems.add(
                    Problem.error(
                            Code.INVALID_SOURCE_RANGE,
                            "spec.loadBalancerSourceRanges: %s".formatted(e.getMessage())));
            return everyone;
        }
        if (!capabilities.enforcesSourceRanges() && !ranges.containsAll(everyone)) {
            problems.add(
                    Problem.error(
                            Code.SOURCE_RANGES_NOT_ENFORCED,
                            "source ranges %s cannot be enforced here".formatted(ranges)));
        }
        return ranges;
    }

    private Carrier carrier(ServiceSnapshot service, Settings settings, List<Problem> problems) {
        ClientAddressWish wanted =
                settings.get(CoreSettings.CLIENT_ADDRESS)
                        .or(() -> wish.apply(settings))
                        .orElse(ClientAddressWish.AUTO);
        return switch (ClientAddressPolicy.choose(wanted, protocols(service), capabilities)) {
            case Chosen(Carrier carrier) -> carrier;
            case Impossible(Problem problem) -> {
                problems.add(problem);
                yield Carrier.NONE;
            }
        };
    }

    private String name(Settings settings, List<Problem> problems) {
        String name = settings.get(CoreSettings.NAME).orElse("");
        boolean good =
                name.matches("[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")
                        && !name.startsWith("internal-");
        if (settings.has(CoreSettings.NAME)
                && (!good || name.length() > capabilities.nameLengthMax())) {
            problems.add(
                    Problem.error(
                            Code.INVALID_NAME,
                            "the name '%s' has %d characters or others than allowed; allowed are 1..%d letters, digits and inner"
                                            .formatted(
                                                    name,
                                                    name.length(),
                                                    capabilities.nameLengthMax())
                                    + " hyphens, not starting with internal-"));
        }
        return name;
    }

    private HealthCheck healthCheck(
            ServiceSnapshot service, Carrier carrier, Settings settings, List<Problem> problems) {
        HealthCheck.Timing timing =
                Optional.ofNullable(capabilities.timing().get(service.policy()))
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "no timing for policy " + service.policy()));
        if (settings.has(CoreSettings.HEALTH_CHECK)) {
            boolean anyUdp = protocols(service).contains(Protocol.UDP);
            problems.add(
                    anyUdp
                            ? Problem.error(
                                    Code.INVALID_ANNOTATION_VALUE,
                                    "origo.dev/health-check: traffic-port is a TCP check, but the Service has UDP ports")
                            : Problem.warning(
                                    Code.HEALTH_CHECK_OVERRIDDEN,
                                    "health is checked on the traffic port by origo.dev/health-check: nodes without"
                                            + " endpoints are told only by their refusal"));
            return new HealthCheck(new HealthCheck.TrafficPort(), timing);
        }
        return new HealthCheck(contractProbe(service, carrier), timing);
    }

    /// The health-check contract: what kube-proxy answers, never what the application does.
    private HealthCheck.Probe contractProbe(ServiceSnapshot service, Carrier carrier) {
        if (service.policy() == TrafficPolicy.LOCAL) {
            return new HealthCheck.Http(Math.max(service.healthCheckNodePort(), 1), HEALTH_PATH);
        }
        if (carrier.isProxyProtocol() && capabilities.checksCarryProxyHeader()) {
            return new HealthCheck.TrafficPort();
        }
        return new HealthCheck.Http(KUBE_PROXY_HEALTH_PORT, HEALTH_PATH);
    }

    private static Set<Protocol> protocols(ServiceSnapshot service) {
        return service.ports().stream()
                .map(ServicePort::protocol)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Protocol.class)));
    }
}
