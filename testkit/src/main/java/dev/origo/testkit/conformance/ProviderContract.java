package dev.origo.testkit.conformance;

import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.ClusterId;
import dev.origo.model.Code;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.TrafficPolicy;
import dev.origo.spi.Capabilities;
import dev.origo.testkit.Blueprint;
import dev.origo.testkit.Budget.Cost;
import dev.origo.testkit.Churn;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.Stage;
import dev.origo.testkit.Trial;
import dev.origo.testkit.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestReporter;

/// What a provider has to pass. Extend it, give it a [Subject], and let JUnit run it:
///
/// ```java
/// class FilesContractTest extends ProviderContract {
///     @Override
///     protected Subject subject() {
///         return new FilesSubject();
///     }
/// }
/// ```
///
/// The whole controller runs in it, under virtual time, with the provider as its processes make it.
/// What the provider declares in its [Capabilities] has to work; what it does not declare has to be
/// refused with a code, and the test says so by its name. Scenarios that the cloud has no model of
/// ([Subject#unmodelled]) are skipped with their reason.
public abstract class ProviderContract {
    private static final long SEED = 42;
    private static final int NODES_MAX = 5;

    private static final ClusterId ANOTHER =
            new ClusterId("blue", "22222222-0000-4000-8000-000000000002");

    /// The provider, and clouds for it. Called once for each test.
    protected abstract Subject subject();

    /// What it declares makes sense.
    @Test
    @DisplayName("capabilities: what is declared makes sense")
    void capabilities() {
        onBench(bench -> {
            Capabilities c = bench.capabilities();
            bench.require(!c.families().isEmpty(), "no IP family is served");
            bench.require(c.carriers().containsKey(Protocol.TCP), "TCP is not served");
            bench.require(
                    c.carriers().values().stream().noneMatch(Set::isEmpty),
                    "a protocol has no way for the client's address, not even none: "
                            + c.carriers());
            bench.require(
                    c.timing().keySet().containsAll(Set.of(TrafficPolicy.values())),
                    "a policy has no timing of health checks: " + c.timing());
            bench.require(c.portsMax() >= 2, "only %d ports".formatted(c.portsMax()));
            bench.require(c.wavesMax() >= 1, "only %d waves".formatted(c.wavesMax()));
            c.timing()
                    .forEach((policy, timing) ->
                            bench.require(
                                    timing.timeout().compareTo(timing.interval()) <= 0
                                            && timing.healthy() >= 1
                                            && timing.unhealthy() >= 1,
                                    "the timing for %s is %s".formatted(policy, timing)));
        });
    }

    /// One balancer as declared, with as many ports as declared, and not one more.
    @Test
    @DisplayName("capabilities: as many ports as declared, and not one more")
    void asManyPortsAsDeclared() {
        onBench(bench -> {
            int[] ports = new int[bench.capabilities().portsMax()];
            for (int i = 0; i < ports.length; i++) {
                ports[i] = 1_000 + i;
            }
            bench.begin();
            bench.create(bench.draft().withPorts(Protocol.TCP, ports));
            bench.world().settle();
            bench.requireServed();
            int[] more = Arrays.copyOf(ports, ports.length + 1);
            more[ports.length] = 80;
            bench.perform(
                    Scenario.edit(
                            "one port more",
                            d -> d.withPorts(Protocol.TCP, more),
                            new Outcome.Refused(Code.TOO_MANY_PORTS)));
        });
    }

    @TestFactory
    Stream<DynamicTest> scenarios() {
        Map<String, String> unmodelled = subject().unmodelled();
        Set<String> unknown = new TreeSet<>(unmodelled.keySet());
        Scenarios.all().forEach(scenario -> unknown.remove(scenario.name()));
        if (!unknown.isEmpty()) {
            throw new IllegalStateException("there are no scenarios " + unknown);
        }
        Capabilities declared = ask(Bench::capabilities);
        return Scenarios.all().stream().map(scenario -> test(scenario, declared, unmodelled));
    }

