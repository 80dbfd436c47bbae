package dev.origo.testkit.conformance;

import dev.origo.desire.AnnotationRegistry;
import dev.origo.desire.Desire;
import dev.origo.desire.NodeEligibility;
import dev.origo.embedded.kube.KubernetesModel;
import dev.origo.model.Backend;
import dev.origo.model.Desired;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.OwnerId;
import dev.origo.model.Problem;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.spi.Answer;
import dev.origo.spi.Calls;
import dev.origo.spi.CloudException;
import dev.origo.spi.Plan;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderRuntime;
import dev.origo.spi.Provisioning;
import dev.origo.spi.Step;
import dev.origo.testkit.Blueprint;
import dev.origo.testkit.SimulatedTasks;
import dev.origo.testkit.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// The planner and the cloud alone, without the controller: laws over specifications and states
/// that a seed draws. A state is whatever is left when waves toward other specifications were cut
/// short.
///
/// - bounded: folding the answers and planning again ends within as many waves as declared;
/// - fixed point: what was folded needs nothing more, and neither does what a fresh look sees;
/// - pure: the same question has the same answer;
/// - order-free: steps of a wave are taken, and their answers folded, in any order;
/// - owner-only: another owner's balancer stays as it is;
/// - absence leaves nothing: no balancer, and once everyone is gone, nothing at all.
///
/// Thread rule: as [Simulation].
final class PlanLaws {
    private static final int DETOURS = 6;
    private static final int NODES = 5;

    /// Tries until a cloud that answers "in use" has settled.
    private static final int PATIENCE = 60;

    private static final Duration A_WHILE = Duration.ofSeconds(10);
    private static final Duration LONG_ENOUGH = Duration.ofHours(12);

    private final CloudUnderTest cloud;
    private final Random random;
    private final KubernetesModel services = new KubernetesModel();
    private final SimulatedTasks tasks;
    private final DraftsBySeed drafts;
    private final Desire desire;
    private final Provider<?, ?> provider;

    /// Whether the last plan was a refusal: then what stands is left as it is.
    private boolean refused;

    private PlanLaws(Simulation simulation, CloudUnderTest cloud) {
        this.cloud = cloud;
        random = new Random(simulation.seed());
        tasks = simulation.process("laws");
        provider = cloud.provider(Blueprint.CLUSTER, new ProviderRuntime(new Straight(), tasks));
        drafts = new DraftsBySeed(random, cloud.loadBalancerClass(), provider.capabilities());
        desire =
                new Desire(
                        provider.capabilities(),
                        new AnnotationRegistry(cloud.annotations()),
                        provider.planner()::wish);
    }

    /// Checks them all by one seed.
    ///
    /// @throws AssertionError naming the law and what the seed drew
    static void check(long seed, Function<Simulation, CloudUnderTest> clouds) {
        Simulation.driven(() -> {
            try (Simulation simulation = new Simulation(seed);
                    CloudUnderTest cloud = clouds.apply(simulation)) {
                PlanLaws laws = new PlanLaws(simulation, cloud);
                boolean[] done = {false};
                laws.tasks.start(
                        "laws",
                        () -> {
                            laws.check(laws.provider);
                            done[0] = true;
                        });
                if (!simulation.runUntil(() -> done[0], LONG_ENOUGH)) {
                    throw new AssertionError("no end\n" + simulation.trace());
                }
                return done;
            }
        });
    }

    private <O, S extends Step> void check(Provider<O, S> of) {
        String empty = cloud.dump();
        ServiceSnapshot neighbour = services.create(key("neighbour"), drafts.plain());
        bring(of, present(neighbour));
        List<String> before = lines(neighbour);
        ServiceSnapshot web = services.create(key("web"), drafts.plain());
        for (int detour = 0; detour < DETOURS; detour++) {
            if (random.nextBoolean()) {
                bring(of, drawn(web));
            } else {
                cutShort(of, drawn(web));
            }
            web = services.update(key("web"), drafts::changed);
        }
        Desired last = present(web);
        bring(of, last);
        requireAsWanted(last, web);
        require(
                lines(neighbour).equals(before),
                "owner-only: the neighbour's became " + lines(neighbour));
        bring(of, new Desired.Absent(owner(web)));
        require(lines(web).isEmpty(), "absence: left are " + lines(web));
        require(
                lines(neighbour).equals(before),
                "owner-only: the neighbour's became " + lines(neighbour));
        bring(of, new Desired.Absent(owner(neighbour)));
        for (OwnerId left : of.cloud().observeAll().keySet()) {
            bring(of, new Desired.Absent(left));
        }
        require(
                cloud.dump().equals(empty),
                "absence: left is\n" + cloud.dump() + "\nand was\n" + empty);
    }

    // --- what is asked for

    private static ServiceKey key(String name) {
        return new ServiceKey("default", name);
    }

    private static OwnerId owner(ServiceSnapshot service) {
        return new OwnerId(Blueprint.CLUSTER, service.key(), service.meta().uid());
    }

    private Desired drawn(ServiceSnapshot service) {
        return random.nextInt(8) == 0 ? new Desired.Absent(owner(service)) : present(service);
    }

    /// Of a Service that is refused, what stands is kept.
    private Desired present(ServiceSnapshot service) {
        List<NodeSnapshot> nodes =
                IntStream.rangeClosed(1, NODES)
                        .filter(_ -> random.nextInt(3) > 0)
                        .mapToObj(cloud::node)
                        .toList();
        List<Backend> backends = NodeEligibility.backends(nodes);
        tasks.simulation().tell("wanted: %s on %s".formatted(service, nodes));
        return switch (desire.of(owner(service), service, backends)) {
            case Desire.Wanted wanted -> new Desired.Present(wanted.spec());
            case Desire.Refused refused ->
                    new Desired.Kept(owner(service), backends, refused.settings());
        };
    }

