package dev.origo.files;

import dev.origo.embedded.kube.KubernetesModel;
import dev.origo.model.Cidr;
import dev.origo.model.ClusterId;
import dev.origo.model.HealthCheck;
import dev.origo.model.NodeSnapshot;
import dev.origo.spi.Annotations;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderConfig;
import dev.origo.spi.ProviderRuntime;
import dev.origo.testkit.Budget;
import dev.origo.testkit.Budget.Cost;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.conformance.Balancer.Front;
import dev.origo.testkit.conformance.Balancer.Listener;
import dev.origo.testkit.conformance.CloudUnderTest;
import dev.origo.testkit.conformance.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The provider on a directory that goes with the test.
final class FilesSubject implements Subject {
    @Override
    public String name() {
        return "files";
    }

    @Override
    public Budget budget() {
        return new Budget(new Cost(4, 3), new Cost(2, 2), new Cost(4, 4), new Cost(3, 3));
    }

    @Override
    public CloudUnderTest open(Simulation simulation) {
        try {
            return new Cloud(Files.createTempDirectory("origo-files"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The directory as the simulator sees it; closing it removes it.
    static CloudUnderTest at(Path root) {
        return new Cloud(root);
    }

    private record Cloud(Path root) implements CloudUnderTest {
        private List<Kept> files() {
            return new Directory(root).list("").kept();
        }

        @Override
        public String loadBalancerClass() {
            return new FilesProviderFactory().defaultClass();
        }

        @Override
        public Annotations annotations() {
            return new FilesProviderFactory().annotations();
        }

        @Override
        public Provider<?, ?> provider(ClusterId cluster, ProviderRuntime runtime) {
            return new FilesProviderFactory()
                    .create(
                            new ProviderConfig(
                                    cluster,
                                    Map.of(FilesProviderFactory.DIRECTORY, root.toString())),
                            runtime);
        }

        @Override
        public NodeSnapshot node(int number) {
            return KubernetesModel.newNode("node-" + number, "", "10.0.0." + number);
        }

        @Override
        public List<dev.origo.testkit.conformance.Balancer> standing() {
            Map<String, Pool> pools = new TreeMap<>();
            for (Kept kept : files()) {
                if (kept instanceof Pool pool) {
                    pools.put(pool.name(), pool);
                }
            }
            return files().stream()
                    .flatMap(kept -> kept instanceof Balancer b ? Stream.of(b) : Stream.empty())
                    .map(balancer -> seen(balancer, pools))
                    .toList();
        }

        private static dev.origo.testkit.conformance.Balancer seen(
                Balancer balancer, Map<String, Pool> pools) {
            SortedMap<Front, Listener> listeners = new TreeMap<>();
            for (Balancer.Front front : balancer.fronts().values()) {
                Pool pool = pools.get(front.pool());
                if (pool == null) {
                    continue; // somebody has broken its file: it serves nobody
                }
                listeners.put(
                        new Front(front.protocol(), front.port()),
                        new Listener(
                                front.carrier(),
                                pool.nodes().stream()
                                        .map(node -> node + ":" + pool.nodePort())
                                        .collect(Collectors.toCollection(TreeSet::new)),
                                Optional.of(check(pool.check())),
                                ranges(front),
                                front.keepsClientsSeconds() > 0));
            }
            return new dev.origo.testkit.conformance.Balancer(
                    balancer.mark().cluster(),
                    balancer.mark().uid(),
                    new TreeSet<>(balancer.addresses().values()),
                    balancer.scheme(),
                    listeners);
        }

        private static SortedSet<Cidr> ranges(Balancer.Front front) {
            return front.sourceRanges().stream()
                    .map(Cidr::parse)
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        private static HealthCheck check(Pool.Check check) {
            return new HealthCheck(
                    check.port() == 0
                            ? new HealthCheck.TrafficPort()
                            : new HealthCheck.Http(check.port(), check.path()),
                    new HealthCheck.Timing(
                            Duration.ofSeconds(check.intervalSeconds()),
                            Duration.ofSeconds(check.timeoutSeconds()),
                            check.healthy(),
                            check.unhealthy()));
        }

        @Override
        public SortedMap<String, List<String>> owned(ClusterId cluster) {
            SortedMap<String, List<String>> owned = new TreeMap<>();
            for (Kept kept : files()) {
                if (kept.mark().cluster().equals(cluster.mark())) {
                    owned.computeIfAbsent(kept.mark().uid(), _ -> new ArrayList<>())
                            .add(kept.folder() + "/" + kept.name());
                }
            }
            return owned;
        }

        @Override
        public boolean isBalancer(String owned) {
            return owned.startsWith(Balancer.FOLDER + "/");
        }

        @Override
        public String dump() {
            return files().stream().map(Kept::toString).collect(Collectors.joining("\n"));
        }

        @Override
        public SortedMap<String, Damage> damages() {
            return new TreeMap<>(
                    Map.of(
                            "the balancer is deleted",
                            (cluster, uid) -> delete(uid, Balancer.FOLDER),
                            "a pool is emptied",
                            (cluster, uid) -> empty(uid)));
        }

        private void delete(String uid, String folder) {
            files().stream()
                    .filter(kept -> kept.mark().uid().equals(uid) && kept.folder().equals(folder))
                    .forEach(new Directory(root)::delete);
        }

        private void empty(String uid) {
            files().stream()
                    .flatMap(kept -> kept instanceof Pool pool ? Stream.of(pool) : Stream.empty())
                    .filter(pool -> pool.mark().uid().equals(uid))
                    .limit(1)
                    .forEach(pool -> new Directory(root).change(pool.withNodes(new TreeSet<>())));
        }

        @Override
        public void close() {
            try (Stream<Path> all = Files.walk(root)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
