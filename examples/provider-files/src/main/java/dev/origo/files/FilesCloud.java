package dev.origo.files;

import dev.origo.model.ClusterId;
import dev.origo.model.OwnerId;
import dev.origo.spi.Answer;
import dev.origo.spi.Cloud;
import dev.origo.spi.CloudException;
import dev.origo.spi.ProviderRuntime;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The effects: each call reads files, or changes one.
record FilesCloud(Directory directory, ClusterId cluster, ProviderRuntime runtime)
        implements Cloud<FilesObserved, FilesStep> {
    private static final String FAMILY = "files";

    /// A file of the owner's that cannot be read stops this owner.
    @Override
    public FilesObserved observe(OwnerId owner) {
        Directory.Listing found = list(owner.hash());
        found.unreadable().stream()
                .findFirst()
                .ifPresent(file -> {
                    throw new CloudException(FAMILY + ":List", file.why());
                });
        return byOwner(found).getOrDefault(owner, FilesObserved.nothing(owner));
    }

    /// Owners of files that cannot be read are left out: of them nothing is known for certain, and
    /// whoever needs them observes them alone.
    @Override
    public Map<OwnerId, FilesObserved> observeAll() {
        Directory.Listing found = list("");
        Map<OwnerId, FilesObserved> all = byOwner(found);
        all.keySet()
                .removeIf(owner ->
                        found.unreadable().stream()
                                .anyMatch(file -> file.name().startsWith(owner.hash())));
        return all;
    }

    private Directory.Listing list(String prefix) {
        return runtime.calls().read(FAMILY, "List", () -> directory.list(prefix));
    }

    private Map<OwnerId, FilesObserved> byOwner(Directory.Listing found) {
        Map<OwnerId, FilesObserved> all = new TreeMap<>();
        for (Kept kept : found.kept()) {
            if (kept.mark().cluster().equals(cluster.mark())) {
                OwnerId owner = kept.mark().owner(cluster);
                all.merge(
                        owner,
                        FilesObserved.nothing(owner).with(kept),
                        (before, _) -> before.with(kept));
            }
        }
        return all;
    }

    @Override
    public Answer<FilesObserved> apply(FilesStep step) {
        return switch (step) {
            case FilesStep.CreatePool(Pool pool) -> {
                Pool made = write("CreatePool", () -> directory.create(pool));
                yield observed -> observed.with(made);
            }
            case FilesStep.ChangePool(Pool pool) -> {
                Pool made = write("ChangePool", () -> directory.change(pool));
                yield observed -> observed.with(made);
            }
            case FilesStep.CreateBalancer(Balancer balancer, var families, var requestedIp) -> {
                Balancer made =
                        write(
                                "CreateBalancer",
                                () -> directory.create(balancer, families, requestedIp));
                yield observed -> observed.with(made);
            }
            case FilesStep.ChangeBalancer(Balancer balancer, var families, var requestedIp) -> {
                Balancer made =
                        write(
                                "ChangeBalancer",
                                () -> directory.change(balancer, families, requestedIp));
                yield observed -> observed.with(made);
            }
            case FilesStep.Delete(Kept kept) -> {
                write(
                        "Delete",
                        () -> {
                            directory.delete(kept);
                            return kept;
                        });
                yield observed -> observed.without(kept);
            }
        };
    }

    /// Nothing changes by itself in a directory.
    @Override
    public Answer<FilesObserved> poll(FilesObserved observed) {
        return before -> before;
    }

    private <T> T write(String action, Supplier<T> call) {
        return runtime.calls().write(FAMILY, action, false, call);
    }
}
