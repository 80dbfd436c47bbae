package dev.origo.conformance.localstack;

import dev.origo.dataplane.Balancer;
import dev.origo.dataplane.DataPlane;
import dev.origo.dataplane.ForwardingPlane;
import dev.origo.dataplane.Health;
import dev.origo.dataplane.Listener;
import dev.origo.dataplane.Listener.Transport;
import dev.origo.dataplane.Placed;
import dev.origo.dataplane.Status;
import dev.origo.model.Protocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A data plane without sockets: every port opens, every target is healthy. It ends with its
/// process.
///
/// Thread rule: as [dev.origo.testkit.Simulation].
final class SimulatedPlane implements ForwardingPlane {
    private static final Status.Counts NOTHING = new Status.Counts(0, 0, 0, 0, Map.of());

    private final SortedMap<String, Balancer> balancers = new TreeMap<>();

    SortedMap<String, Balancer> balancers() {
        return balancers;
    }

    void end() {
        balancers.clear();
    }

    @Override
    public Placed carry(Balancer wanted) {
        balancers.put(wanted.id(), wanted);
        List<Placed.Reachable> reachable = new ArrayList<>();
        wanted.listeners().forEach(listener -> reachable.addAll(reachable(wanted.id(), listener)));
        return new Placed(wanted.id(), DataPlane.addressOf(wanted.id()), reachable, List.of());
    }

    @Override
    public void drop(String id) {
        balancers.remove(id);
    }

    @Override
    public Optional<Status> status(String id) {
        return Optional.ofNullable(balancers.get(id))
                .map(balancer ->
                        new Status(
                                id,
                                DataPlane.addressOf(id),
                                false,
                                balancer.listeners().stream().map(l -> status(id, l)).toList()));
    }

    private static Status.OfListener status(String id, Listener listener) {
        return new Status.OfListener(
                listener.port(),
                listener.transport(),
                listener.carrier(),
                reachable(id, listener),
                listener.targets().stream()
                        .map(target ->
                                new Status.OfTarget(
                                        target, listener.carrier(), Health.HEALTHY, NOTHING))
                        .toList(),
                NOTHING);
    }

    private static List<Placed.Reachable> reachable(String id, Listener listener) {
        InetAddress address = DataPlane.addressOf(id);
        return protocols(listener.transport()).stream()
                .map(protocol ->
                        new Placed.Reachable(
                                listener.port(),
                                protocol,
                                new InetSocketAddress(address, listener.port())))
                .toList();
    }

    static List<Protocol> protocols(Transport transport) {
        return switch (transport) {
            case TCP, TLS -> List.of(Protocol.TCP);
            case UDP -> List.of(Protocol.UDP);
            case TCP_UDP -> List.of(Protocol.TCP, Protocol.UDP);
        };
    }
}
