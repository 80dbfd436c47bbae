package dev.origo.testkit.conformance;

import dev.origo.desire.AnnotationRegistry;
import dev.origo.desire.Desire;
import dev.origo.desire.NodeEligibility;
import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.Backend;
import dev.origo.model.ClusterId;
import dev.origo.model.Code;
import dev.origo.model.Condition;
import dev.origo.model.Ingress;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.OwnerId;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Conditions;
import dev.origo.reconcile.ServicePatch;
import dev.origo.spi.Capabilities;
import dev.origo.spi.Provider;
import dev.origo.testkit.Blueprint;
import dev.origo.testkit.Crossing;
import dev.origo.testkit.Replica;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.Stage;
import dev.origo.testkit.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// A world with one cloud under test, in which a scenario's acts happen, and the laws that hold
/// while they do.
///
/// Thread rule: as [Simulation].
public final class Bench implements AutoCloseable {
    /// Longer than until the second audit from now: one look alone condemns no orphan.
    private static final Duration AUDITS = Duration.ofMinutes(24);

    /// A Service that no act is about.
    private static final String NEIGHBOUR = "default/neighbour";

    private static final int TAIL = 5_000;

    private final SubjectStage stage;
    private final World world;
    private final Desire desire;
    private Optional<Watch> watch = Optional.empty();
    private String uid = "";

    Bench(Function<Simulation, CloudUnderTest> clouds, long seed) {
        stage = new SubjectStage(clouds);
        world = stage.open(seed);
        Provider<?, ?> provider = stage.idle();
        desire =
                new Desire(
                        provider.capabilities(),
                        new AnnotationRegistry(stage.cloud().annotations()),
                        provider.planner()::wish);
        world.traffic().afterCloudWrite(this::observe);
    }

    public World world() {
        return world;
    }

    public CloudUnderTest cloud() {
        return stage.cloud();
    }

    /// A Service with two TCP ports of the provider's class.
    ServiceDraft draft() {
        return ServiceDraft.balanced(cloud().loadBalancerClass(), 80, 443);
    }

    public ServiceSnapshot web() {
        return world.service(Stage.SERVICE);
    }

    /// Starts the controller, with a neighbour's Service that nothing here may touch.
    void begin() {
        world.beginsHere();
        boot();
        world.create(NEIGHBOUR, draft());
        world.settle();
    }

    /// Starts a process.
    void boot() {
        stage.boot(world);
    }

    /// Another cluster of the same name has Services of the same names here; its process is dead.
    void foreigners(ClusterId cluster) {
        World other = new World(world.simulation(), cloud());
        world.kubernetes().nodes().forEach(other::node);
        Replica process = other.start(stage.blueprint(other, cluster));
        other.settle();
        other.create(NEIGHBOUR, draft());
        other.create(Stage.SERVICE, draft());
        other.settle();
        process.kill();
    }

    /// Everything is deleted, and nothing may be left.
    void end() {
        world.kubernetes().services().stream()
                .filter(service -> !service.meta().deleting())
                .forEach(service -> world.delete(service.key().toString()));
        world.settle();
        audit();
        world.settle();
        world.checkEmpty();
    }

    Capabilities capabilities() {
        return desire.capabilities();
    }

    /// Someone does this by hand.
    void damage(String what) {
        world.simulation().tell("--- by hand: " + what);
        Optional.ofNullable(cloud().damages().get(what)).orElseThrow().to(Blueprint.CLUSTER, uid);
    }

    /// The process is killed and another one starts.
    public void restart() {
        world.replicas().getLast().kill();
        boot();
    }

    /// Lets audits look twice.
    public void audit() {
        world.simulation().advance(AUDITS);
    }

    /// Calls to the cloud since the given count of [dev.origo.testkit.Traffic#crossings], up to the
    /// last write.
    List<Crossing> callsSince(int start) {
        return world.traffic().cloudCallsToLastWriteSince(start);
    }

    int crossings() {
        return world.traffic().crossings().size();
    }

    /// Has something happen to the Service and holds the end against what it wants.
    void perform(Scenario.Act act) {
        world.simulation().tell("--- " + act.what());
        List<String> addresses = world.find(Stage.SERVICE).isPresent() ? published() : List.of();
        List<String> lines = lines(standing());
        watch = Optional.of(new Watch(act.outcome(), Watch.fronts(standing())));
        act.deed().accept(this);
        world.settle();
        watch = Optional.empty();
        switch (act.outcome()) {
            case Outcome.InPlace() -> {
                requireServed();
                require(
                        published().equals(addresses),
                        "the address changed from %s to %s".formatted(addresses, published()));
            }
            case Outcome.MayReplace() -> {
                world.settle();
                requireServed();
                requireAnnounced(addresses);
            }
            case Outcome.Refused(Code code) -> {
                requireRefused(Set.of(code));
                require(
                        lines(standing()).equals(lines),
                        "what stood became %s, not %s".formatted(lines(standing()), lines));
            }
            case Outcome.Gone() -> requireGone();
        }
        requireLikeDesired(NEIGHBOUR);
    }

    // --- at quiet points

    void requireServed() {
        world.checkConverged();
        requireLikeDesired(Stage.SERVICE);
        requireCondition(Conditions.ACCEPTED, Condition.Status.TRUE);
        requireCondition(Conditions.PROVISIONED, Condition.Status.TRUE);
        requireModes();
    }

    boolean isAccepted() {
        return condition(Conditions.ACCEPTED)
                .filter(c -> c.status() == Condition.Status.TRUE)
                .isPresent();
    }

