package dev.origo.embedded.nodes;

import dev.origo.embedded.nodes.Purpose.Entry;
import dev.origo.embedded.nodes.Purpose.Place;
import dev.origo.embedded.nodes.SimulatedCluster.Config;
import dev.origo.embedded.nodes.SimulatedCluster.Connection;
import dev.origo.embedded.nodes.SimulatedCluster.Outcome;
import dev.origo.embedded.nodes.SimulatedCluster.Tally;
import dev.origo.model.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// What all sockets of a cluster share. Thread-safe.
final class Live {
    final Config config;
    final Router router;

    /// Where listeners really are.
    final Map<Place, InetSocketAddress> bound = new ConcurrentHashMap<>();

    final Map<Tally, Long> tallies = new ConcurrentHashMap<>();
    final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile View view = View.EMPTY;
    private volatile Instant updated;
    private @Nullable SSLContext tls;

    Live(Config config) {
        this.config = config;
        this.updated = config.clock().instant();
        this.router = new Router(config.random(), config.clock());
    }

    View view() {
        return view;
    }

    void view(View next) {
        view = next;
        updated = config.clock().instant();
    }

    /// When the rules last followed a change.
    Instant updated() {
        return updated;
    }

    /// The identity of all HTTPS pods. The first call makes it, which takes seconds on a busy
    /// machine.
    synchronized SSLContext tls() throws IOException {
        if (tls == null) {
            tls = SelfSigned.context();
        }
        return tls;
    }

    /// Makes the identity before the first client needs it.
    void prepareTls() {
        try {
            tls();
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                return; // This is the end.
            }
            config.log().accept("pods can't answer HTTPS: %s".formatted(e.getMessage()));
        }
    }

    /// The peer as Kubernetes knows it. With one loopback address for all, nobody can be told from
    /// anybody else.
    String client(InetAddress peer) {
        return config.oneAddress() ? "outside" : Addresses.kubernetes(peer);
    }

    /// The address to bind so that the other side sees `source`; empty where that can't be had.
    Optional<InetAddress> source(String source) {
        return config.oneAddress() ? Optional.empty() : Addresses.loopback(source);
    }

    /// Where an endpoint's pod really listens; empty where none does.
    Optional<InetSocketAddress> whereabouts(Protocol protocol, View.Endpoint endpoint) {
        Place place = new Place(protocol, endpoint.address(), endpoint.port());
        return Optional.ofNullable(bound.get(place));
    }

    void count(Purpose purpose, Outcome outcome) {
        Tally tally = new Tally(purpose.owner(), purpose.subject(), outcome);
        if (tallies.merge(tally, 1L, Long::sum) == 1 && !outcome.sentence().isEmpty()) {
            config.log()
                    .accept(
                            "%s, %s: %s"
                                    .formatted(tally.owner(), tally.subject(), outcome.sentence()));
        }
    }

    /// Forgets the counters of listeners that are gone.
    void forgetTallies(Set<Purpose> wanted) {
        Set<List<String>> names =
                wanted.stream()
                        .map(purpose -> List.of(purpose.owner(), purpose.subject()))
                        .collect(Collectors.toSet());
        tallies.keySet().removeIf(t -> !names.contains(List.of(t.owner(), t.subject())));
    }

    Connection connected(Entry via, InetSocketAddress client, Router.Hop hop) {
        Connection connection =
                new Connection(
                        Addresses.kubernetes(client.getAddress()),
                        client.getPort(),
                        via.owner(),
                        via.service(),
                        via.protocol(),
                        config.oneAddress() ? "127.0.0.1" : hop.source(),
                        hop.endpoint().address());
        connections.add(connection);
        count(via, Outcome.FORWARDED);
        return connection;
    }

    Thread start(String name, Runnable task) {
        Thread thread =
                Thread.ofVirtual()
                        .name("origo nodes: " + name)
                        .unstarted(() -> {
                            try {
                                task.run();
                            } finally {
                                threads.remove(Thread.currentThread());
                            }
                        });
        threads.add(thread);
        thread.start();
        return thread;
    }

    /// Ends all tasks and waits for them. Their sockets must be closed before.
    void end() {
        threads.forEach(Thread::interrupt);
        while (!threads.isEmpty() && !Thread.currentThread().isInterrupted()) {
            join(threads);
        }
    }

    static void join(Collection<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