    private DynamicTest test(
            Scenario scenario, Capabilities declared, Map<String, String> unmodelled) {
        Set<Need> missing =
                scenario.needs().stream()
                        .filter(need -> !need.isDeclared(declared))
                        .collect(Collectors.toSet());
        if (!missing.isEmpty()) {
            return DynamicTest.dynamicTest(
                    scenario.name() + " (not declared: refused)", () -> refused(scenario, missing));
        }
        return DynamicTest.dynamicTest(
                scenario.name(),
                () -> {
                    Optional.ofNullable(unmodelled.get(scenario.name()))
                            .ifPresent(Assumptions::abort);
                    live(scenario);
                });
    }

    private void live(Scenario scenario) {
        onBench(bench -> {
            bench.begin();
            bench.create(scenario.service().apply(bench.draft()));
            bench.world().settle();
            bench.requireServed();
            scenario.acts().forEach(bench::perform);
            bench.end();
        });
    }

    private void refused(Scenario scenario, Set<Need> missing) {
        onBench(bench -> {
            bench.begin();
            bench.create(scenario.service().apply(bench.draft()));
            bench.world().settle();
            for (Scenario.Act act : scenario.acts()) {
                if (!bench.isAccepted()) {
                    break;
                }
                act.deed().accept(bench);
                bench.world().settle();
            }
            bench.requireRefused(missing.stream().map(Need::refusal).collect(Collectors.toSet()));
            bench.end();
        });
    }

    /// Every single call of a change is disturbed once in every way: the end is the same.
    @TestFactory
    Stream<DynamicContainer> disturbances() {
        ServiceDraft web = ask(Bench::draft).withPolicy(TrafficPolicy.LOCAL);
        Consumer<World> stands = world -> world.create(Stage.SERVICE, web);
        return Stream.of(
                        new Trial("create", _ -> {}, stands),
                        new Trial(
                                "policy switch",
                                stands,
                                world ->
                                        world.update(
                                                Stage.SERVICE,
                                                d -> d.withPolicy(TrafficPolicy.CLUSTER))),
                        new Trial(
                                "change of ports",
                                stands,
                                world ->
                                        world.update(
                                                Stage.SERVICE,
                                                d -> d.withPorts(Protocol.TCP, 443, 8080))),
                        new Trial("delete", stands, world -> world.delete(Stage.SERVICE)))
                .map(this::disturbed);
    }

    private DynamicContainer disturbed(Trial trial) {
        try (SubjectStage stage = new SubjectStage(subject()::open)) {
            Trial.Peace peace = trial.inPeace(stage);
            return DynamicContainer.dynamicContainer(
                    trial.name(),
                    Trial.disturbances(peace, List.copyOf(subject().faults())).stream()
                            .map(disturbed ->
                                    DynamicTest.dynamicTest(
                                            "%s: %s".formatted(trial.name(), disturbed.name()),
                                            () -> {
                                                try (SubjectStage again =
                                                        new SubjectStage(subject()::open)) {
                                                    trial.disturbed(again, disturbed, peace);
                                                }
                                            })));
        }
    }

    /// Two replicas, users, nodes, faults, late effects, outages and damage by hand, by a seed.
    @TestFactory
    Stream<DynamicTest> randomLives() {
        ServiceDraft web = ask(Bench::draft);
        return LongStream.rangeClosed(1, subject().lives())
                .mapToObj(seed ->
                        DynamicTest.dynamicTest(
                                "random life: seed " + seed, () -> randomLife(seed, web)));
    }

    private void randomLife(long seed, ServiceDraft web) {
        try (SubjectStage stage = new SubjectStage(subject()::open)) {
            Churn churn =
                    new Churn(
                            stage,
                            number -> stage.cloud().node(number),
                            NODES_MAX,
                            web,
                            (world, service, _) -> damage(stage.cloud(), world, service),
                            Churn.Weather.FAIR,
                            subject().budget());
            var _ = churn.live(seed);
        }
    }

    private static void damage(CloudUnderTest cloud, World world, ServiceSnapshot service) {
        List<String> all = List.copyOf(cloud.damages().keySet());
        String what = all.get(world.simulation().random(all.size()));
        world.simulation().tell("by hand: " + what);
        Optional.ofNullable(cloud.damages().get(what))
                .orElseThrow()
                .to(Blueprint.CLUSTER, service.meta().uid());
    }

