package dev.origo.embedded.nodes;

import dev.origo.embedded.nodes.Purpose.Entry;
import dev.origo.embedded.nodes.Routing.Forward;
import dev.origo.embedded.nodes.View.Endpoint;
import dev.origo.model.Affinity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Picks one of the pods that [Routing] allows: by chance, or with sessionAffinity ClientIP the one
/// that the client had. Each node remembers for itself.
///
/// Thread-safe: its monitor guards the memory.
final class Router {
    private static final int CLIENTS_MAX = 10_000;

    private final Random random;
    private final InstantSource clock;
    private final Map<Client, Kept> memory =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Client, Kept> eldest) {
                    return size() > CLIENTS_MAX;
                }
            };

    private record Client(Entry via, String address) {}

    private record Kept(String address, int port, Instant until) {}

    /// @param source whose address the pod is to see
    record Hop(Endpoint endpoint, String source) {}

    Router(Random random, InstantSource clock) {
        this.random = random;
        this.clock = clock;
    }

    Hop pick(View view, Entry via, String client, Forward forward) {
        Affinity affinity =
                view.service(via.service())
                        .map(View.Service::affinity)
                        .orElseGet(Affinity.None::new);
        Endpoint endpoint =
                switch (affinity) {
                    case Affinity.None _ -> any(forward.endpoints());
                    case Affinity.ClientIp keep ->
                            kept(new Client(via, client), keep, forward.endpoints());
                };
        // A pod that reaches itself is masqueraded, since it would answer itself directly.
        boolean hairpin = endpoint.address().equals(client) && forward.source().equals(client);
        Optional<View.Node> node = hairpin ? view.node(endpoint.node()) : Optional.empty();
        return new Hop(endpoint, node.map(View.Node::address).orElse(forward.source()));
    }

    private synchronized Endpoint kept(
            Client client, Affinity.ClientIp affinity, List<Endpoint> endpoints) {
        Instant now = clock.instant();
        Optional<Endpoint> known =
                Optional.ofNullable(memory.get(client))
                        .filter(kept -> now.isBefore(kept.until()))
                        .flatMap(kept ->
                                endpoints.stream()
                                        .filter(e ->
                                                e.address().equals(kept.address())
                                                        && e.port() == kept.port())
                                        .findFirst());
        Endpoint endpoint = known.orElseGet(() -> any(endpoints));
        Instant until = now.plus(affinity.timeout());
        memory.put(client, new Kept(endpoint.address(), endpoint.port(), until));
        return endpoint;
    }

    private Endpoint any(List<Endpoint> endpoints) {
        return endpoints.get(random.nextInt(endpoints.size()));
    }
}
