package dev.origo.dataplane;

import dev.origo.dataplane.Status.Reason;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// What all balancers share: bounds, buffers, the prober and the connections that live.
final class Engine {
    final Config config;
    final Buffers buffers = new Buffers();
    final Prober prober = new Prober();
    private final Set<Live> flows = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    Engine(Config config) {
        this.config = config;
    }

    /// Takes one more connection of a balancer in, or tells why not. Who is in has to [#leave].
    Optional<Reason> enter(AtomicInteger ofBalancer) {
        if (ofBalancer.incrementAndGet() > config.connectionsPerBalancerMax()) {
            ofBalancer.decrementAndGet();
            return Optional.of(Reason.LIMIT_OF_BALANCER);
        }
        if (connections.incrementAndGet() > config.connectionsMax()) {
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
}