    /// The planner and the cloud by themselves, from states and to specifications that a seed
    /// draws.
    @TestFactory
    Stream<DynamicTest> planLaws() {
        return LongStream.rangeClosed(1, subject().lives())
                .mapToObj(seed ->
                        DynamicTest.dynamicTest(
                                "plan laws: seed " + seed,
                                () -> PlanLaws.check(seed, subject()::open)));
    }

    /// Another cluster of our name has Services of the same names: nothing of its is touched.
    @Test
    @DisplayName("ownership: another cluster of our name is left alone")
    void anotherClusterOfOurName() {
        onBench(bench -> {
            bench.foreigners(ANOTHER);
            bench.begin();
            bench.create(bench.draft());
            bench.world().settle();
            bench.requireServed();
            bench.perform(
                    Scenario.edit(
                            "externalTrafficPolicy: Local",
                            d -> d.withPolicy(TrafficPolicy.LOCAL)));
            bench.end();
        });
    }

    /// What someone does by hand to a balancer, audits put right.
    @TestFactory
    Stream<DynamicTest> drift() {
        return ask(bench -> List.copyOf(bench.cloud().damages().keySet())).stream()
                .map(damage ->
                        DynamicTest.dynamicTest(
                                "drift: " + damage,
                                () ->
                                        onBench(bench -> {
                                            bench.begin();
                                            bench.create(bench.draft());
                                            bench.world().settle();
                                            bench.damage(damage);
                                            bench.audit();
                                            bench.world().settle();
                                            bench.requireServed();
                                            bench.end();
                                        })));
    }

    /// What each event costs, as a table beside what it may cost.
    @Test
    @DisplayName("budget: no event costs more calls than it may")
    void budget(TestReporter reporter) {
        Map<String, Cost> found = new TreeMap<>();
        on(
                subject()::openPrompt,
                bench -> {
                    bench.begin();
                    Events events = new Events(bench, found);
                    events.of("create", () -> bench.create(localDraft(bench)));
                    events.of("nothing changes", () -> bench.audit());
                    events.of("flip to Cluster", () -> policy(bench, TrafficPolicy.CLUSTER));
                    events.of("flip to Local", () -> policy(bench, TrafficPolicy.LOCAL));
                    events.of("node added", () -> bench.world().node(bench.cloud().node(3)));
                    events.of(
                            "node removed",
                            () -> bench.world().deleteNode(bench.cloud().node(2).name()));
                    events.of("delete", () -> bench.world().delete(Stage.SERVICE));
                    return bench;
                });
        List<String> rows = new ArrayList<>();
        List<String> over = new ArrayList<>();
        subject()
                .budget()
                .byEvent()
                .forEach((event, allowed) -> {
                    Cost cost = found.getOrDefault(event, allowed);
                    rows.add("%s: %s of %s".formatted(event, cost, allowed));
                    if (!allowed.allows(cost)) {
                        over.add(rows.getLast());
                    }
                });
        reporter.publishEntry("calls (writes)", String.join(", ", rows));
        if (!over.isEmpty()) {
            throw new AssertionError("over budget: " + over);
        }
    }

    private record Events(Bench bench, Map<String, Cost> costs) {
        void of(String event, Runnable deed) {
            int start = bench.crossings();
            deed.run();
            bench.world().settle();
            costs.put(event, Cost.of(bench.callsSince(start)));
        }
    }

    private static void policy(Bench bench, TrafficPolicy policy) {
        bench.world().update(Stage.SERVICE, d -> d.withPolicy(policy));
    }

    private static ServiceDraft localDraft(Bench bench) {
        return bench.draft().withPolicy(TrafficPolicy.LOCAL);
    }

    private void onBench(Consumer<Bench> test) {
        ask(bench -> {
            test.accept(bench);
            return bench;
        });
    }

    private <T> T ask(Function<Bench, T> question) {
        return on(subject()::open, question);
    }

    private static <T> T on(
            Function<Simulation, CloudUnderTest> clouds, Function<Bench, T> question) {
        return Simulation.driven(() -> {
            try (Bench bench = new Bench(clouds, SEED)) {
                return question.apply(bench);
            }
        });
    }
}
