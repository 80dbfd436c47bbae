package dev.origo.files;

import com.fasterxml.jackson.annotation.Nulls;
import dev.origo.model.Code;
import dev.origo.model.IpFamily;
import dev.origo.model.Problem;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The cloud itself: two folders of JSON files. Each file is written whole or not at all; a file of
/// anybody else's, and one that nobody can read, is never written or deleted.
///
/// Thread-safe: the lock, and a locked file for other processes, let one change happen at a time.
final class Directory {
    private static final String ENDING = ".json";

    /// What is being written. Whatever a killed process left there, the next one overwrites.
    private static final String DRAFT = ".draft";

    private static final String LOCK = ".lock";

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .changeDefaultNullHandling(
                            nulls -> nulls.withValueNulls(Nulls.FAIL).withContentNulls(Nulls.FAIL))
                    .build();

    private final Path root;
    private final ReentrantLock lock = new ReentrantLock();

    Directory(Path root) {
        this.root = root;
    }

    /// What was found.
    record Listing(List<Kept> kept, List<Unreadable> unreadable) {}

    /// A file by whose name alone can be told whose it is.
    record Unreadable(String folder, String name, CloudFailure why) {}

    /// Everything whose name begins with the prefix. A file whose name is not the one inside is a
    /// person's copy, and left out.
    Listing list(String prefix) {
        return answered("List", () -> listing(prefix));
    }

    Pool create(Pool pool) {
        return alone("CreatePool", () -> created(pool));
    }

    Pool change(Pool pool) {
        return alone(
                "ChangePool",
                () -> {
                    var _ = ours(pool);
                    return written(pool);
                });
    }

    /// Gives it addresses, the requested one or the first that are free.
    Balancer create(Balancer balancer, Set<IpFamily> families, String requestedIp) {
        return alone(
                "CreateBalancer",
                () -> created(addressed(balancer, balancer, families, requestedIp)));
    }

    /// Keeps the addresses that the file has, as far as they are still wanted.
    Balancer change(Balancer balancer, Set<IpFamily> families, String requestedIp) {
        return alone(
                "ChangeBalancer",
                () -> written(addressed(balancer, ours(balancer), families, requestedIp)));
    }

    /// A pool that a balancer names cannot go.
    void delete(Kept kept) {
        var _ =
                alone(
                        "Delete",
                        () -> {
                            if (Files.exists(file(kept))) {
                                var _ = ours(kept);
                                requireUnused(kept);
                                Files.delete(file(kept));
                            }
                            return kept;
                        });
    }

    // --- changes

    private <K extends Kept> K created(K kept) throws IOException, Refused {
        if (Files.exists(file(kept))) {
            var _ = ours(kept);
            throw new Refused(new CloudFailure.Conflict(file(kept) + " is there already"));
        }
        return written(kept);
    }

    /// What stands under its name, if it is the same owner's.
    @SuppressWarnings("unchecked") // a folder holds one kind
    private <K extends Kept> K ours(K kept) throws IOException, Refused {
        Path file = file(kept);
        K stands = (K) read(file, kept.getClass());
        if (!stands.mark().equals(kept.mark())) {
            throw new Refused(
                    new CloudFailure.Rejected(
                            Problem.error(
                                    Code.NAME_TAKEN, file + " is there and not this Service's")));
        }
        return stands;
    }

    private void requireUnused(Kept kept) throws IOException, Refused {
        boolean used =
                kept instanceof Pool
                        && balancers(listing("")).anyMatch(balancer -> balancer.uses(kept.name()));
        if (used) {
            throw new Refused(new CloudFailure.Conflict(file(kept) + " is named by a balancer"));
        }
    }

