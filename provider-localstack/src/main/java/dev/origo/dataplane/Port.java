package dev.origo.dataplane;

import dev.origo.dataplane.Placed.Reachable;
import dev.origo.model.Carrier;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// A listener at work: its pool of targets, what it counts, and how targets are reached.
final class Port {
    final Engine engine;
    final Home home;
    final Pool pool;
    final Counters counters = new Counters();

    Port(Engine engine, Home home, Listener listener) {
        this.engine = engine;
        this.home = home;
        this.pool = new Pool(listener, engine.prober, counters);
    }

    /// What the ports of one balancer share.
    ///
    /// @param own whether the address is this balancer's alone
    record Home(InetAddress address, boolean own, AtomicInteger connections) {}

    /// How the client's address travels to the target, as far as this machine can: packet delivery
    /// needs a target on loopback.
    Carrier carrier(Target target) {
        Carrier wanted = pool.listener().carrier();
        boolean possible =
                engine.config.bindsClientAddress() && target.address().isLoopbackAddress();
        return wanted == Carrier.PACKET && !possible ? Carrier.NONE : wanted;
    }

    /// The address that a connection to the target comes from; the system's choice if empty.
    Optional<InetAddress> source(InetAddress client, Target target) {
        if (!target.address().isLoopbackAddress()) {
            return Optional.empty();
        }
        if (carrier(target) == Carrier.PACKET) {
            return Optional.of(client);
        }
        return home.own() && target.address() instanceof Inet4Address
                ? Optional.of(home.address())
                : Optional.empty();
    }

    Status.OfListener status(List<Reachable> reachable) {
        Listener listener = pool.listener();
        return new Status.OfListener(
                listener.port(),
                listener.transport(),
                listener.carrier(),
                reachable,
                pool.members().stream().map(m -> status(m, reachable)).toList(),
                counters.counts());
    }

    private Status.OfTarget status(Member member, List<Reachable> reachable) {
        boolean unused = reachable.isEmpty() && member.registered();
        return new Status.OfTarget(
                member.target(),
                carrier(member.target()),
                unused ? Health.UNUSED : member.health(),
                member.counters.counts());
    }
}
