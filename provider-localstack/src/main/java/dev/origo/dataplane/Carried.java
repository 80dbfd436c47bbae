package dev.origo.dataplane;

import dev.origo.dataplane.Listener.Transport;
import dev.origo.dataplane.Opening.Opened;
import dev.origo.dataplane.Placed.Finding;
import dev.origo.dataplane.Placed.Reachable;
import dev.origo.model.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A balancer at work. Guarded by the lock of its [DataPlane]; connections run beside it.
final class Carried {
    private final String id;
    private final Engine engine;
    private final Port.Home home;
    private final Map<Listener.Key, Work> works = new LinkedHashMap<>();
    private final List<Port> leaving = new ArrayList<>();

    Carried(String id, Engine engine, Port.Home home) {
        this.id = id;
        this.engine = engine;
        this.home = home;
    }

    /// A listener at work.
    private static final class Work {
        private final Port port;
        private final List<Front> fronts = new ArrayList<>();
        private final List<Problem> opening = new ArrayList<>();

        Work(Port port) {
            this.port = port;
        }

        List<Reachable> reachable() {
            return fronts.stream().map(Front::reachable).toList();
        }
    }

    Port.Home home() {
        return home;
    }

    /// Makes it as wanted. What goes is closed first, so that its ports are free.
    Placed apply(Balancer wanted) {
        List<Listener.Key> keys = wanted.listeners().stream().map(Listener::key).toList();
        for (Listener.Key key : List.copyOf(works.keySet())) {
            if (!keys.contains(key)) {
                leave(key);
            }
        }
        // High ports first: a low one that has to move must not take another one's place.
        wanted.listeners().stream()
                .sorted(Comparator.comparingInt(Listener::port).reversed())
                .forEach(this::apply);
        return placed(wanted);
    }

    /// Stops listening. Established connections go on for the drain time.
    void drop() {
        List.copyOf(works.keySet()).forEach(this::leave);
    }

    /// Whether nothing is left of it.
    boolean gone() {
        for (Work work : works.values()) {
            work.port.pool.forget();
        }
        leaving.forEach(port -> port.pool.forget());
        leaving.removeIf(port -> port.pool.members().isEmpty());
        return works.isEmpty() && leaving.isEmpty();
    }

    Status status() {
        List<Status.OfListener> listeners = new ArrayList<>();
        works.values().forEach(work -> listeners.add(work.port.status(work.reachable())));
        listeners.sort(Comparator.comparingInt(Status.OfListener::port));
        leaving.forEach(port -> listeners.add(port.status(List.of())));
        return new Status(id, home.address(), works.isEmpty(), listeners);
    }

    private void leave(Listener.Key key) {
        Work work = works.remove(key);
        if (work != null) {
            work.fronts.forEach(Front::close);
            work.port.pool.close();
            leaving.add(work.port);
        }
    }

    private void apply(Listener wanted) {
        Work work =
                works.computeIfAbsent(wanted.key(), _ -> new Work(new Port(engine, home, wanted)));
        work.port.pool.apply(wanted);
        boolean refused = Refusals.of(wanted).stream().anyMatch(Problem::blocks);
        if (refused) {
            work.fronts.forEach(Front::close);
            work.fronts.clear();
        } else if (work.fronts.isEmpty()) {
            open(work, wanted);
        }
    }

    private void open(Work work, Listener wanted) {
        work.opening.clear();
        Transport transport = wanted.transport();
        if (transport.speaksTcp()) {
            add(
                    work,
                    Opening.open(
                            home.address(), wanted.port(), at -> TcpFront.open(at, work.port)));
        }
        if (transport.speaksUdp()) {
            add(
                    work,
                    Opening.open(
                            home.address(), wanted.port(), at -> UdpFront.open(at, work.port)));
        }
    }

    private static void add(Work work, Opened opened) {
        work.fronts.addAll(opened.fronts());
        work.opening.addAll(opened.problems());
    }

    private Placed placed(Balancer wanted) {
        List<Reachable> reachable = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        for (Listener listener : wanted.listeners()) {
            Work work = works.get(listener.key());
            if (work == null) {
                continue;
            }
            reachable.addAll(work.reachable());
            List<Problem> problems = new ArrayList<>(Refusals.of(listener));
            problems.addAll(Refusals.ofPacketDelivery(listener, work.port));
            if (!Problem.anyBlocks(problems)) {
                problems.addAll(work.opening);
            }
            problems.forEach(problem -> findings.add(new Finding(listener.port(), problem)));
        }
        return new Placed(id, home.address(), reachable, findings);
    }
}