    /// Written elsewhere, on the disk, then renamed.
    private <K extends Kept> K written(K kept) throws IOException, Refused {
        Path draft = root.resolve(DRAFT);
        byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(kept);
        Files.createDirectories(file(kept).getParent());
        try (FileChannel channel =
                FileChannel.open(
                        draft,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(json);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException e) {
            boolean isFull = Files.getFileStore(root).getUsableSpace() < json.length;
            Files.deleteIfExists(draft);
            if (isFull) {
                throw new Refused(new CloudFailure.QuotaExceeded("space of the disk at " + root));
            }
            throw e;
        }
        Files.move(
                draft,
                file(kept),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        return kept;
    }

    // --- addresses

    private Balancer addressed(
            Balancer wanted, Balancer stands, Set<IpFamily> families, String requestedIp)
            throws IOException, Refused {
        SortedMap<IpFamily, String> given = new TreeMap<>(stands.addresses());
        given.keySet().retainAll(families);
        if (!requestedIp.isEmpty() && !given.containsValue(requestedIp)) {
            if (taken().contains(requestedIp)) {
                throw new Refused(
                        new CloudFailure.Rejected(
                                Problem.error(
                                        Code.CLOUD_REJECTED,
                                        "spec.loadBalancerIP %s is another balancer's"
                                                .formatted(requestedIp))));
            }
            given.put(Addresses.family(requestedIp), requestedIp);
        }
        for (IpFamily family : families) {
            if (!given.containsKey(family)) {
                given.put(family, free(family));
            }
        }
        return wanted.withAddresses(given);
    }

    private String free(IpFamily family) throws IOException, Refused {
        return Addresses.free(family, taken())
                .orElseThrow(() ->
                        new Refused(
                                new CloudFailure.QuotaExceeded(
                                        "addresses in " + Addresses.range(family))));
    }

    /// A file that cannot be read may have any address, so none is given until it can be.
    private Set<String> taken() throws IOException, Refused {
        Listing all = listing("");
        Optional<Unreadable> unreadable =
                all.unreadable().stream()
                        .filter(file -> file.folder().equals(Balancer.FOLDER))
                        .findFirst();
        if (unreadable.isPresent()) {
            throw new Refused(unreadable.get().why());
        }
        return balancers(all)
                .flatMap(balancer -> balancer.addresses().values().stream())
                .collect(Collectors.toSet());
    }

    private static Stream<Balancer> balancers(Listing listing) {
        return listing.kept().stream()
                .flatMap(kept -> kept instanceof Balancer b ? Stream.of(b) : Stream.empty());
    }

    // --- files

    private Path file(Kept kept) {
        return root.resolve(kept.folder()).resolve(kept.name() + ENDING);
    }

    private Listing listing(String prefix) throws IOException {
        Listing found = new Listing(new ArrayList<>(), new ArrayList<>());
        list(Balancer.FOLDER, Balancer.class, prefix, found);
        list(Pool.FOLDER, Pool.class, prefix, found);
        return found;
    }

    private void list(String folder, Class<? extends Kept> kind, String prefix, Listing found)
            throws IOException {
        for (Path file : files(root.resolve(folder), prefix)) {
            String text = file.getFileName().toString();
            String name = text.substring(0, text.length() - ENDING.length());
            try {
                Kept kept = read(file, kind);
                if (kept.name().equals(name)) {
                    found.kept().add(kept);
                }
            } catch (IOException e) {
                boolean wentMeanwhile = e instanceof NoSuchFileException;
                if (!wentMeanwhile) {
                    found.unreadable().add(new Unreadable(folder, name, failure(e)));
                }
            } catch (Refused e) {
                found.unreadable().add(new Unreadable(folder, name, e.failure));
            }
        }
    }

    private static List<Path> files(Path folder, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .filter(file -> file.toString().endsWith(ENDING))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static <K extends Kept> K read(Path file, Class<K> kind) throws IOException, Refused {
        try {
            return Optional.ofNullable(JSON.readValue(Files.readAllBytes(file), kind))
                    .orElseThrow(() -> unreadable(file, kind, "", "nothing is in it"));
        } catch (JacksonException e) {
            String line =
                    Optional.ofNullable(e.getLocation())
                            .map(at -> " line %d".formatted(at.getLineNr()))
                            .orElse("");
            throw unreadable(file, kind, line, e.getOriginalMessage());
        }
    }

    private static Refused unreadable(Path file, Class<?> kind, String line, String why) {
        return new Refused(
                new CloudFailure.Unknown(
                        "%s%s is no %s: %s: mend the file, or move it out of the directory"
                                .formatted(file, line, kind.getSimpleName(), why)));
    }

    // --- failures

    private interface Effect<T> {
        T take() throws IOException, Refused;
    }

    private static final class Refused extends Exception {
        private final transient CloudFailure failure;

        Refused(CloudFailure failure) {
            super(failure.toString());
            this.failure = failure;
        }
    }

    private <T> T alone(String action, Effect<T> effect) {
        lock.lock();
        try {
            return answered(action, () -> lockedForOthers(effect));
        } finally {
            lock.unlock();
        }
    }

    private <T> T lockedForOthers(Effect<T> effect) throws IOException, Refused {
        Files.createDirectories(root);
        try (FileChannel channel =
                        FileChannel.open(
                                root.resolve(LOCK),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            if (held == null) {
                throw new Refused(new CloudFailure.Conflict("another process changes " + root));
            }
            return effect.take();
        } catch (OverlappingFileLockException e) {
            throw new Refused(new CloudFailure.Conflict("another provider changes " + root));
        }
    }

    private static <T> T answered(String action, Effect<T> effect) {
        try {
            return effect.take();
        } catch (Refused e) {
            throw new CloudException("files:" + action, e.failure, e);
        } catch (IOException e) {
            throw new CloudException("files:" + action, failure(e), e);
        }
    }

    private static CloudFailure failure(IOException e) {
        return switch (e) {
            case AccessDeniedException denied ->
                    new CloudFailure.Denied("access to " + denied.getFile());
            case NoSuchFileException gone -> new CloudFailure.NotFound(gone.getFile() + " is gone");
            default -> new CloudFailure.Unknown(e.toString());
        };
    }
}
