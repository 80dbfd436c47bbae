package dev.origo.files;

import dev.origo.model.Code;
import dev.origo.model.IpFamily;
import dev.origo.model.Problem;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The cloud itself: two folders of JSON files. Each file is written whole or not at all; a file of
/// anybody else's is never written or deleted.
///
/// Thread-safe: one change at a time.
final class Directory {
    private static final String ENDING = ".json";
    private static final int ADDRESSES_MAX = 254;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path root;
    private final ReentrantLock lock = new ReentrantLock();

    Directory(Path root) {
        this.root = root;
    }

    /// Everything in it.
    List<Kept> list() {
        return locked(
                "List",
                () -> {
                    List<Kept> all = new ArrayList<>();
                    all.addAll(read(Balancer.FOLDER, Balancer.class));
                    all.addAll(read(Pool.FOLDER, Pool.class));
                    return all;
                });
    }

    Pool create(Pool pool) {
        return locked("CreatePool", () -> created(pool));
    }

    Pool change(Pool pool) {
        return locked("ChangePool", () -> changed(pool));
    }

    /// Gives it addresses, the requested one or the first that are free.
    Balancer create(Balancer balancer, Set<IpFamily> families, String requestedIp) {
        return locked(
                "CreateBalancer",
                () -> created(balancer.withAddresses(addresses(balancer, families, requestedIp))));
    }

    Balancer change(Balancer balancer, Set<IpFamily> families) {
        return locked(
                "ChangeBalancer",
                () -> changed(balancer.withAddresses(addresses(balancer, families, ""))));
    }

    /// A pool that a balancer names cannot go.
    void delete(Kept kept) {
        locked(
                "Delete",
                () -> {
                    Path file = file(kept);
                    if (Files.exists(file)) {
                        requireOurs(kept, file);
                        if (kept instanceof Pool pool
                                && read(Balancer.FOLDER, Balancer.class).stream()
                                        .anyMatch(balancer -> balancer.uses(pool.name()))) {
                            throw failure(
                                    "Delete",
                                    new CloudFailure.Conflict(file + " is named by a balancer"));
                        }
                        Files.delete(file);
                    }
                    return kept;
                });
    }

    private <K extends Kept> K created(K kept) throws IOException {
        Path file = file(kept);
        if (Files.exists(file)) {
            requireOurs(kept, file);
        }
        return written(kept, file);
    }

    private <K extends Kept> K changed(K kept) throws IOException {
        Path file = file(kept);
        requireOurs(kept, file);
        return written(kept, file);
    }

    private void requireOurs(Kept kept, Path file) throws IOException {
        if (!Files.exists(file)) {
            throw failure("Change", new CloudFailure.NotFound(file + " is gone"));
        }
        if (!read(file, kept.getClass()).mark().equals(kept.mark())) {
            throw failure(
                    "Change",
                    new CloudFailure.Rejected(
                            Problem.error(
                                    Code.NAME_TAKEN, file + " is there and not this Service's")));
        }
    }

    /// Whole or not at all: written beside it, on the disk, then renamed.
    private <K extends Kept> K written(K kept, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(kept);
        try (FileChannel channel =
                FileChannel.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(json);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return kept;
    }

    private SortedMap<IpFamily, String> addresses(
            Balancer balancer, Set<IpFamily> families, String requestedIp) throws IOException {
        SortedMap<IpFamily, String> given = new TreeMap<>(balancer.addresses());
        given.keySet().retainAll(families);
        List<String> taken =
                read(Balancer.FOLDER, Balancer.class).stream()
                        .filter(other -> !other.name().equals(balancer.name()))
                        .flatMap(other -> other.addresses().values().stream())
                        .toList();
        for (IpFamily family : families) {
            boolean requested =
                    !requestedIp.isEmpty()
                            && requestedIp.contains(":") == (family == IpFamily.IPV6);
            if (requested && taken.contains(requestedIp)) {
                throw failure(
                        "CreateBalancer",
                        new CloudFailure.Rejected(
                                Problem.error(
                                        Code.CLOUD_REJECTED,
                                        "spec.loadBalancerIP %s is another balancer's"
                                                .formatted(requestedIp))));
            }
            if (requested) {
                given.put(family, requestedIp);
            } else if (!given.containsKey(family)) {
                given.put(family, free(family, taken));
            }
        }
        return given;
    }

    /// Of the ranges for documentation. Source: RFC 5737, RFC 3849
    private static String free(IpFamily family, List<String> taken) {
        for (int i = 1; i <= ADDRESSES_MAX; i++) {
            String address =
                    family == IpFamily.IPV4 ? "192.0.2." + i : "2001:db8:0:0:0:0:0:%x".formatted(i);
            if (!taken.contains(address)) {
                return address;
            }
        }
        throw failure("CreateBalancer", new CloudFailure.QuotaExceeded(family + " addresses"));
    }

    private Path file(Kept kept) {
        return root.resolve(kept.folder()).resolve(kept.name() + ENDING);
    }

    private <K extends Kept> List<K> read(String folder, Class<K> kind) throws IOException {
        Path directory = root.resolve(folder);
        if (!Files.exists(directory)) {
            return List.of();
        }
        List<K> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(ENDING)).sorted().toList()) {
                all.add(read(file, kind));
            }
        }
        return all;
    }

    private static <K extends Kept> K read(Path file, Class<K> kind) throws IOException {
        try {
            return JSON.readValue(Files.readString(file, StandardCharsets.UTF_8), kind);
        } catch (JacksonException e) {
            String line =
                    Optional.ofNullable(e.getLocation())
                            .map(at -> " line %d".formatted(at.getLineNr()))
                            .orElse("");
            throw failure(
                    "Read",
                    new CloudFailure.Rejected(
                            Problem.error(
                                            Code.CLOUD_REJECTED,
                                            "%s%s is no %s: %s"
                                                    .formatted(
                                                            file,
                                                            line,
                                                            kind.getSimpleName(),
                                                            e.getOriginalMessage()))
                                    .withFix("mend the file, or move it out of the directory")));
        }
    }

    private interface Effect<T> {
        T take() throws IOException;
    }

    private <T> T locked(String action, Effect<T> effect) {
        lock.lock();
        try {
            return effect.take();
        } catch (AccessDeniedException | NoSuchFileException e) {
            throw failure(action, new CloudFailure.Denied("access to " + e.getFile()));
        } catch (FileSystemException e) {
            throw failure(action, new CloudFailure.Unreachable(e.toString(), true));
        } catch (IOException e) {
            throw failure(action, new CloudFailure.Unknown(e.toString()));
        } finally {
            lock.unlock();
        }
    }

    private static CloudException failure(String action, CloudFailure failure) {
        return new CloudException("files:" + action, failure);
    }
}
