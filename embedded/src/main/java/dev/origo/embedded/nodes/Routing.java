package dev.origo.embedded.nodes;

import dev.origo.embedded.nodes.Purpose.ClusterIp;
import dev.origo.embedded.nodes.Purpose.Entry;
import dev.origo.embedded.nodes.Purpose.NodePort;
import dev.origo.embedded.nodes.SimulatedCluster.Outcome;
import dev.origo.embedded.nodes.View.Endpoint;
import dev.origo.model.TrafficPolicy;
import java.util.List;
import java.util.Optional;

/// Decides as kube-proxy does which pods a connection may reach, and whose address they see. Pure.
///
/// Source: kubernetes `pkg/proxy/topology.go` (which endpoints; KEP-1669, KEP-2086) and
/// `pkg/proxy/nftables/proxier.go` (which sources are masqueraded).
final class Routing {
    private Routing() {}

    sealed interface Route {}

    /// To one of these, with this source.
    record Forward(List<Endpoint> endpoints, String source) implements Route {}

    record Refuse(Outcome outcome) implements Route {}

    /// @param client the peer, as Kubernetes knows its address
    static Route route(View view, Entry via, String client) {
        Optional<View.Service> service = view.service(via.service());
        List<Endpoint> all =
                service.flatMap(s -> s.port(via.protocol(), via.port()))
                        .map(View.Port::endpoints)
                        .orElse(List.of());
        if (service.isEmpty() || usable(all).isEmpty()) {
            return new Refuse(Outcome.NO_ENDPOINT);
        }
        return switch (via) {
            case NodePort(String name, _, _, _) -> {
                String node = view.node(name).map(View.Node::address).orElse(client);
                if (service.get().external() == TrafficPolicy.CLUSTER) {
                    yield new Forward(usable(all), node);
                }
                // The policy is for traffic from outside: pods and the node itself go anywhere.
                yield Addresses.isPod(client) || client.equals(node)
                        ? new Forward(usable(all), client)
                        : local(all, name, client);
            }
            case ClusterIp _ ->
                    service.get().internal() == TrafficPolicy.CLUSTER
                            ? new Forward(usable(all), client)
                            : local(all, view.home(client), client);
        };
    }

    /// The ready ones, else those that still serve while they terminate.
    static List<Endpoint> usable(List<Endpoint> endpoints) {
        List<Endpoint> ready = endpoints.stream().filter(Endpoint::ready).toList();
        return ready.isEmpty()
                ? endpoints.stream().filter(e -> e.serving() && e.terminating()).toList()
                : ready;
    }

    /// How many pods of a Service on a node are ready, as its health page counts them: by address.
    static long readyPods(View.Service service, String node) {
        return service.ports().stream()
                .flatMap(port -> port.endpoints().stream())
                .filter(e -> e.ready() && e.node().equals(node))
                .map(Endpoint::address)
                .distinct()
                .count();
    }

    private static Route local(List<Endpoint> all, String node, String client) {
        List<Endpoint> here = usable(all.stream().filter(e -> e.node().equals(node)).toList());
        return here.isEmpty() ? new Refuse(Outcome.WOULD_BE_DROPPED) : new Forward(here, client);
    }
}
