package dev.origo.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.Affinity;
import dev.origo.model.Condition;
import dev.origo.model.IpFamily;
import dev.origo.testkit.Crossing;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.Stage;
import dev.origo.testkit.World;
import dev.origo.testkit.conformance.SubjectStage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What lies in the directory beside a Service's files, and what it does to that Service.
class FilesNeighboursTest {
    private static final String OTHER = "default/other";
    private static final long SEED = 7;

    @TempDir Path parent = Path.of("");

    private Path root() {
        return parent.resolve("balancers");
    }

    private static ServiceDraft web() {
        return ServiceDraft.balanced(new FilesProviderFactory().defaultClass(), 80, 443);
    }

    private void inWorld(BiConsumer<SubjectStage, World> test) {
        try (SubjectStage stage = new SubjectStage(_ -> FilesSubject.at(root()))) {
            Simulation.driven(() -> {
                try (World world = stage.open(SEED)) {
                    test.accept(stage, world);
                    return world;
                }
            });
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path first(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String conditions(World world, String key) {
        return String.join(
                "\n",
                world.service(key).status().conditions().stream()
                        .map(Condition::toString)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no JSON at all",
                "{}",
                "null",
                "{\"name\": \"notes\", \"nodes\": []}",
                "{\"name\": \"../../notes\", \"mark\": {\"cluster\": 1}}"
            })
    void aStrangersFileStopsNobody(String text) {
        inWorld((stage, world) -> {
            Path notes = root().resolve("pools/notes.json");
            write(notes, text);
            stage.boot(world);

            world.create(Stage.SERVICE, web());
            world.settle();
            world.checkConverged();
            world.node(stage.cloud().node(3));
            world.settle();
            world.checkConverged();
            world.delete(Stage.SERVICE);
            world.settle();

            world.checkEmpty();
            assertThat(text(notes)).isEqualTo(text);
        });
    }

    @Test
    void aBrokenFileStopsItsServiceAloneUntilItIsMended() {
        inWorld((stage, world) -> {
            stage.boot(world);
            world.create(Stage.SERVICE, web());
            world.settle();
            Path pool = first(root().resolve("pools"));
            String whole = text(pool);
            write(pool, whole.substring(0, whole.length() / 2));
            world.struckByHand(world.service(Stage.SERVICE));

            world.create(OTHER, web());
            world.node(stage.cloud().node(3));
            world.simulation().advance(Duration.ofMinutes(24));

            assertThat(world.addresses(OTHER)).hasSize(1);
            assertThat(conditions(world, Stage.SERVICE)).contains(pool.toString(), "line");
            assertThat(text(pool)).isEqualTo(whole.substring(0, whole.length() / 2));

            write(pool, whole);
            world.simulation().advance(Duration.ofMinutes(24));
            world.settle();
            world.checkConverged();
        });
    }

    @Test
    void aCopyThatAPersonKeepsIsNobodys() {
        inWorld((stage, world) -> {
            stage.boot(world);
            world.create(Stage.SERVICE, web());
            world.settle();
            Path pool = first(root().resolve("pools"));
            Path copy = pool.resolveSibling("zz-before-the-change.json");
            String before = text(pool);
            write(copy, before);

            world.node(stage.cloud().node(3));
            world.simulation().advance(Duration.ofMinutes(24));
            world.settle();

            assertThat(text(pool)).contains("node-3");
            assertThat(text(copy)).isEqualTo(before);
            int quiet = world.traffic().crossings().size();
            world.simulation().advance(Duration.ofMinutes(24));
            assertThat(world.traffic().cloudCallsSince(quiet)).noneMatch(Crossing::write);
        });
    }

    @Test
    void whoeverAsksForTheAddressThatItHasKeepsIt() {
        inWorld((stage, world) -> {
            stage.boot(world);
            world.create(Stage.SERVICE, web());
            world.settle();
            List<String> given = world.addresses(Stage.SERVICE);

            world.update(Stage.SERVICE, d -> d.withLoadBalancerIp(given.getFirst()));
            world.settle();
            assertThat(conditions(world, Stage.SERVICE)).doesNotContain("another balancer");
            assertThat(world.addresses(Stage.SERVICE)).isEqualTo(given);

            world.update(Stage.SERVICE, d -> d.withLoadBalancerIp(""));
            world.settle();
            assertThat(world.addresses(Stage.SERVICE)).isEqualTo(given);
        });
    }

    @Test
    void anAddressThatTheDirectoryHasNotIsRefusedAndWhatStandsStays() {
        inWorld((stage, world) -> {
            stage.boot(world);
            world.create(Stage.SERVICE, web());
            world.settle();
            List<String> given = world.addresses(Stage.SERVICE);

            world.update(Stage.SERVICE, d -> d.withLoadBalancerIp("10.1.2.3"));
            world.settle();

            assertThat(conditions(world, Stage.SERVICE))
                    .contains("spec.loadBalancerIP 10.1.2.3 is not in 192.0.2.0/24");
            assertThat(world.addresses(Stage.SERVICE)).isEqualTo(given);
        });
    }

    @Test
    void oneAddressIsNotGivenTwiceHoweverItIsWritten() {
        inWorld((stage, world) -> {
            ServiceDraft six = web().withIpFamilies(new LinkedHashSet<>(List.of(IpFamily.IPV6)));
            stage.boot(world);
            world.create(Stage.SERVICE, six.withLoadBalancerIp("2001:db8::7"));
            world.create(OTHER, six.withLoadBalancerIp("2001:0db8:0:0:0:0:0:7"));
            world.settle();

            assertThat(world.addresses(Stage.SERVICE).size() + world.addresses(OTHER).size())
                    .isEqualTo(1);
        });
    }

    @Test
    void theFileTellsHowLongAClientIsKept() {
        inWorld((stage, world) -> {
            stage.boot(world);
            world.create(
                    Stage.SERVICE,
                    web().withAffinity(new Affinity.ClientIp(Duration.ofMinutes(5))));
            world.settle();

            assertThat(text(first(root().resolve("balancers"))))
                    .contains("\"keepsClientsSeconds\" : 300");
        });
    }
}
