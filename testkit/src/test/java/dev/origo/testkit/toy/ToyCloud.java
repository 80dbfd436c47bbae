package dev.origo.testkit.toy;

import dev.origo.desire.NodeEligibility;
import dev.origo.model.ClusterId;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.OwnerId;
import dev.origo.model.Scheme;
import dev.origo.model.ServicePort;
import dev.origo.model.ServiceSnapshot;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.testkit.Crossing;
import dev.origo.testkit.Fault;
import dev.origo.testkit.SimulatedCloud;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.Traffic;
import dev.origo.testkit.toy.ToyState.Balancer;
import dev.origo.testkit.toy.ToyState.Mark;
import dev.origo.testkit.toy.ToyState.Part;
import dev.origo.testkit.toy.ToyState.PartSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The toy's API and what it holds.
final class ToyCloud implements SimulatedCloud {
    private static final Duration MAKING = Duration.ofSeconds(3);

    private final Simulation simulation;
    private final SortedMap<String, Balancer> balancers = new TreeMap<>();
    private final SortedMap<String, Part> parts = new TreeMap<>();
    private final Map<String, Instant> readyAt = new HashMap<>();
    private Optional<Traffic> traffic = Optional.empty();
    private int ids;

    ToyCloud(Simulation simulation) {
        this.simulation = simulation;
    }

    @Override
    public void connect(Traffic other) {
        traffic = Optional.of(other);
    }

    // --- the API

    record Listing(List<Balancer> balancers, List<Part> parts) {}

    Listing list(Predicate<Mark> wanted) {
        return call(
                "List",
                false,
                () -> {
                    List<Balancer> found =
                            balancers.values().stream()
                                    .filter(b -> wanted.test(b.mark()))
                                    .map(this::asOfNow)
                                    .toList();
                    List<Part> foundParts =
                            parts.values().stream().filter(p -> wanted.test(p.mark())).toList();
                    return new Listing(found, foundParts);
                });
    }

    /// Asked for a second one of the same mark and scheme, it answers with the first.
    Balancer createBalancer(Mark mark, Scheme scheme) {
        return call(
                "CreateBalancer",
                true,
                () -> {
                    for (Balancer old : balancers.values()) {
                        if (old.mark().equals(mark) && old.scheme() == scheme) {
                            return asOfNow(old);
                        }
                    }
                    ids++;
                    String id = "b-%04d".formatted(ids);
                    Balancer balancer = new Balancer(id, mark, scheme, "192.0.2." + ids, false);
                    balancers.put(id, balancer);
                    readyAt.put(id, simulation.instant().plus(MAKING));
                    return balancer;
                });
    }

    void deleteBalancer(String id) {
        call(
                "DeleteBalancer",
                true,
                () -> {
                    boolean used =
                            parts.values().stream().anyMatch(p -> p.spec().balancer().equals(id));
                    if (used) {
                        throw new CloudException(
                                "toy:DeleteBalancer", new CloudFailure.Conflict(id + " has parts"));
                    }
                    return Optional.ofNullable(balancers.remove(id));
                });
    }

    Part createPart(Mark mark, PartSpec spec) {
        return call(
                "CreatePart",
                true,
                () -> {
                    if (!balancers.containsKey(spec.balancer())) {
                        throw missing("CreatePart", spec.balancer());
                    }
                    for (Part old : parts.values()) {
                        if (old.spec().balancer().equals(spec.balancer())
                                && old.spec().port() == spec.port()) {
                            throw new CloudException(
                                    "toy:CreatePart",
                                    new CloudFailure.Conflict(
                                            "port %d is taken".formatted(spec.port())));
                        }
                    }
                    ids++;
                    Part part = new Part("p-%04d".formatted(ids), mark, spec);
                    parts.put(part.id(), part);
                    return part;
                });
    }

    Part changePart(String id, PartSpec spec) {
        return call(
                "ChangePart",
                true,
                () -> {
                    Part old =
                            Optional.ofNullable(parts.get(id))
                                    .orElseThrow(() -> missing("ChangePart", id));
                    Part part = new Part(id, old.mark(), spec);
                    parts.put(id, part);
                    return part;
                });
    }

