package dev.origo.dataplane;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/// Carries balancers on this machine: each at a loopback address of its own where the system has
/// them (all of 127/8 on Linux), at ports of the one address where not.
///
/// ```java
/// try (DataPlane plane = DataPlane.start(Config.DEFAULT)) {
///     Placed placed = plane.carry(new Balancer("web", List.of(listener)));
///     placed.reachable().forEach(port -> print(port.at()));
///     placed.findings().forEach(finding -> print(finding.problem().text()));
/// }
/// ```
///
/// Any thread may call; one change is made at a time. It opens sockets on loopback only.
public final class DataPlane implements ForwardingPlane, AutoCloseable {
    private final Engine engine;
    private final Thread sweeper;

    /// Guards the balancers and what each of them listens to. Under it sockets are opened and
    /// closed, which this machine answers at once; nothing is waited for.
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, Carried> balancers = new LinkedHashMap<>();
    private volatile boolean closed;

    private DataPlane(Config config) {
        this.engine = new Engine(config);
        this.sweeper = Thread.ofVirtual().name("sweep").unstarted(this::sweep);
    }

    public static DataPlane start(Config config) {
        DataPlane plane = new DataPlane(config);
        plane.sweeper.start();
        return plane;
    }

    /// Where a balancer of this id is, unless another one has the address already.
    public static InetAddress addressOf(String id) {
        return Addresses.of(id, Set.of());
    }

    /// Makes a balancer as wanted: starts it, changes it in place or does nothing. Established
    /// connections go on; those to a target or of a listener that goes, for the drain time. A port
    /// that could not be opened as wanted is tried again only when it is not open at all.
    ///
    /// @throws IllegalStateException when closed
    @Override
    public Placed carry(Balancer wanted) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the data plane is closed");
            }
            return balancers.computeIfAbsent(wanted.id(), this::begin).apply(wanted);
        } finally {
            lock.unlock();
        }
    }

    /// Stops listening at once; established connections go on for the drain time. Does nothing for
    /// an unknown id.
    @Override
    public void drop(String id) {
        lock.lock();
        try {
            Optional.ofNullable(balancers.get(id)).ifPresent(Carried::drop);
            forget();
        } finally {
            lock.unlock();
        }
    }

    /// How a balancer stands; empty if there is none of that id.
    @Override
    public Optional<Status> status(String id) {
        lock.lock();
        try {
            return Optional.ofNullable(balancers.get(id)).map(Carried::status);
        } finally {
            lock.unlock();
        }
    }

    /// How all balancers stand, in the order in which they came.
    public List<Status> snapshot() {
        lock.lock();
        try {
            return balancers.values().stream().map(Carried::status).toList();
        } finally {
            lock.unlock();
        }
    }

    /// Frees every port and cuts every connection.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            balancers.values().forEach(Carried::drop);
            balancers.clear();
        } finally {
            lock.unlock();
        }
        LockSupport.unpark(sweeper);
        engine.cutAll();
    }

    private Carried begin(String id) {
        Set<InetAddress> taken =
                balancers.values().stream()
                        .map(carried -> carried.home().address())
                        .collect(Collectors.toSet());
        InetAddress own = Addresses.of(id, taken);
        boolean bindable = Addresses.bindable(own);
        InetAddress address = bindable ? own : Addresses.shared();
        return new Carried(id, engine, new Port.Home(address, bindable, new AtomicInteger()));
    }

    private void sweep() {
        while (!closed) {
            engine.sweep(System.nanoTime());
            lock.lock();
            try {
                forget();
            } finally {
                lock.unlock();
            }
            LockSupport.parkNanos(engine.config.sweepEvery().toNanos());
        }
    }

    private void forget() {
        balancers.values().removeIf(Carried::gone);
    }
}
