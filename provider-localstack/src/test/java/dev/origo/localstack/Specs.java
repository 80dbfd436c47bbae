package dev.origo.localstack;

import dev.origo.model.Affinity;
import dev.origo.model.Backend;
import dev.origo.model.Carrier;
import dev.origo.model.Cidr;
import dev.origo.model.ClusterId;
import dev.origo.model.HealthCheck;
import dev.origo.model.IpFamily;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.OwnerId;
import dev.origo.model.Protocol;
import dev.origo.model.Scheme;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServicePort;
import dev.origo.model.Settings;
import dev.origo.model.TrafficPolicy;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Builds specifications: port 7080 to node port 30080 with policy Local, unless told otherwise.
///
/// @param nodePort of the traffic and of the health check
record Specs(Scheme scheme, Carrier carrier, int nodePort, List<Backend> backends) {
    static final int PORT = 7_080;
    static final ClusterId CLUSTER = new ClusterId("test", "11111111-1111-4111-8111-111111111111");
    static final OwnerId OWNER =
            new OwnerId(CLUSTER, new ServiceKey("default", "web"), "uid-of-web");

    static Specs of(Backend... backends) {
        return new Specs(Scheme.INTERNET_FACING, Carrier.PACKET, 30_080, List.of(backends));
    }

    static Backend node(String name, String providerId, String... addresses) {
        return new Backend(name, providerId, List.of(addresses), Map.of());
    }

    Specs internal() {
        return new Specs(Scheme.INTERNAL, carrier, nodePort, backends);
    }

    Specs carrier(Carrier other) {
        return new Specs(scheme, other, nodePort, backends);
    }

    Specs nodePort(int other) {
        return new Specs(scheme, carrier, other, backends);
    }

    LoadBalancerSpec spec(String... published) {
        return new LoadBalancerSpec(
                OWNER,
                "",
                scheme,
                List.of(new ServicePort("http", Protocol.TCP, PORT, nodePort)),
                TrafficPolicy.LOCAL,
                new HealthCheck(
                        new HealthCheck.Http(nodePort, "/healthz"),
                        new HealthCheck.Timing(Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 2)),
                new TreeSet<>(Set.of(Cidr.parse("0.0.0.0/0"))),
                new LinkedHashSet<>(List.of(IpFamily.IPV4)),
                new Affinity.None(),
                "",
                carrier,
                backends,
                Settings.NONE,
                Set.of(published));
    }
}