    void deletePart(String id) {
        call("DeletePart", true, () -> Optional.ofNullable(parts.remove(id)));
    }

    private <T> T call(String action, boolean write, Supplier<T> effect) {
        traffic.ifPresent(t -> t.before("toy", action, write));
        T answer = effect.get();
        traffic.ifPresent(Traffic::after);
        return answer;
    }

    private Balancer asOfNow(Balancer b) {
        boolean ready = !simulation.instant().isBefore(readyAt.getOrDefault(b.id(), Instant.MIN));
        return new Balancer(b.id(), b.mark(), b.scheme(), b.address(), ready);
    }

    private static CloudException missing(String action, String id) {
        return new CloudException("toy:" + action, new CloudFailure.NotFound(id));
    }

    // --- as the simulator sees it

    @Override
    public String dump() {
        List<String> lines = new ArrayList<>();
        for (Balancer b : balancers.values()) {
            lines.add("balancer %s %s".formatted(b.mark(), b.scheme()));
        }
        for (Part p : parts.values()) {
            PartSpec s = p.spec();
            lines.add(
                    "part %s %d -> %d %s %s"
                            .formatted(p.mark(), s.port(), s.nodePort(), s.probe(), s.nodes()));
        }
        return String.join("\n", lines.stream().sorted().toList());
    }

    @Override
    public SortedMap<String, List<String>> owned(ClusterId cluster) {
        SortedMap<String, List<String>> owned = new TreeMap<>();
        balancers.values().forEach(b -> own(owned, cluster, b.mark(), b.id()));
        parts.values().forEach(p -> own(owned, cluster, p.mark(), p.id()));
        return owned;
    }

    private static void own(
            SortedMap<String, List<String>> owned, ClusterId cluster, Mark mark, String id) {
        if (mark.cluster().equals(cluster.mark())) {
            owned.computeIfAbsent(mark.uid(), _ -> new ArrayList<>()).add(id);
        }
    }

    @Override
    public boolean isBalancer(String owned) {
        return owned.startsWith("b-");
    }

    @Override
    public Optional<String> behind(String address) {
        return balancers.values().stream()
                .filter(b -> b.address().equals(address))
                .map(b -> b.mark().uid())
                .findFirst();
    }

    @Override
    public Set<String> wanted(ServiceSnapshot service, List<NodeSnapshot> nodes) {
        Set<String> wanted = new TreeSet<>();
        for (ServicePort port : service.ports()) {
            NodeEligibility.backends(nodes)
                    .forEach(node ->
                            wanted.add(
                                    "%d to %s:%d"
                                            .formatted(port.port(), node.node(), port.nodePort())));
        }
        return wanted;
    }

    @Override
    public Set<String> served(String address) {
        Set<String> served = new TreeSet<>();
        for (Part part : parts.values()) {
            PartSpec spec = part.spec();
            Optional<Balancer> at = Optional.ofNullable(balancers.get(spec.balancer()));
            if (at.filter(b -> b.address().equals(address)).isPresent()) {
                spec.nodes()
                        .forEach(node ->
                                served.add(
                                        "%d to %s:%d"
                                                .formatted(spec.port(), node, spec.nodePort())));
            }
        }
        return served;
    }

    @Override
    public RuntimeException failure(Fault fault, Crossing crossing) {
        CloudFailure failure =
                switch (fault) {
                    case THROTTLED -> new CloudFailure.Throttled(Duration.ZERO);
                    case SERVER_ERROR -> new CloudFailure.Unknown("500");
                    case ANSWER_LOST, LATE ->
                            new CloudFailure.Unreachable("connection reset", true);
                    case IN_USE -> new CloudFailure.Conflict("in use");
                    case DENIED -> new CloudFailure.Denied("toy:" + crossing.action());
                    case CRASH -> throw new NoSuchElementException("a crash has no answer");
                };
        return new CloudException("toy:" + crossing.action(), failure);
    }

    // --- out of band

    /// Someone deletes what is there, by hand.
    void vanish(OwnerId owner, boolean balancerToo) {
        Mark mark = Mark.of(owner);
        parts.values().removeIf(p -> p.mark().equals(mark));
        if (balancerToo) {
            balancers.values().removeIf(b -> b.mark().equals(mark));
        }
    }
}
