package dev.origo.kube;

import static java.util.Objects.requireNonNullElse;

import dev.origo.model.Affinity;
import dev.origo.model.Condition;
import dev.origo.model.Ingress;
import dev.origo.model.IpFamily;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServicePort;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.TrafficPolicy;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PortStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.fabric8.kubernetes.api.model.SessionAffinityConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Service of the API -> [ServiceSnapshot]. Pure. What is absent gets the default that Kubernetes
/// documents.
final class ServiceMapper {
    /// A copy of the whole manifest; nobody here reads it, and it is the largest part of many
    /// Services.
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private ServiceMapper() {}

    static ServiceSnapshot snapshot(Service service) {
        ObjectMeta meta = service.getMetadata();
        ServiceSpec spec = requireNonNullElse(service.getSpec(), new ServiceSpec());
        return new ServiceSnapshot(
                new ServiceKey(text(meta.getNamespace()), text(meta.getName())),
                meta(meta),
                type(text(spec.getType())),
                text(spec.getLoadBalancerClass()),
                list(spec.getPorts()).stream().map(ServiceMapper::port).toList(),
                text(spec.getExternalTrafficPolicy()).equals("Local")
                        ? TrafficPolicy.LOCAL
                        : TrafficPolicy.CLUSTER,
                number(spec.getHealthCheckNodePort()),
                ipFamilies(spec),
                affinity(spec),
                list(spec.getLoadBalancerSourceRanges()),
                text(spec.getLoadBalancerIP()),
                status(service.getStatus()));
    }

    private static ServiceSnapshot.Meta meta(ObjectMeta meta) {
        Map<String, String> annotations =
                new LinkedHashMap<>(requireNonNullElse(meta.getAnnotations(), Map.of()));
        annotations.remove(LAST_APPLIED);
        return new ServiceSnapshot.Meta(
                text(meta.getUid()),
                requireNonNullElse(meta.getGeneration(), 0L),
                text(meta.getResourceVersion()),
                meta.getDeletionTimestamp() != null,
                Set.copyOf(list(meta.getFinalizers())),
                annotations);
    }

    private static ServiceSnapshot.Type type(String type) {
        return switch (type) {
            case "LoadBalancer" -> ServiceSnapshot.Type.LOAD_BALANCER;
            case "NodePort" -> ServiceSnapshot.Type.NODE_PORT;
            case "ExternalName" -> ServiceSnapshot.Type.EXTERNAL_NAME;
            default -> ServiceSnapshot.Type.CLUSTER_IP;
        };
    }

    private static ServicePort port(io.fabric8.kubernetes.api.model.ServicePort port) {
        return new ServicePort(
                text(port.getName()),
                protocol(port.getProtocol()),
                number(port.getPort()),
                number(port.getNodePort()));
    }

    private static Protocol protocol(@Nullable String protocol) {
        return switch (requireNonNullElse(protocol, "TCP")) {
            case "TCP" -> Protocol.TCP;
            case "UDP" -> Protocol.UDP;
            case "SCTP" -> Protocol.SCTP;
            default -> Protocol.OTHER;
        };
    }

    /// An object that an old API server stored has no families; its cluster IPs tell them.
    private static SequencedSet<IpFamily> ipFamilies(ServiceSpec spec) {
        SequencedSet<IpFamily> families = new LinkedHashSet<>();
        for (String family : list(spec.getIpFamilies())) {
            families.add(family.equals("IPv6") ? IpFamily.IPV6 : IpFamily.IPV4);
        }
        if (families.isEmpty()) {
            Stream.concat(list(spec.getClusterIPs()).stream(), Stream.of(text(spec.getClusterIP())))
                    .filter(ip -> ip.contains(".") || ip.contains(":"))
                    .map(ip -> ip.contains(":") ? IpFamily.IPV6 : IpFamily.IPV4)
                    .forEach(families::add);
        }
        if (families.isEmpty()) {
            families.add(IpFamily.IPV4);
        }
        return Collections.unmodifiableSequencedSet(families);
    }

    private static Affinity affinity(ServiceSpec spec) {
        if (!text(spec.getSessionAffinity()).equals("ClientIP")) {
            return new Affinity.None();
        }
        SessionAffinityConfig config = spec.getSessionAffinityConfig();
        Integer seconds =
                config == null || config.getClientIP() == null
                        ? null
                        : config.getClientIP().getTimeoutSeconds();
        return new Affinity.ClientIp(
                seconds == null ? Affinity.ClientIp.TIMEOUT_DEFAULT : Duration.ofSeconds(seconds));
    }

    private static ServiceSnapshot.Status status(@Nullable ServiceStatus status) {
        if (status == null) {
            return new ServiceSnapshot.Status(List.of(), List.of());
        }
        List<LoadBalancerIngress> ingress =
                status.getLoadBalancer() == null
                        ? List.of()
                        : list(status.getLoadBalancer().getIngress());
        return new ServiceSnapshot.Status(
                ingress.stream().flatMap(ServiceMapper::ingress).toList(),
                list(status.getConditions()).stream().map(ServiceMapper::condition).toList());
    }

    private static Stream<Ingress> ingress(LoadBalancerIngress ingress) {
        List<Ingress.PortStatus> ports =
                list(ingress.getPorts()).stream().map(ServiceMapper::portStatus).toList();
        if (!text(ingress.getIp()).isEmpty()) {
            boolean vip = !text(ingress.getIpMode()).equals("Proxy");
            return Stream.of(new Ingress(new Ingress.Ip(ingress.getIp(), vip), ports));
        }
        if (!text(ingress.getHostname()).isEmpty()) {
            return Stream.of(new Ingress(new Ingress.Hostname(ingress.getHostname()), ports));
        }
        return Stream.empty();
    }

    private static Ingress.PortStatus portStatus(PortStatus port) {
        return new Ingress.PortStatus(
                number(port.getPort()), protocol(port.getProtocol()), text(port.getError()));
    }

    private static Condition condition(io.fabric8.kubernetes.api.model.Condition condition) {
        return new Condition(
                text(condition.getType()),
                switch (text(condition.getStatus())) {
                    case "True" -> Condition.Status.TRUE;
                    case "False" -> Condition.Status.FALSE;
                    default -> Condition.Status.UNKNOWN;
                },
                text(condition.getReason()),
                text(condition.getMessage()),
                time(text(condition.getLastTransitionTime())),
                requireNonNullElse(condition.getObservedGeneration(), 0L));
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException _) {
            return Instant.EPOCH;
        }
    }

    static String text(@Nullable String value) {
        return requireNonNullElse(value, "");
    }

    static <T> List<T> list(@Nullable List<T> values) {
        return requireNonNullElse(values, List.of());
    }

    private static int number(@Nullable Integer value) {
        return requireNonNullElse(value, 0);
    }
}
