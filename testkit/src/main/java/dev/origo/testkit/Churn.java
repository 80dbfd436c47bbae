package dev.origo.testkit;

import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.TrafficPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// Random life: users, nodes, crashes, throttling and outages by a seed, then quiet, then the end
/// of every Service. The laws of [World] hold all the time, and at the end nothing is left.
///
/// @param node makes the node of this number, from 1
/// @param nodesMax nodes that there can be
/// @param draft what users create
/// @param vandal deletes something of ours by hand
public record Churn(
        Stage stage,
        IntFunction<NodeSnapshot> node,
        int nodesMax,
        ServiceDraft draft,
        Vandal vandal) {
    private static final int OPERATIONS = 25;
    private static final int SERVICES = 4;
    private static final int FAULT_ONE_IN = 25;
    private static final Duration AUDITS = Duration.ofMinutes(24);

    private static final List<Fault> FAULTS =
            List.of(Fault.THROTTLED, Fault.SERVER_ERROR, Fault.ANSWER_LOST, Fault.IN_USE);

    /// Someone with access to the cloud's console.
    @FunctionalInterface
    public interface Vandal {
        /// Deletes a part, or the whole balancer, of a Service.
        void strike(World world, ServiceSnapshot service, boolean whole);
    }

    /// Lives through one seed; the answer is its trace.
    public String live(long seed) {
        return Simulation.driven(() -> {
            try (World world = stage.open(seed)) {
                world.beginsHere();
                Replica[] process = {stage.boot(world)};
                world.settle();
                for (int i = 0; i < OPERATIONS; i++) {
                    operate(world, process);
                    world.simulation().advance(Duration.ofMillis(world.simulation().random(8_000)));
                }
                world.traffic().disturb(Disturbance.NONE);
                settleWithAudit(world);
                world.checkConverged();
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

    private void operate(World world, Replica[] process) {
        Simulation simulation = world.simulation();
        switch (simulation.random(12)) {
            case 0, 1, 2 -> onService(world, simulation.random(SERVICES));
            case 3, 4, 5 -> change(world, simulation.random(SERVICES));
            case 6, 7 -> onNode(world, 1 + simulation.random(nodesMax));
            case 8 -> {
                process[0].kill();
                process[0] = stage.boot(world);
            }
            case 9 -> world.traffic().disturb(burst(world));
            case 10 ->
                    existing(world, simulation.random(SERVICES))
                            .ifPresent(service -> {
                                world.struckByHand(service);
                                vandal.strike(world, service, simulation.random(2) == 0);
                            });
            default -> outage(world);
        }
    }

    private static void outage(World world) {
        Simulation simulation = world.simulation();
        if (simulation.random(2) == 0) {
            world.apiAway(Duration.ofSeconds(1 + simulation.random(20)));
        } else {
            world.replicas().getLast().kubernetes().relist();
        }
    }

    private Disturbance burst(World world) {
        Simulation simulation = world.simulation();
        int oneIn = simulation.random(3) == 0 ? Integer.MAX_VALUE : FAULT_ONE_IN;
        return (_, effectDone) -> {
            if (simulation.random(oneIn) != 0) {
                return Optional.empty();
            }
            return Optional.of(FAULTS.get(simulation.random(FAULTS.size())))
                    .filter(fault -> fault.strikes(effectDone));
        };
    }

    private static String key(int number) {
        return "default/web-" + number;
    }

    private static Optional<ServiceSnapshot> existing(World world, int number) {
        return world.find(key(number)).filter(service -> !service.meta().deleting());
    }

    private void onService(World world, int number) {
        Optional<ServiceSnapshot> service = world.find(key(number));
        if (service.isEmpty()) {
            world.create(key(number), draft);
        } else if (!service.get().meta().deleting() && world.simulation().random(2) == 0) {
            world.delete(key(number));
        }
    }

    private void change(World world, int number) {
        if (existing(world, number).isEmpty()) {
            return;
        }
        Simulation simulation = world.simulation();
        String key = key(number);
        switch (simulation.random(5)) {
            case 0 -> {
                TrafficPolicy policy =
                        simulation.random(2) == 0 ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER;
                world.update(key, d -> d.withPolicy(policy));
            }
            case 1 -> {
                int port = 1_000 + simulation.random(3);
                world.update(key, d -> d.withPorts(Protocol.TCP, 80, port));
            }
            case 2 -> {
                String scheme = simulation.random(2) == 0 ? "internal" : "internet-facing";
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
