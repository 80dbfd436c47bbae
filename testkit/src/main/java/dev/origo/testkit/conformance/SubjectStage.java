package dev.origo.testkit.conformance;

import dev.origo.model.ClusterId;
import dev.origo.spi.Calls;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderRuntime;
import dev.origo.testkit.Blueprint;
import dev.origo.testkit.Replica;
import dev.origo.testkit.SimulatedTasks;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.Stage;
import dev.origo.testkit.World;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A subject as the simulator's trials and random lives see it: a fresh cloud for each world,
/// faults between the provider and its calls.
///
/// Thread rule: as [dev.origo.testkit.Simulation].
public final class SubjectStage implements Stage, AutoCloseable {
    private final Function<Simulation, CloudUnderTest> clouds;
    private @Nullable CloudUnderTest cloud;

    /// On clouds as [Subject#open] makes them.
    public SubjectStage(Function<Simulation, CloudUnderTest> clouds) {
        this.clouds = clouds;
    }

    @Override
    public World open(long seed) {
        close();
        Simulation simulation = new Simulation(seed);
        CloudUnderTest fresh = clouds.apply(simulation);
        cloud = fresh;
        World world = new World(simulation, fresh);
        world.node(fresh.node(1));
        world.node(fresh.node(2));
        return world;
    }

    /// The cloud that was opened last.
    public CloudUnderTest cloud() {
        if (cloud == null) {
            throw new IllegalStateException("no world is open");
        }
        return cloud;
    }

    @Override
    public Replica boot(World world) {
        return world.start(blueprint(world));
    }

    Blueprint blueprint(World world) {
        return blueprint(world, Blueprint.CLUSTER);
    }

    Blueprint blueprint(World world, ClusterId cluster) {
        CloudUnderTest at = cloud();
        SimulatedTasks network = world.simulation().process("network");
        return Blueprint.standard(
                        at.loadBalancerClass(),
                        at.annotations(),
                        runtime ->
                                at.provider(
                                        cluster,
                                        new ProviderRuntime(
                                                new DisturbedCalls(
                                                        runtime.calls(), world.traffic(), network),
                                                runtime.tasks())))
                .withCluster(cluster);
    }

    /// A provider of which only what it says of itself is asked.
    Provider<?, ?> idle() {
        return cloud().provider(
                        Blueprint.CLUSTER,
                        new ProviderRuntime(new NoCalls(), new Simulation(0).process("idle")));
    }

    @Override
    public void close() {
        if (cloud != null) {
            cloud.close();
            cloud = null;
        }
    }

    /// Making a provider calls nobody.
    private record NoCalls() implements Calls {
        @Override
        public <T> T read(String family, String action, Supplier<T> call) {
            throw new AssertionError("%s:%s is called at once".formatted(family, action));
        }

        @Override
        public <T> T write(String family, String action, boolean repeatable, Supplier<T> call) {
            throw new AssertionError("%s:%s is called at once".formatted(family, action));
        }
    }
}
