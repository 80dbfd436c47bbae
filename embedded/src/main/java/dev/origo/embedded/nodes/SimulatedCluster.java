package dev.origo.embedded.nodes;

import dev.origo.embedded.nodes.Purpose.Entry;
import dev.origo.embedded.nodes.Purpose.Place;
import dev.origo.embedded.nodes.Purpose.PodApp;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceKey;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The nodes and pods of a cluster on this machine's loopback, with sockets that behave as if
/// kube-proxy's rules lay between them. [#update] tells what there is; [#reach] tells where to
/// connect.
///
/// Thread-safe. Updates are one at a time: a lock guards the listeners and gates, and is held while
/// listeners on loopback are opened, which waits for nobody.
public final class SimulatedCluster implements AutoCloseable {
    private static final InetAddress ONLY = InetAddress.ofLiteral("127.0.0.1");
    private static final Gate NONE = new Gate(0);
    private static final int BACKLOG = 1024;

    /// Where the system may keep a port for root.
    private static final int PRIVILEGED_BELOW = 1024;

    private final ReentrantLock updates = new ReentrantLock();
    private final Map<Place, Open> listeners = new HashMap<>();
    private final Map<String, Gate> gates = new HashMap<>();
    private final Live live;
    private boolean closed;

    private record Open(Purpose purpose, Closeable socket, Thread loop) {}

