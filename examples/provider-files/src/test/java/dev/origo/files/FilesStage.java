package dev.origo.files;

import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.ServiceSnapshot;
import dev.origo.spi.Calls;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.spi.ProviderConfig;
import dev.origo.spi.ProviderRuntime;
import dev.origo.testkit.Blueprint;
import dev.origo.testkit.Replica;
import dev.origo.testkit.SimulatedTasks;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.Stage;
import dev.origo.testkit.Traffic;
import dev.origo.testkit.World;
import dev.origo.testkit.conformance.CloudUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Worlds whose cloud is one directory, emptied for each of them.
final class FilesStage implements Stage, AutoCloseable {
    private final Path root;

    FilesStage() {
        try {
            this.root = Files.createTempDirectory("origo-files");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ServiceDraft web() {
        return ServiceDraft.balanced("origo.dev/files", 80, 443);
    }

    Path root() {
        return root;
    }

    CloudUnderTest cloud() {
        return FilesSubject.at(root);
    }

    @Override
    public World open(long seed) {
        sweep();
        World world = new World(new Simulation(seed), cloud());
        world.node(cloud().node(1));
        world.node(cloud().node(2));
        return world;
    }

    @Override
    public Replica boot(World world) {
        FilesProviderFactory factory = new FilesProviderFactory();
        SimulatedTasks network = world.simulation().process("network");
        return world.start(
                Blueprint.standard(
                        factory.defaultClass(),
                        factory.annotations(),
                        runtime ->
                                factory.create(
                                        new ProviderConfig(
                                                Blueprint.CLUSTER,
                                                Map.of(
                                                        FilesProviderFactory.DIRECTORY,
                                                        root.toString())),
                                        new ProviderRuntime(
                                                new Disturbed(
                                                        runtime.calls(), world.traffic(), network),
                                                runtime.tasks()))));
    }

    /// Deletes the balancer of a Service, or the targets of its first pool.
    void strike(ServiceSnapshot service, boolean whole) {
        String damage = whole ? "the balancer is deleted" : "a pool is emptied";
        Optional.ofNullable(cloud().damages().get(damage))
                .orElseThrow()
                .to(Blueprint.CLUSTER, service.meta().uid());
    }

    private void sweep() {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(root)) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        sweep();
        try {
            Files.delete(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Strikes between the provider and its calls. What came too late has its effect all the same.
    private record Disturbed(Calls calls, Traffic traffic, SimulatedTasks network)
            implements Calls {
        private static final int LATE_SECONDS_MAX = 20;

        @Override
        public <T> T read(String family, String action, Supplier<T> call) {
            return calls.read(family, action, () -> passing(family, action, false, call));
        }

        @Override
        public <T> T write(String family, String action, boolean repeatable, Supplier<T> call) {
            return calls.write(
                    family, action, repeatable, () -> passing(family, action, true, call));
        }

        private <T> T passing(String family, String action, boolean write, Supplier<T> call) {
            try {
                traffic.before(family, action, write);
            } catch (CloudException e) {
                if (write
                        && e.failure() instanceof CloudFailure.Unreachable(String why, _)
                        && why.equals("no answer in time")) {
                    late(call);
                }
                throw e;
            }
            try {
                return call.get();
            } finally {
                traffic.after();
            }
        }

        private void late(Supplier<?> call) {
            Duration delay = Duration.ofSeconds(1 + network.simulation().random(LATE_SECONDS_MAX));
            network.after(
                    delay,
                    "late",
                    () -> {
                        try {
                            var _ = call.get();
                        } catch (CloudException e) {
                            network.simulation().tell("late, and refused: " + e.getMessage());
                        }
                    });
        }
    }
}