    // --- how it comes about

    /// Goes part of the way; the process could have died there.
    private <O, S extends Step> void cutShort(Provider<O, S> of, Desired desired) {
        O observed = of.cloud().observe(desired.owner());
        for (int waves = random.nextInt(of.capabilities().wavesMax() + 1); waves > 0; waves--) {
            List<S> wave = plan(of, desired, observed).wave();
            List<S> taken = shuffled(wave).subList(0, random.nextInt(wave.size() + 1));
            try {
                observed = applied(of, observed, taken);
            } catch (CloudException e) {
                return;
            }
        }
    }

    /// Goes the whole way.
    private <O, S extends Step> void bring(Provider<O, S> of, Desired desired) {
        for (int tries = 0; tries < PATIENCE; tries++) {
            try {
                if (settled(of, desired, whole(of, desired, of.cloud().observe(desired.owner())))) {
                    return;
                }
            } catch (CloudException e) {
                tasks.simulation().tell("again after: " + e.getMessage());
            }
            tasks.pause(A_WHILE);
        }
        throw broken("it does not come about: " + desired);
    }

    /// All waves, one after the other.
    private <O, S extends Step> O whole(Provider<O, S> of, Desired desired, O start) {
        O observed = start;
        for (int wave = 0; wave <= of.capabilities().wavesMax(); wave++) {
            Plan<S> plan = plan(of, desired, observed);
            if (plan.wave().isEmpty()) {
                return observed;
            }
            observed = applied(of, observed, plan.wave());
        }
        throw broken("bounded: more than %d waves".formatted(of.capabilities().wavesMax()));
    }

    /// Whether nothing is left to wait for.
    private <O, S extends Step> boolean settled(Provider<O, S> of, Desired desired, O folded) {
        O polled = of.cloud().poll(folded).foldInto(folded);
        O fresh = of.cloud().observe(desired.owner());
        boolean pending =
                desired instanceof Desired.Present(var spec)
                        && of.planner().provisioning(spec, polled) instanceof Provisioning.Pending;
        boolean more = plan(of, desired, polled).wave().stream().anyMatch(Step::writes);
        if (pending
                || more
                || !(desired instanceof Desired.Absent || isQuiet(of, desired, fresh))) {
            return false;
        }
        return !(desired instanceof Desired.Absent) || of.planner().isAbsent(fresh);
    }

    /// A fresh look may have to look up again what only reads tell.
    private <O, S extends Step> boolean isQuiet(Provider<O, S> of, Desired desired, O fresh) {
        O seen = fresh;
        for (int wave = 0; wave <= of.capabilities().wavesMax(); wave++) {
            List<S> steps = plan(of, desired, seen).wave();
            if (steps.isEmpty()) {
                return true;
            }
            require(
                    steps.stream().noneMatch(Step::writes),
                    "fixed point: a fresh look plans " + words(steps));
            seen = applied(of, seen, steps);
        }
        throw broken("bounded: a fresh look takes too many waves");
    }

    private <O, S extends Step> Plan<S> plan(Provider<O, S> of, Desired desired, O observed) {
        Plan<S> plan = of.planner().plan(desired, observed);
        Plan<S> again = of.planner().plan(desired, observed);
        require(
                words(plan.wave()).equals(words(again.wave()))
                        && plan.problems().equals(again.problems()),
                "pure: %s and then %s".formatted(words(plan.wave()), words(again.wave())));
        tasks.simulation().tell("plan: %s %s".formatted(words(plan.wave()), problems(plan)));
        refused = Problem.anyBlocks(plan.problems());
        return plan;
    }

    private <O, S extends Step> O applied(Provider<O, S> of, O before, List<S> steps) {
        List<Answer<O>> answers = new ArrayList<>();
        for (S step : shuffled(steps)) {
            answers.add(of.cloud().apply(step));
        }
        O observed = before;
        for (Answer<O> answer : shuffled(answers)) {
            observed = answer.foldInto(observed);
        }
        return observed;
    }

    private <T> List<T> shuffled(List<T> list) {
        List<T> other = new ArrayList<>(list);
        Collections.shuffle(other, random);
        return other;
    }

    // --- what must hold

    private void requireAsWanted(Desired desired, ServiceSnapshot service) {
        if (desired instanceof Desired.Present(var spec) && !refused) {
            List<String> wanted = Balancer.wanted(spec).lines();
            require(
                    lines(service).equals(wanted),
                    "it is %s and not %s".formatted(lines(service), wanted));
        }
    }

    private List<String> lines(ServiceSnapshot service) {
        return cloud.standing().stream()
                .filter(balancer -> balancer.isOf(Blueprint.CLUSTER, service.meta().uid()))
                .flatMap(balancer -> balancer.lines().stream())
                .toList();
    }

    private static List<String> words(List<? extends Step> steps) {
        return steps.stream().map(Step::describe).toList();
    }

    private static List<String> problems(Plan<?> plan) {
        return plan.problems().stream().map(problem -> problem.code().id()).toList();
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw broken(otherwise);
        }
    }

    private AssertionError broken(String law) {
        return new AssertionError(law + "\n" + tasks.simulation().trace());
    }

    /// Calls without a guard.
    private record Straight() implements Calls {
        @Override
        public <T> T read(String family, String action, Supplier<T> call) {
            return call.get();
        }

        @Override
        public <T> T write(String family, String action, boolean repeatable, Supplier<T> call) {
            return call.get();
        }
    }
}
