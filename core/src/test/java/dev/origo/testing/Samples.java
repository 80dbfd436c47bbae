package dev.origo.testing;

import dev.origo.model.Affinity;
import dev.origo.model.Backend;
import dev.origo.model.Carrier;
import dev.origo.model.ClusterId;
import dev.origo.model.Condition;
import dev.origo.model.HealthCheck;
import dev.origo.model.Ingress;
import dev.origo.model.IpFamily;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.OwnerId;
import dev.origo.model.Protocol;
import dev.origo.model.Scheme;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServicePort;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.ServiceSnapshot.Meta;
import dev.origo.model.ServiceSnapshot.Status;
import dev.origo.model.TrafficPolicy;
import dev.origo.spi.Capabilities;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/// The tutorial's Service, a node and a provider with every capability, and how they are varied.
public final class Samples {
    public static final ServiceKey KEY = new ServiceKey("default", "source-ip-app");
    public static final ClusterId CLUSTER = new ClusterId("test", "kube-system-uid");
    public static final OwnerId OWNER = new OwnerId(CLUSTER, KEY, "service-uid");
    public static final String CLASS = "origo.dev/test";
    public static final int HEALTH_CHECK_NODE_PORT = 32122;
    public static final List<Backend> BACKENDS = List.of(backend("node-1"), backend("node-2"));

    private Samples() {}

    public static ServicePort port(Protocol protocol, int port) {
        return new ServicePort(protocol + "-" + port, protocol, port, 30000 + port % 1000);
    }

    public static Backend backend(String node) {
        return new Backend(node, "test://" + node, List.of("10.0.0.1"), Map.of());
    }

    public static NodeSnapshot node(String name, Map<String, String> labels, String... taints) {
        return new NodeSnapshot(
                name, "test://" + name, List.of("10.0.0.1"), labels, Set.of(taints), false);
    }

    /// A Service that is varied word by word.
    public static Service service() {
        return new Service(
                KEY,
                new Meta("service-uid", 1, "7", false, Set.of(), Map.of()),
                new Spec(
                        ServiceSnapshot.Type.LOAD_BALANCER,
                        CLASS,
                        List.of(port(Protocol.TCP, 80)),
                        TrafficPolicy.CLUSTER,
                        0,
                        families(IpFamily.IPV4),
                        new Affinity.None(),
                        List.of(),
                        ""),
                new Status(List.of(), List.of()));
    }

    public static SequencedSet<IpFamily> families(IpFamily... families) {
        return new LinkedHashSet<>(List.of(families));
    }

    /// Everything under `spec`.
    public record Spec(
            ServiceSnapshot.Type type,
            String loadBalancerClass,
            List<ServicePort> ports,
            TrafficPolicy policy,
            int healthCheckNodePort,
            SequencedSet<IpFamily> families,
            Affinity affinity,
            List<String> sourceRanges,
            String loadBalancerIp) {}

    /// A Service in the making.
    public record Service(ServiceKey key, Meta meta, Spec spec, Status status) {
        /// To vary a Service as it stands.
        public static Service of(ServiceSnapshot shown) {
            return new Service(
                    shown.key(),
                    shown.meta(),
                    new Spec(
                            shown.type(),
                            shown.loadBalancerClass(),
                            shown.ports(),
                            shown.policy(),
                            shown.healthCheckNodePort(),
                            shown.ipFamilies(),
                            shown.affinity(),
                            shown.sourceRanges(),
                            shown.loadBalancerIp()),
                    shown.status());
        }

        public ServiceSnapshot build() {
            return new ServiceSnapshot(
                    key,
                    meta,
                    spec.type(),
                    spec.loadBalancerClass(),
                    spec.ports(),
                    spec.policy(),
                    spec.healthCheckNodePort(),
                    spec.families(),
                    spec.affinity(),
                    spec.sourceRanges(),
                    spec.loadBalancerIp(),
                    status);
        }

        public Service named(String namespace, String name, String uid) {
            var renamed =
                    new Meta(
                            uid,
                            meta.generation(),
                            meta.resourceVersion(),
                            meta.deleting(),
                            meta.finalizers(),
                            meta.annotations());
            return new Service(new ServiceKey(namespace, name), renamed, spec, status);
        }

