package dev.origo.aws;

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
import dev.origo.model.Setting;
import dev.origo.model.Settings;
import dev.origo.model.TrafficPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Builds specifications: one TCP port with policy Local unless told otherwise.
final class Specs {
    static final ClusterId CLUSTER = new ClusterId("test", "11111111-1111-4111-8111-111111111111");
    static final int HEALTH_PORT = 32_000;

    private OwnerId owner = owner("web");
    private String name = "";
    private Scheme scheme = Scheme.INTERNET_FACING;
    private List<ServicePort> ports = List.of(tcp(80));
    private TrafficPolicy policy = TrafficPolicy.LOCAL;
    private HealthCheck.Probe probe = new HealthCheck.Http(HEALTH_PORT, "/healthz");
    private List<String> ranges = List.of("0.0.0.0/0");
    private List<IpFamily> families = List.of(IpFamily.IPV4);
    private Affinity affinity = new Affinity.None();
    private Carrier carrier = Carrier.PACKET;
    private List<Backend> backends = List.of();
    private Settings settings = Settings.NONE;
    private Set<String> published = Set.of();

    static OwnerId owner(String service) {
        return new OwnerId(CLUSTER, new ServiceKey("default", service), "uid-" + service);
    }

    /// The node port is 30000 + port.
    static ServicePort tcp(int port) {
        return new ServicePort("tcp-" + port, Protocol.TCP, port, 30_000 + port);
    }

    static ServicePort udp(int port, int nodePort) {
        return new ServicePort("udp-" + port, Protocol.UDP, port, nodePort);
    }

    static Backend node(String name, String providerId, String... addresses) {
        return new Backend(name, providerId, List.of(addresses), Map.of());
    }

    Specs of(String service) {
        owner = owner(service);
        return this;
    }

    Specs owned(OwnerId newOwner) {
        owner = newOwner;
        return this;
    }

    Specs named(String newName) {
        name = newName;
        return this;
    }

    /// Host names that the Service's status names.
    Specs published(String... names) {
        published = Set.of(names);
        return this;
    }

    Specs internal() {
        scheme = Scheme.INTERNAL;
        return this;
    }

    Specs ports(ServicePort... newPorts) {
        ports = List.of(newPorts);
        return this;
    }

    Specs local(int healthPort) {
        policy = TrafficPolicy.LOCAL;
        probe = new HealthCheck.Http(healthPort, "/healthz");
        return this;
    }

    Specs cluster() {
        policy = TrafficPolicy.CLUSTER;
        probe = new HealthCheck.Http(10_256, "/healthz");
        return this;
    }

    Specs trafficPort() {
        probe = new HealthCheck.TrafficPort();
        return this;
    }

    Specs ranges(String... newRanges) {
        ranges = List.of(newRanges);
        return this;
    }

    Specs families(IpFamily... newFamilies) {
        families = List.of(newFamilies);
        return this;
    }

    Specs sticky() {
        return sticky(Duration.ofHours(3));
    }

    Specs sticky(Duration timeout) {
        affinity = new Affinity.ClientIp(timeout);
        return this;
    }

    Specs carrier(Carrier newCarrier) {
        carrier = newCarrier;
        return this;
    }

    Specs nodes(List<Backend> nodes) {
        backends = List.copyOf(nodes);
        return this;
    }

    <T> Specs with(Setting<T> setting, String text) {
        settings = settings.with(setting, setting.parser().apply(text));
        return this;
    }

    LoadBalancerSpec spec() {
        var sources = new TreeSet<Cidr>();
        ranges.forEach(range -> sources.add(Cidr.parse(range)));
        List<Backend> sorted = new ArrayList<>(backends);
        sorted.sort(null);
        return new LoadBalancerSpec(
                owner,
                name,
                scheme,
                ports,
                policy,
                new HealthCheck(
                        probe,
                        new HealthCheck.Timing(Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 2)),
                sources,
                new LinkedHashSet<>(families),
                affinity,
                "",
                carrier,
                sorted,
                settings,
                published);
    }
}
