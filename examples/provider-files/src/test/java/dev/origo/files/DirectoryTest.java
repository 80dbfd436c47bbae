package dev.origo.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.model.HealthCheck;
import dev.origo.model.IpFamily;
import dev.origo.model.Scheme;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

        assertThat(directory().list("").kept()).containsExactly(pool);
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
        assertThat(directory().list("").kept()).containsExactly(theirs);
    }

    @Test
    void aBrokenFileIsNamedWithItsLineAndKept() throws IOException {
        Path file = Files.createDirectories(root.resolve("pools")).resolve("broken.json");
        Files.writeString(file, "{\n  \"name\": nonsense\n}");

        assertThat(directory().list("").unreadable().toString())
                .contains("broken.json line 2 is no Pool", "mend the file");
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

    @Test
    void whatIsThereIsNotCreatedAgain() {
        Pool first = directory().create(pool(OURS, "a"));

        assertThatThrownBy(() -> directory().create(pool(OURS, "b")))
                .hasMessageContainingAll("files:CreatePool", "Conflict", "pool.json");
        assertThat(directory().list("").kept()).containsExactly(first);
    }

    @Test
    void whatAKilledProcessLeftHalfWrittenIsOverwritten() throws IOException {
        Files.writeString(root.resolve(".draft"), "{\"name\": \"po");
        Pool pool = directory().create(pool(OURS, "a"));

        assertThat(directory().list("").kept()).containsExactly(pool);
        assertThat(root.resolve(".draft")).doesNotExist();
    }

    @Test
    void nothingIsChangedWhileAnotherProcessChangesSomething() throws IOException {
        try (FileChannel channel =
                        FileChannel.open(
                                root.resolve(".lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            assertThatThrownBy(() -> directory().create(pool(OURS, "a")))
                    .hasMessageContainingAll("files:CreatePool", "Conflict");
        }
        assertThat(directory().list("").kept()).isEmpty();
    }

    @Test
    void noAddressIsGivenWhileABalancerCannotBeRead() throws IOException {
        Balancer one = directory().create(balancer("one"), Set.of(IpFamily.IPV4), "");
        Path file = root.resolve("balancers/one.json");
        String whole = Files.readString(file);
        Files.writeString(file, whole.replace("INTERNAL", "ELSEWHERE"));

        assertThatThrownBy(() -> directory().create(balancer("two"), Set.of(IpFamily.IPV4), ""))
                .hasMessageContainingAll("files:CreateBalancer", "one.json line", "mend the file");

        Files.writeString(file, whole);
        assertThat(directory().list("").kept()).containsExactly(one);
    }

    @Test
    void aChangeOfWhatIsGoneIsToldAsThat() {
        assertThatThrownBy(() -> directory().change(pool(OURS, "a")))
                .hasMessageContainingAll("files:ChangePool", "NotFound", "pool.json is gone");
    }

    @Test
    void aFileWhereAFolderShouldBeIsNamed() throws IOException {
        Files.writeString(root.resolve("pools"), "");

        assertThatThrownBy(() -> directory().list(""))
                .hasMessageContainingAll("files:List", "Unknown", root + "/pools");
    }
}
