package dev.origo.testkit;

import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.TrafficPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// Random life: users, nodes, two replicas that die or stand still, clocks that differ, faults,
/// outages and vandals by a seed, then quiet, then the end of every Service. The laws of [World]
/// hold all the time, and at the end nothing is left.
///
/// @param node makes the node of this number, from 1
/// @param nodesMax nodes that there can be
/// @param draft what users create
/// @param vandal deletes something of ours by hand
/// @param weather what changes about the cloud itself
/// @param budget what a change costs in the end, when nothing goes wrong any more
public record Churn(
        Stage stage,
        IntFunction<NodeSnapshot> node,
        int nodesMax,
        ServiceDraft draft,
        Vandal vandal,
        Weather weather,
        Budget budget) {
    private static final int OPERATIONS = 25;
    private static final int SERVICES = 4;
    private static final int FAULT_ONE_IN = 25;
    private static final Duration AUDITS = Duration.ofMinutes(24);

    /// Later than a change is seen, earlier than it is done.
    private static final Duration WHILE_AT_WORK = Duration.ofMillis(300);

    private static final List<Fault> FAULTS =
            List.of(
                    Fault.THROTTLED,
                    Fault.SERVER_ERROR,
                    Fault.ANSWER_LOST,
                    Fault.IN_USE,
                    Fault.DENIED,
                    Fault.LATE);

    /// Someone with access to the cloud's console.
    @FunctionalInterface
    public interface Vandal {
        /// Deletes a part, or the whole balancer, of a Service.
        void strike(World world, ServiceSnapshot service, boolean whole);
    }

    /// Quotas, lag of reads, and the like.
    public interface Weather {
        /// A cloud that is always the same.
        Weather FAIR = _ -> false;

        /// Makes it another one.
        ///
        /// @param how 0 for fair weather, other numbers for others
        /// @return whether reads lag behind writes from now on
        boolean turn(int how);
    }

    /// Lives through one seed; the answer is its trace.
    ///
    /// @throws AssertionError where a law is broken, with the shortest life that breaks it too
    public String live(long seed) {
        List<Op> life = Op.drawn(seed, OPERATIONS);
        try {
            return live(seed, life);
        } catch (AssertionError e) {
            throw new Shrunk(this, seed).of(life, e);
        }
    }

    /// Lives through these operations.
    String live(long seed, List<Op> life) {
        return Simulation.driven(() -> {
            try (World world = stage.open(seed)) {
                world.beginsHere();
                world.clocksDiffer();
                Crew crew = new Crew(world);
                world.settle();
                world.traffic().haveTail(true);
                for (Op op : life) {
                    world.simulation().tell("--- " + op);
                    operate(world, crew, op);
                    world.simulation().advance(op.then());
                }
                world.traffic().disturb(Disturbance.NONE);
                world.traffic().haveTail(false);
                var _ = weather.turn(0);
                settleWithAudit(world);
                world.checkConverged();
                spendInPeace(world);
                List<ServiceSnapshot> left = world.kubernetes().services();
                left.stream()
                        .filter(service -> !service.meta().deleting())
                        .forEach(service -> world.delete(service.key().toString()));
                world.settle();
                settleWithAudit(world);
                world.checkEmpty();
                return world.simulation().trace();
            }
        });
    }

    private static void settleWithAudit(World world) {
        world.settle();
        world.simulation().advance(AUDITS);
        world.settle();
    }

    /// Whatever a life has left in memories and in the cloud: now an audit writes nothing, what
    /// changes before the next one costs no more than elsewhere, and needs no audit to be done,
    /// also where it changes while its Service is at work.
    private void spendInPeace(World world) {
        world.requireCost(Budget.NOTHING, () -> awaitAudit(world));
        List<ServiceSnapshot> balanced =
                world.kubernetes().services().stream()
                        .filter(s -> s.type() == ServiceSnapshot.Type.LOAD_BALANCER)
                        .toList();
        balanced.forEach(service -> world.requireCost(budget.flip(), () -> flip(world, service)));
        for (ServiceSnapshot service : balanced) {
            flip(world, service);
            world.simulation().advance(WHILE_AT_WORK);
            flip(world, service);
        }
        world.settle();
        world.checkConverged();
    }

    private static void flip(World world, ServiceSnapshot service) {
        world.update(
                service.key().toString(),
                draft ->
                        draft.withPolicy(
                                draft.policy() == TrafficPolicy.LOCAL
                                        ? TrafficPolicy.CLUSTER
                                        : TrafficPolicy.LOCAL));
    }

    private static void awaitAudit(World world) {
        int before = world.audits();
        var _ = world.simulation().runUntil(() -> world.audits() > before, AUDITS);
    }

    /// Two replicas; who dies is replaced at once.
    private final class Crew {
        private final World world;
        private final List<Replica> alive = new ArrayList<>();

        Crew(World world) {
            this.world = world;
            alive.add(stage.boot(world));
            alive.add(stage.boot(world));
        }

        /// The leader by an even number, the other one by an odd one.
        Replica one(int how) {
            boolean leads = how % 2 == 0;
            return alive.stream()
                    .filter(replica -> replica.isLeader() == leads)
                    .findFirst()
                    .orElse(alive.getFirst());
        }

        void kill(Replica victim) {
            victim.kill();
            alive.remove(victim);
            alive.add(stage.boot(world));
        }
    }

    private void operate(World world, Crew crew, Op op) {
        int how = op.how();
        switch (op.kind()) {
            case CREATE_OR_DELETE -> onService(world, op);
            case CHANGE -> change(world, op);
            case NODE -> onNode(world, 1 + op.which() % nodesMax);
            case KILL -> crew.kill(crew.one(how));
            case SUSPEND -> crew.one(how).suspend(Duration.ofSeconds(1 + how));
            case FAULTS -> world.traffic().disturb(burst(world, how));
            case STRIKE ->
                    existing(world, op)
                            .ifPresent(service -> {
                                vandal.strike(world, service, how % 2 == 0);
                                world.struckByHand(service);
                            });
            case API_AWAY -> {
                Duration away = Duration.ofSeconds(1 + how % 20);
                if (how % 3 == 0) {
                    world.apiAwayFor(crew.one(how), away);
                } else {
                    world.apiAway(away);
                }
            }
            case RELIST -> crew.one(how).kubernetes().cut(Duration.ofSeconds(how % 10));
            case WEATHER -> {
                world.simulation().tell("the cloud's weather is " + how);
                world.readsLag(weather.turn(how));
            }
        }
    }

    private static Disturbance burst(World world, int how) {
        Simulation simulation = world.simulation();
        int oneIn = how % 3 == 0 ? Integer.MAX_VALUE : FAULT_ONE_IN;
        return (_, effectDone) -> {
            if (simulation.random(oneIn) != 0) {
                return Optional.empty();
            }
            return Optional.of(FAULTS.get(simulation.random(FAULTS.size())))
                    .filter(fault -> fault.strikes(effectDone));
        };
    }

    private static String key(Op op) {
        return "default/web-" + op.which() % SERVICES;
    }

    private static Optional<ServiceSnapshot> existing(World world, Op op) {
        return world.find(key(op)).filter(service -> !service.meta().deleting());
    }

    private void onService(World world, Op op) {
        Optional<ServiceSnapshot> service = world.find(key(op));
        if (service.isEmpty()) {
            world.create(key(op), draft);
        } else if (!service.get().meta().deleting() && op.how() % 2 == 0) {
            world.delete(key(op));
        } else if (op.how() % 4 == 1) {
            world.strip(key(op));
            world.find(key(op)).ifPresent(_ -> world.delete(key(op)));
            world.create(key(op), draft);
        }
    }

    private void change(World world, Op op) {
        if (existing(world, op).isEmpty()) {
            return;
        }
        int how = op.how() / 5;
        String key = key(op);
        switch (op.how() % 5) {
            case 0 -> {
                TrafficPolicy policy = how % 2 == 0 ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER;
                world.update(key, d -> d.withPolicy(policy));
            }
            case 1 -> world.update(key, d -> d.withPorts(Protocol.TCP, 80, 1_000 + how % 3));
            case 2 -> {
                String scheme = how % 2 == 0 ? "internal" : "internet-facing";
                world.update(key, d -> d.withAnnotation("origo.dev/scheme", scheme));
            }
            case 3 ->
                    world.update(
                            key,
                            d ->
                                    d.type() == ServiceSnapshot.Type.LOAD_BALANCER
                                            ? d.withType(ServiceSnapshot.Type.CLUSTER_IP)
                                            : draft.withFinalizers(d.finalizers()));
            default -> world.update(key, d -> d.withSourceRanges("203.0.113.0/24"));
        }
    }

    private void onNode(World world, int number) {
        NodeSnapshot fresh = node.apply(number);
        boolean there =
                world.kubernetes().nodes().stream().anyMatch(n -> n.name().equals(fresh.name()));
        if (there && number > 1) {
            world.deleteNode(fresh.name());
        } else {
            world.node(fresh);
        }
    }
}
