package dev.origo.dataplane;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.origo.dataplane.Status.Reason;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// What all balancers share: bounds, buffers, the prober and the connections that live.
final class Engine {
    private static final long FILES_KEPT = 1_000;

    /// Of heap, for an idle connection: 9 to 10 kB were measured.
    private static final long CONNECTION_BYTES = 12 * 1024;

    final Config config;
    final Buffers buffers = new Buffers();
    final HttpCodecs http = new HttpCodecs();
    final Prober prober = new Prober();
    private final Set<Live> flows = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    private final int connectionsMax;
    private final int perBalancerMax;

    Engine(Config config) {
        this(config, roomForConnections());
    }

    /// @param room for connections that the system leaves
    Engine(Config config, int room) {
        this.config = config;
        connectionsMax = Math.min(config.connectionsMax(), room);
        // So that one balancer with many clients leaves room for the others'.
        perBalancerMax =
                room < config.connectionsMax()
                        ? Math.min(config.connectionsPerBalancerMax(), Math.max(1, room / 2))
                        : config.connectionsPerBalancerMax();
    }

    /// Takes one more connection of a balancer in, or tells why not. Who is in has to [#leave].
    Optional<Reason> enter(AtomicInteger ofBalancer) {
        if (ofBalancer.incrementAndGet() > perBalancerMax) {
            ofBalancer.decrementAndGet();
            return Optional.of(Reason.LIMIT_OF_BALANCER);
        }
        if (connections.incrementAndGet() > connectionsMax) {
            leave(ofBalancer);
            return Optional.of(Reason.LIMIT_OF_ALL);
        }
        return Optional.empty();
    }

    void leave(AtomicInteger ofBalancer) {
        connections.decrementAndGet();
        ofBalancer.decrementAndGet();
    }

    /// Runs a flow to its end, where the sweep sees it.
    void run(Live flow) throws InterruptedException {
        flows.add(flow);
        try {
            flow.run();
        } finally {
            flows.remove(flow);
        }
    }

    void sweep(long nowNanos) {
        flows.forEach(flow -> flow.sweep(nowNanos));
    }

    void cutAll() {
        flows.forEach(flow -> flow.cut(Reason.DRAINED));
    }

    /// What the process's limits of open files and of heap leave. A JVM that has no file left can't
    /// even load a class, and one without heap ends.
    private static int roomForConnections() {
        long room = Runtime.getRuntime().maxMemory() / 2 / CONNECTION_BYTES;
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean system) {
            long files = system.getMaxFileDescriptorCount();
            long kept = Math.min(FILES_KEPT, files / 4);
            room = Math.min(room, (files - kept) / 2);
        }
        return Math.toIntExact(Math.min(room, Integer.MAX_VALUE));
    }
}
