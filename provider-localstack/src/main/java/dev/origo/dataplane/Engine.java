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

    final Config config;
    final Buffers buffers = new Buffers();
    final HttpCodecs http = new HttpCodecs();
    final Prober prober = new Prober();
    private final Set<Live> flows = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    private final int connectionsMax;

    Engine(Config config) {
        this.config = config;
        this.connectionsMax = Math.min(config.connectionsMax(), roomForConnections());
    }

    /// Takes one more connection of a balancer in, or tells why not. Who is in has to [#leave].
    Optional<Reason> enter(AtomicInteger ofBalancer) {
        if (ofBalancer.incrementAndGet() > config.connectionsPerBalancerMax()) {
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

    /// What the process's limit of open files leaves: a JVM that has none left can't even load a
    /// class.
    private static int roomForConnections() {
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean system) {
            long files = system.getMaxFileDescriptorCount();
            long kept = Math.min(FILES_KEPT, files / 4);
            return Math.toIntExact(Math.min((files - kept) / 2, Integer.MAX_VALUE));
        }
        return Integer.MAX_VALUE;
    }
}