        public Service typed(ServiceSnapshot.Type type, String loadBalancerClass) {
            return with(
                    new Spec(
                            type,
                            loadBalancerClass,
                            spec.ports(),
                            spec.policy(),
                            spec.healthCheckNodePort(),
                            spec.families(),
                            spec.affinity(),
                            spec.sourceRanges(),
                            spec.loadBalancerIp()));
        }

        public Service ports(ServicePort... ports) {
            return with(
                    new Spec(
                            spec.type(),
                            spec.loadBalancerClass(),
                            List.of(ports),
                            spec.policy(),
                            spec.healthCheckNodePort(),
                            spec.families(),
                            spec.affinity(),
                            spec.sourceRanges(),
                            spec.loadBalancerIp()));
        }

        public Service local(int healthCheckNodePort) {
            return with(
                    new Spec(
                            spec.type(),
                            spec.loadBalancerClass(),
                            spec.ports(),
                            TrafficPolicy.LOCAL,
                            healthCheckNodePort,
                            spec.families(),
                            spec.affinity(),
                            spec.sourceRanges(),
                            spec.loadBalancerIp()));
        }

        public Service families(IpFamily... families) {
            return with(
                    new Spec(
                            spec.type(),
                            spec.loadBalancerClass(),
                            spec.ports(),
                            spec.policy(),
                            spec.healthCheckNodePort(),
                            Samples.families(families),
                            spec.affinity(),
                            spec.sourceRanges(),
                            spec.loadBalancerIp()));
        }

        public Service wanting(Affinity affinity, String loadBalancerIp, String... sourceRanges) {
            return with(
                    new Spec(
                            spec.type(),
                            spec.loadBalancerClass(),
                            spec.ports(),
                            spec.policy(),
                            spec.healthCheckNodePort(),
                            spec.families(),
                            affinity,
                            List.of(sourceRanges),
                            loadBalancerIp));
        }

        public Service ranges(String... sourceRanges) {
            return wanting(spec.affinity(), spec.loadBalancerIp(), sourceRanges);
        }

        public Service annotated(Map<String, String> annotations) {
            return with(meta.deleting(), meta.finalizers(), annotations);
        }

        public Service deleting() {
            return with(true, meta.finalizers(), meta.annotations());
        }

        public Service finalized(String... finalizers) {
            return with(meta.deleting(), Set.of(finalizers), meta.annotations());
        }

        public Service published(List<Ingress> ingress, Condition... conditions) {
            return new Service(key, meta, spec, new Status(ingress, List.of(conditions)));
        }

        private Service with(Spec other) {
            return new Service(key, meta, other, status);
        }

        private Service with(
                boolean deleting, Set<String> finalizers, Map<String, String> annotations) {
            var other =
                    new Meta(
                            meta.uid(),
                            meta.generation(),
                            meta.resourceVersion(),
                            deleting,
                            finalizers,
                            annotations);
            return new Service(key, other, spec, status);
        }
    }

    /// What a provider can do, varied by constructor.
    public static Capabilities everything() {
        var tcp =
                Set.of(
                        Carrier.NONE,
                        Carrier.PACKET,
                        Carrier.PROXY_PROTOCOL_V1,
                        Carrier.PROXY_PROTOCOL_V2,
                        Carrier.FORWARDED_HEADER);
        return capabilities(
                Map.of(Protocol.TCP, tcp, Protocol.UDP, Set.of(Carrier.PACKET, Carrier.NONE)),
                true);
    }

    /// All or nothing beside the carriers; checks carry the PROXY header.
    public static Capabilities capabilities(
            Map<Protocol, Set<Carrier>> carriers, boolean everything) {
        var timing = new HealthCheck.Timing(Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 2);
        return new Capabilities(
                carriers,
                everything ? Set.of(IpFamily.values()) : Set.of(IpFamily.IPV4),
                everything,
                everything,
                everything,
                true,
                true,
                everything,
                Scheme.INTERNET_FACING,
                Map.of(TrafficPolicy.CLUSTER, timing, TrafficPolicy.LOCAL, timing),
                everything ? 50 : 2,
                32,
                8);
    }
}
