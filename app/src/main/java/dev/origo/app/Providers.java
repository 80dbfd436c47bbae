package dev.origo.app;

import dev.origo.spi.ProviderFactory;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/// The providers on the class path.
final class Providers {
    private Providers() {}

    /// All of them, ordered by id.
    static List<ProviderFactory> all() {
        return ServiceLoader.load(ProviderFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(ProviderFactory::id))
                .toList();
    }

    /// The one with this id.
    ///
    /// @throws CommandFailure naming those that there are
    static ProviderFactory byId(String id) {
        List<ProviderFactory> all = all();
        return all.stream()
                .filter(factory -> factory.id().equals(id))
                .findFirst()
                .orElseThrow(() ->
                        CommandFailure.badOption(
                                "--provider '%s' is not in this build, which has %s"
                                        .formatted(
                                                id,
                                                all.stream()
                                                        .map(ProviderFactory::id)
                                                        .collect(Collectors.joining(", "))),
                                new IllegalArgumentException(id)));
    }
}
