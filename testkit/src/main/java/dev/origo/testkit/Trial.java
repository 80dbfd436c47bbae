package dev.origo.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// One change of the world, done once in peace and then once for every call that it takes, with
/// that call disturbed: the end must be the same, whatever happened on the way.
///
/// @param name as the tests name it, `create`
/// @param prepare what comes before, undisturbed
/// @param change what is disturbed
public record Trial(String name, Consumer<World> prepare, Consumer<World> change) {
    private static final long SEED = 42;

    /// How long a permission is missing; longer than the slow retry.
    private static final Duration DENIED_FOR = Duration.ofMinutes(7);

    /// Longer than until the next audit.
    private static final Duration AUDIT = Duration.ofMinutes(12);

    /// How it ended in peace.
    ///
    /// @param calls all that the change took, in order
    /// @param dump both worlds at the end
    /// @param empty the cloud's world once the Service is deleted
    public record Peace(List<Crossing> calls, String dump, String empty) {
        public Peace {
            calls = List.copyOf(calls);
        }

        /// Calls to the cloud.
        public List<Crossing> cloudCalls() {
            return calls.stream().filter(Crossing::isCloud).toList();
        }

        public List<Crossing> cloudWrites() {
            return cloudCalls().stream().filter(Crossing::write).toList();
        }
    }

    /// One disturbed run to be.
    public record Disturbed(Crossing call, Fault fault, boolean effectDone) {
        /// `CRASH before #3 elb:CreateListener`.
        public String name() {
            return "%s %s %s".formatted(fault, effectDone ? "after" : "before", call);
        }
    }

    /// Runs it undisturbed.
    public Peace inPeace(Stage stage) {
        return Simulation.driven(() -> peace(stage));
    }

    private Peace peace(Stage stage) {
        try (World world = stage.open(SEED)) {
            int start = begin(stage, world);
            change.accept(world);
            world.settle();
            world.checkConverged();
            List<Crossing> calls = new ArrayList<>();
            for (Crossing c : world.traffic().crossings().subList(start, crossings(world))) {
                calls.add(
                        new Crossing(
                                c.number() - start, c.process(), c.api(), c.action(), c.write()));
            }
            String dump = world.dump();
            return new Peace(calls, dump, emptied(world));
        }
    }

    /// Every way to disturb it once with these faults.
    public static List<Disturbed> disturbances(Peace peace, List<Fault> faults) {
        List<Disturbed> all = new ArrayList<>();
        for (Crossing call : peace.calls()) {
            for (Fault fault : faults) {
                for (boolean effectDone : List.of(false, true)) {
                    boolean sensible = fault != Fault.IN_USE || call.write();
                    if (sensible && fault.strikes(effectDone)) {
                        all.add(new Disturbed(call, fault, effectDone));
                    }
                }
            }
        }
        return all;
    }

    /// Runs it with one call disturbed and compares the end.
    ///
    /// @throws AssertionError if it ends otherwise than in peace
    public void disturbed(Stage stage, Disturbed disturbed, Peace peace) {
        Simulation.driven(() -> {
            disturb(stage, disturbed, peace);
            return peace;
        });
    }

    private void disturb(Stage stage, Disturbed disturbed, Peace peace) {
        try (World world = stage.open(SEED)) {
            int start = begin(stage, world);
            world.traffic().disturb(disturbance(world, disturbed, start));
            change.accept(world);
            if (disturbed.fault() == Fault.CRASH) {
                Replica victim = world.replicas().getLast();
                boolean died =
                        world.simulation().runUntil(() -> !victim.isAlive(), World.SETTLE_MAX);
                require(died, "the call did not come again: " + disturbed.name(), world);
                stage.boot(world);
            }
            world.settle();
            world.checkConverged();
            requireSame(peace.dump(), world.dump(), world);
            requireSame(peace.empty(), emptied(world), world);
        }
    }

    private int begin(Stage stage, World world) {
        world.beginsHere();
        stage.boot(world);
        world.settle();
        prepare.accept(world);
        world.settle();
        return crossings(world);
    }

    private static int crossings(World world) {
        return world.traffic().crossings().size();
    }

    /// What is left once the Service is gone and audits have looked for what nobody owns.
    private static String emptied(World world) {
        if (world.find(Stage.SERVICE).isPresent()) {
            world.delete(Stage.SERVICE);
            world.settle();
        }
        world.checkConverged();
        world.simulation().advance(AUDIT);
        world.settle();
        world.checkEmpty();
        return world.dump();
    }

    private static Disturbance disturbance(World world, Disturbed disturbed, int start) {
        int number = start + disturbed.call().number();
        if (disturbed.fault() != Fault.DENIED) {
            return Disturbance.once(number, disturbed.fault(), disturbed.effectDone());
        }
        String action = disturbed.call().action();
        long[] until = {Long.MAX_VALUE};
        return (crossing, _) -> {
            long now = world.simulation().nanoTime();
            if (crossing.number() == number) {
                until[0] = now + DENIED_FOR.toNanos();
            }
            boolean denied =
                    crossing.number() >= number
                            && crossing.action().equals(action)
                            && now < until[0];
            return denied ? Optional.of(Fault.DENIED) : Optional.empty();
        };
    }

    private static void requireSame(String expected, String found, World world) {
        List<String> missing = new ArrayList<>(expected.lines().toList());
        List<String> extra = new ArrayList<>(found.lines().toList());
        found.lines().forEach(missing::remove);
        expected.lines().forEach(extra::remove);
        require(
                expected.equals(found),
                "it ends otherwise than in peace.\nonly in peace:\n%s\nonly here:\n%s"
                        .formatted(String.join("\n", missing), String.join("\n", extra)),
                world);
    }

    private static void require(boolean holds, String otherwise, World world) {
        if (!holds) {
            throw new AssertionError(otherwise + "\n" + world.simulation().trace());
        }
    }
}
