package dev.origo.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.model.HealthCheck;
import dev.origo.model.IpFamily;
import dev.origo.model.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files of other people and broken ones, and addresses that are taken.
class DirectoryTest {
    private static final Mark OURS = new Mark("blue/1", "default/web", "u1");
    private static final Mark THEIRS = new Mark("blue/2", "default/web", "u1");
    private static final Pool.Check CHECK =
            Pool.Check.of(
                    new HealthCheck(
                            new HealthCheck.Http(10256, "/healthz"),
                            new HealthCheck.Timing(
                                    Duration.ofSeconds(3), Duration.ofSeconds(1), 1, 2)));

    @TempDir Path root = Path.of("");

    private Directory directory() {
        return new Directory(root);
    }

    private static Pool pool(Mark mark, String... nodes) {
        SortedSet<String> all = new TreeSet<>(List.of(nodes));
        return new Pool("pool", mark, 30_080, all, CHECK);
    }

    private static Balancer balancer(String name) {
        return new Balancer(name, OURS, "", "", Scheme.INTERNAL, new TreeMap<>(), new TreeMap<>());
    }

    @Test
    void whatIsWrittenIsReadBackAndLeavesNothingBeside() throws IOException {
        Pool pool = directory().create(pool(OURS, "a", "b"));

        assertThat(directory().list()).containsExactly(pool);
        try (Stream<Path> files = Files.list(root.resolve("pools"))) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactly("pool.json");
        }
    }

    @Test
    void aFileOfOthersIsNeitherWrittenNorDeleted() {
        Pool theirs = directory().create(pool(THEIRS, "a"));

        assertThatThrownBy(() -> directory().create(pool(OURS))).hasMessageContaining("NAME_TAKEN");
        assertThatThrownBy(() -> directory().change(pool(OURS))).hasMessageContaining("NAME_TAKEN");
        assertThatThrownBy(() -> directory().delete(pool(OURS))).hasMessageContaining("NAME_TAKEN");
        assertThat(directory().list()).containsExactly(theirs);
    }

    @Test
    void aBrokenFileIsNamedWithItsLineAndKept() throws IOException {
        Path file = Files.createDirectories(root.resolve("pools")).resolve("broken.json");
        Files.writeString(file, "{\n  \"name\": nonsense\n}");

        assertThatThrownBy(() -> directory().list())
                .hasMessageContainingAll("broken.json line 2 is no Pool", "mend the file");
        assertThat(file).exists();
    }

    @Test
    void anAddressIsGivenOnce() {
        Set<IpFamily> both = Set.of(IpFamily.IPV4, IpFamily.IPV6);
        Balancer first = directory().create(balancer("one"), both, "192.0.2.2");
        Balancer second = directory().create(balancer("two"), both, "");
        Balancer third = directory().create(balancer("three"), Set.of(IpFamily.IPV4), "");

        assertThat(first.addresses().values()).containsExactly("192.0.2.2", "2001:db8:0:0:0:0:0:1");
        assertThat(second.addresses().values())
                .containsExactly("192.0.2.1", "2001:db8:0:0:0:0:0:2");
        assertThat(third.addresses().values()).containsExactly("192.0.2.3");
        assertThatThrownBy(() ->
                        directory().create(balancer("four"), Set.of(IpFamily.IPV4), "192.0.2.2"))
                .hasMessageContaining("192.0.2.2 is another balancer's");
    }
}