    /// The condition and an event tell one of these codes.
    void requireRefused(Set<Code> codes) {
        List<String> ids = codes.stream().map(Code::id).sorted().toList();
        boolean told =
                condition(Conditions.ACCEPTED)
                        .filter(c -> c.status() == Condition.Status.FALSE)
                        .filter(c -> ids.stream().anyMatch(c.message()::contains))
                        .isPresent();
        require(told, "%s is not told: %s".formatted(ids, web().status().conditions()));
        boolean evented =
                world.kubernetes().events().stream()
                        .filter(event -> event.event().warning())
                        .anyMatch(
                                event -> ids.stream().anyMatch(event.event().message()::contains));
        require(evented, "no event tells " + ids);
    }

    void requireGone() {
        require(
                cloud().owned(Blueprint.CLUSTER).getOrDefault(uid, List.of()).isEmpty(),
                "left in the cloud: " + cloud().owned(Blueprint.CLUSTER).get(uid));
        world.find(Stage.SERVICE)
                .ifPresent(service -> {
                    require(
                            !service.meta().finalizers().contains(ServicePatch.FINALIZER),
                            "the finalizer is still there");
                    require(
                            service.status().ingress().isEmpty(),
                            "still published: " + service.status().ingress());
                });
    }

    /// The user creates the Service.
    void create(ServiceDraft draft) {
        uid = world.create(Stage.SERVICE, draft).meta().uid();
    }

    private void requireLikeDesired(String key) {
        ServiceSnapshot service = world.service(key);
        List<String> wanted = lines(List.of(Balancer.wanted(spec(service))));
        List<String> found =
                lines(
                        cloud().standing().stream()
                                .filter(b -> b.isOf(Blueprint.CLUSTER, service.meta().uid()))
                                .toList());
        require(
                wanted.equals(found),
                "%s wants\n%s\nand has\n%s"
                        .formatted(key, String.join("\n", wanted), String.join("\n", found)));
    }

    /// ipMode follows how the client's address travels; a host name has none.
    private void requireModes() {
        Optional<Boolean> vip =
                cloud().isOnThisMachine()
                        ? Optional.of(false)
                        : switch (spec(web()).carrier()) {
                            case PACKET -> Optional.of(true);
                            case PROXY_PROTOCOL_V1, PROXY_PROTOCOL_V2, FORWARDED_HEADER ->
                                    Optional.of(false);
                            case NONE -> Optional.empty();
                        };
        for (Ingress ingress : web().status().ingress()) {
            boolean named = ingress.address() instanceof Ingress.Hostname;
            require(
                    named == desire.capabilities().publishesHostname(),
                    "%s is published, but host names are %sdeclared"
                            .formatted(
                                    ingress.address(),
                                    desire.capabilities().publishesHostname() ? "" : "not "));
            if (ingress.address() instanceof Ingress.Ip ip && vip.isPresent()) {
                require(ip.vip() == vip.get(), "%s with %s".formatted(ip, spec(web()).carrier()));
            }
        }
    }

    private void requireCondition(String type, Condition.Status status) {
        require(
                condition(type).map(Condition::status).equals(Optional.of(status)),
                "%s is not %s: %s".formatted(type, status, web().status().conditions()));
    }

    private Optional<Condition> condition(String type) {
        return web().status().conditions().stream().filter(c -> c.type().equals(type)).findFirst();
    }

    private void requireAnnounced(List<String> before) {
        boolean announced =
                world.kubernetes().events().stream()
                        .anyMatch(told -> told.event().message().contains(Code.REPLACEMENT.id()));
        require(
                published().containsAll(before) || announced,
                "the balancer was replaced without an event");
    }

    private List<String> published() {
        return world.addresses(Stage.SERVICE);
    }

    // --- after every write

    private void observe(Crossing write) {
        if (watch.isPresent() && world.find(Stage.SERVICE).isPresent()) {
            Optional<Balancer> wanted =
                    desire(web()) instanceof Desire.Wanted(LoadBalancerSpec spec, _)
                            ? Optional.of(Balancer.wanted(spec))
                            : Optional.empty();
            List<String> broken = watch.get().broken(web(), standing(), wanted);
            require(broken.isEmpty(), "after %s: %s".formatted(write, broken));
        }
    }

    // --- what is wanted

    private Desire.Answer desire(ServiceSnapshot service) {
        List<Backend> backends = NodeEligibility.backends(world.kubernetes().nodes());
        OwnerId owner = new OwnerId(Blueprint.CLUSTER, service.key(), service.meta().uid());
        return desire.of(owner, service, backends);
    }

    LoadBalancerSpec spec(ServiceSnapshot service) {
        return switch (desire(service)) {
            case Desire.Wanted(LoadBalancerSpec spec, _) -> spec;
            case Desire.Refused refused ->
                    throw new AssertionError("the scenario's Service is refused: " + refused);
        };
    }

    /// The Service's own.
    List<Balancer> standing() {
        return cloud().standing().stream().filter(b -> b.isOf(Blueprint.CLUSTER, uid)).toList();
    }

    private static List<String> lines(List<Balancer> balancers) {
        List<String> lines = new ArrayList<>();
        balancers.forEach(balancer -> lines.addAll(balancer.lines()));
        return lines;
    }

    void require(boolean holds, String otherwise) {
        if (!holds) {
            String trace = world.simulation().trace();
            throw new AssertionError(
                    "%s%n...%s"
                            .formatted(
                                    otherwise,
                                    trace.substring(Math.max(0, trace.length() - TAIL))));
        }
    }

    @Override
    public void close() {
        world.close();
        stage.close();
    }
}