    /// How it runs.
    ///
    /// @param oneAddress whether the machine has 127.0.0.1 only, as macOS does; see [#limits]
    /// @param connectionsMax of each node, each pod, and all cluster IPs together
    /// @param idleTimeout after which a connection without traffic ends; at most twice that
    /// @param log told once of each kind of refusal, for people; must not call back
    public record Config(
            boolean oneAddress,
            int connectionsMax,
            Duration idleTimeout,
            InstantSource clock,
            Random random,
            Consumer<String> log) {
        public Config {
            if (connectionsMax < 1 || idleTimeout.toMillis() < 1) {
                throw new IllegalArgumentException(
                        "at most %d connections, idle for %s: both must be positive"
                                .formatted(connectionsMax, idleTimeout));
            }
        }

        /// Defaults that fit this machine: 1,024 connections, idle for at most 5 minutes.
        public static Config of(InstantSource clock, Random random, Consumer<String> log) {
            return new Config(!manyAddresses(), 1024, Duration.ofMinutes(5), clock, random, log);
        }

        private static boolean manyAddresses() {
            try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.77"))) {
                return probe.isBound();
            } catch (IOException _) {
                return false;
            }
        }
    }

    /// What became of a connection, or of a datagram that opened no flow.
    public enum Outcome {
        FORWARDED(""),
        WOULD_BE_DROPPED(
                "refused, as no endpoint is on this node; the real kube-proxy drops the packets, and"
                        + " a client would wait until it gives up"),
        NO_ENDPOINT("refused, as the Service has no endpoint"),
        POD_UNREACHABLE("refused, as the pod does not listen on the port of its endpoint"),
        NO_SOURCE_PORT("refused, as the address that the pod is to see has no free port"),
        NO_PROXY_HEADER("closed, as the connection does not begin with a PROXY header"),
        LIMIT("refused, as there are too many connections");

        private final String sentence;

        Outcome(String sentence) {
            this.sentence = sentence;
        }

        String sentence() {
            return sentence;
        }
    }

    /// A counter: what a node (or pod, or `cluster`) did for a Service's port (or page, or port).
    public record Tally(String owner, String subject, Outcome outcome) {}

    /// A connection, or flow of datagrams, that is open now.
    ///
    /// @param node or `cluster`, if it came in through the cluster IP
    /// @param source the address that the pod sees
    public record Connection(
            String client,
            int clientPort,
            String node,
            ServiceKey service,
            Protocol protocol,
            String source,
            String pod) {}

    private SimulatedCluster(Config config) {
        live = new Live(config);
    }

    public static SimulatedCluster start(Config config) {
        SimulatedCluster cluster = new SimulatedCluster(config);
        cluster.gates.put(Purpose.CLUSTER, new Gate(config.connectionsMax()));
        return cluster;
    }

    /// Makes the cluster as `next` says; when it returns, that is in effect. What did not change
    /// keeps its sockets and connections. Connections through a Service outlive it, as in
    /// conntrack; those of a pod or node that is gone end, mostly with a reset.
    ///
    /// @return what could not be had, in sentences; it is tried again with the next update
    public List<String> update(View next) {
        updates.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the simulated cluster is closed");
            }
            Map<Place, Purpose> wanted = Purpose.wanted(next);
            Set<String> owners = Purpose.owners(next);
            for (String owner : owners) {
                gates.computeIfAbsent(owner, _ -> new Gate(live.config.connectionsMax()));
            }
            List<String> faults = new ArrayList<>();
            shut((place, open) ->
                    !wanted.getOrDefault(place, open.purpose()).equals(open.purpose()));
            // Pods first, so that nobody is sent to one that does not listen yet.
            open(wanted, what -> what instanceof PodApp, faults);
            live.view(next);
            open(wanted, what -> !(what instanceof PodApp), faults);
            shut((place, _) -> !wanted.containsKey(place));
            Set<String> gone = new HashSet<>(gates.keySet());
            gone.removeAll(owners);
            gone.forEach(owner -> gates.getOrDefault(owner, NONE).close());
            gates.keySet().removeAll(gone);
            live.forgetTallies(Set.copyOf(wanted.values()));
            return faults;
        } finally {
            updates.unlock();
        }
    }

    /// Where a client connects to what Kubernetes has at this address: mostly at
    /// [Addresses#loopback] and the same port, but elsewhere for ports that the system keeps for
    /// root, and where there is one address for all. Empty if nothing listens there.
    public Optional<InetSocketAddress> reach(Protocol protocol, String address, int port) {
        return Optional.ofNullable(live.bound.get(new Place(protocol, address, port)));
    }

    /// How often what happened. Counters go with what they count.
    public Map<Tally, Long> tallies() {
        return Map.copyOf(live.tallies);
    }

    /// In no order.
    public Set<Connection> connections() {
        return Set.copyOf(live.connections);
    }

    /// What is not as in a real cluster, in sentences for the documentation and for people.
    public List<String> limits() {
        return Limits.of(live.config);
    }

    /// Ends all listeners and connections, and returns when no thread is left.
    @Override
    public void close() {
        updates.lock();
        try {
            closed = true;
            shut((_, _) -> true);
            gates.values().forEach(Gate::close);
        } finally {
            updates.unlock();
        }
        live.end();
    }

    /// Returns when the ports are free: a socket is not closed before its thread has left it.
    private void shut(BiPredicate<Place, Open> gone) {
        Map<Place, Open> all = new HashMap<>(listeners);
        all.entrySet().removeIf(entry -> !gone.test(entry.getKey(), entry.getValue()));
        listeners.keySet().removeAll(all.keySet());
        live.bound.keySet().removeAll(all.keySet());
        all.values().forEach(open -> Gate.close(open.socket()));
        Live.join(all.values().stream().map(Open::loop).toList());
    }

    private void open(Map<Place, Purpose> wanted, Predicate<Purpose> now, List<String> faults) {
        wanted.forEach((place, purpose) -> {
            if (now.test(purpose) && !listeners.containsKey(place)) {
                try {
                    boolean udp = place.protocol() == Protocol.UDP;
                    listeners.put(place, udp ? udp(place, purpose) : tcp(place, purpose));
                } catch (IOException e) {
                    faults.add(
                            "%s of %s can't listen on %s: %s"
                                    .formatted(
                                            purpose.subject(),
                                            purpose.owner(),
                                            place,
                                            e.getMessage()));
                }
            }
        });
    }

    private Open tcp(Place place, Purpose purpose) throws IOException {
        if (purpose instanceof PodApp pod && pod.app().speaks() == View.Speaks.HTTPS) {
            live.start("certificate", live::prepareTls);
        }
        ServerSocket socket = new ServerSocket();
        bind(place, socket, address -> socket.bind(address, BACKLOG));
        live.bound.put(place, (InetSocketAddress) socket.getLocalSocketAddress());
        Runnable loop = new TcpListener(socket, live, purpose, gate(purpose));
        return new Open(purpose, socket, live.start(purpose.subject(), loop));
    }

    private Open udp(Place place, Purpose purpose) throws IOException {
        DatagramSocket socket = new DatagramSocket(null);
        bind(place, socket, socket::bind);
        live.bound.put(place, (InetSocketAddress) socket.getLocalSocketAddress());
        Runnable loop =
                switch (purpose) {
                    case Entry via -> new UdpRelay(socket, live, via, gate(via));
                    case PodApp pod -> () -> Echo.serve(socket, pod);
                    case Purpose.Page _ -> throw new IllegalStateException("pages are on TCP");
                };
        return new Open(purpose, socket, live.start(purpose.subject(), loop));
    }

    private Gate gate(Purpose purpose) {
        return gates.getOrDefault(purpose.owner(), NONE);
    }

    private interface Binding {
        void to(InetSocketAddress address) throws IOException;
    }

    private void bind(Place place, Closeable socket, Binding binding) throws IOException {
        try {
            if (live.config.oneAddress()) {
                binding.to(new InetSocketAddress(ONLY, 0));
                return;
            }
            InetAddress address =
                    Addresses.loopback(place.address())
                            .orElseThrow(() ->
                                    new IOException(
                                            "it is not in 10.244.0.0/16, 10.96.0.0/12 or 127.0.0.0/8"));
            try {
                binding.to(new InetSocketAddress(address, place.port()));
            } catch (BindException e) {
                if (place.port() >= PRIVILEGED_BELOW) {
                    throw e;
                }
                binding.to(new InetSocketAddress(address, 0));
            }
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
