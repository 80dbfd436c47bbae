package dev.origo.localstack;

import dev.origo.aws.Recorded;
import dev.origo.dataplane.Balancer;
import dev.origo.dataplane.Check;
import dev.origo.dataplane.Health;
import dev.origo.dataplane.Listener;
import dev.origo.dataplane.Status;
import dev.origo.dataplane.Target;
import dev.origo.model.Backend;
import dev.origo.model.Carrier;
import dev.origo.model.Cidr;
import dev.origo.model.Code;
import dev.origo.model.Desired;
import dev.origo.model.HealthCheck;
import dev.origo.model.PortPath.Kind;
import dev.origo.model.Problem;
import dev.origo.spi.TargetHealth;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the data plane should carry for one owner: what the endpoint has on record, with addresses
/// for instances. Pure.
///
/// @param balancers by id
record Alive(SortedMap<String, Balancer> balancers, List<Problem> problems) {
    private static final Pattern INSTANCE = Pattern.compile("i-[0-9a-z]+");

    /// Source: TCP idle timeout of network load balancers
    private static final Duration IDLE = Duration.ofSeconds(350);

    /// The quickest pace that AWS takes is put on record; here there is no such limit, so that a
    /// node leaves within 10 s.
    private static final HealthCheck.Timing RECORDED =
            new HealthCheck.Timing(Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 2);

    private static final HealthCheck.Timing PACE =
            new HealthCheck.Timing(Duration.ofSeconds(3), Duration.ofSeconds(1), 1, 2);

    Alive {
        problems = List.copyOf(problems);
    }

    /// @param onRecord the owner's balancers; of twins, the one to keep first
    static Alive of(Desired desired, List<Recorded> onRecord) {
        return switch (desired) {
            case Desired.Absent _ -> new Alive(new TreeMap<>(), List.of());
            case Desired.Present(var spec) ->
                    of(spec.backends(), Optional.of(spec.carrier()), onRecord);
            case Desired.Kept kept -> of(kept.backends(), Optional.empty(), onRecord);
        };
    }

    /// @param wanted the carrier that is asked for: the endpoint has no word for some; empty for
    ///   what is on record
    private static Alive of(
            List<Backend> backends, Optional<Carrier> wanted, List<Recorded> onRecord) {
        Map<String, InetAddress> addresses = addresses(backends);
        SortedMap<String, Balancer> balancers = new TreeMap<>();
        for (Recorded recorded : onRecord) {
            if (recorded.active()) {
                List<Listener> listeners =
                        recorded.ports().stream()
                                .map(port ->
                                        listener(
                                                port,
                                                wanted.orElseGet(() -> carrier(port)),
                                                addresses))
                                .toList();
                balancers.putIfAbsent(recorded.name(), new Balancer(recorded.name(), listeners));
            }
        }
        List<Problem> problems = new ArrayList<>();
        if (wanted.filter(Carrier.PACKET::equals).isPresent() && !keepsSource(backends)) {
            problems.add(
                    Problem.warning(
                            Code.PACKET_DELIVERY_UNAVAILABLE,
                            "packets keep the client's address only where client and nodes are both on this machine's"
                                    + " loopback, and nodes here are at other addresses"));
        }
        return new Alive(balancers, problems);
    }

    /// Whether packets can reach the nodes with the client's address.
    static boolean keepsSource(List<Backend> backends) {
        return backends.stream().flatMap(Alive::literals).allMatch(InetAddress::isLoopbackAddress);
    }

    /// Node addresses by instance.
    private static Map<String, InetAddress> addresses(List<Backend> backends) {
        Map<String, InetAddress> addresses = new TreeMap<>();
        for (Backend backend : backends) {
            Matcher instance = INSTANCE.matcher(backend.providerId());
            if (instance.find()) {
                literals(backend)
                        .min(Comparator.comparing(a -> !(a instanceof Inet4Address)))
                        .ifPresent(address -> addresses.put(instance.group(), address));
            }
        }
        return addresses;
    }

    private static Stream<InetAddress> literals(Backend backend) {
        return backend.addresses().stream().map(InetAddress::ofLiteral);
    }

    /// Where a target is: an instance's node, or the address that it is named by.
    private static Optional<InetAddress> address(
            String target, Map<String, InetAddress> addresses) {
        return INSTANCE.matcher(target).matches()
                ? Optional.ofNullable(addresses.get(target))
                : Optional.of(InetAddress.ofLiteral(target));
    }

    private static Carrier carrier(Recorded.Port port) {
        if (port.proxyHeader()) {
            return Carrier.PROXY_PROTOCOL_V2;
        }
        return port.keepsClient() ? Carrier.PACKET : Carrier.NONE;
    }

    private static Listener listener(
            Recorded.Port port, Carrier carrier, Map<String, InetAddress> addresses) {
        List<Target> targets = new ArrayList<>();
        for (Recorded.Destination target : port.targets()) {
            address(target.id(), addresses)
                    .ifPresent(address ->
                            targets.add(
                                    new Target(
                                            target.id(),
                                            address,
                                            target.port(),
                                            port.check().port().isEmpty()
                                                    ? target.port()
                                                    : Integer.parseInt(port.check().port()))));
        }
        Listener.Rules rules =
                new Listener.Rules(
                        port.sources().stream().map(Cidr::parse).toList(),
                        IDLE,
                        port.sticky(),
                        port.drain(),
                        true);
        return new Listener(
                port.port(),
                transport(port.kind()),
                carrier,
                check(port.check(), carrier),
                rules,
                targets);
    }

    private static Listener.Transport transport(Kind kind) {
        return switch (kind) {
            case TCP, HTTP_APPENDS, HTTP_PRESERVES, HTTP_REMOVES -> Listener.Transport.TCP;
            case UDP -> Listener.Transport.UDP;
            case TCP_UDP -> Listener.Transport.TCP_UDP;
            case TLS -> Listener.Transport.TLS;
        };
    }

    private static Check.Probe probe(Recorded.Check check) {
        if (check.path().isEmpty()) {
            return new Check.Tcp();
        }
        String codes = check.codes().isEmpty() ? "200" : check.codes();
        Check.Http http = new Check.Http(check.path(), Check.Codes.parse(codes));
        return check.protocol().equals("HTTPS") ? new Check.Https(http) : http;
    }

    private static Check check(Recorded.Check check, Carrier carrier) {
        HealthCheck.Timing recorded =
                new HealthCheck.Timing(
                        check.interval(), check.timeout(), check.healthy(), check.unhealthy());
        return new Check(
                probe(check),
                recorded.equals(RECORDED) ? PACE : recorded,
                carrier == Carrier.PROXY_PROTOCOL_V2);
    }

    /// A target counts as healthy if it is for every listener; one that drains does not count.
    static TargetHealth health(Collection<Status> statuses) {
        SortedMap<String, Health> byTarget = new TreeMap<>();
        for (Status status : statuses) {
            for (Status.OfListener listener : status.listeners()) {
                listener.targets().stream()
                        .filter(t -> t.health().state() != Health.State.DRAINING)
                        .forEach(t -> byTarget.merge(t.target().id(), t.health(), Alive::worse));
            }
        }
        SortedMap<String, String> unhealthy = new TreeMap<>();
        int unjudged = 0;
        for (var target : byTarget.entrySet()) {
            Health health = target.getValue();
            if (health.state() != Health.State.HEALTHY) {
                unhealthy.put(target.getKey(), health.reason());
                unjudged += health.state() == Health.State.UNHEALTHY ? 0 : 1;
            }
        }
        int total = byTarget.size();
        return new TargetHealth(total - unhealthy.size(), total, unhealthy, unjudged);
    }

    private static Health worse(Health one, Health other) {
        if (other.state() == Health.State.UNHEALTHY || one.state() == Health.State.HEALTHY) {
            return other;
        }
        return one;
    }
}
