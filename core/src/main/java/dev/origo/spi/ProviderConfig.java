package dev.origo.spi;

import dev.origo.model.ClusterId;
import java.util.Map;
import java.util.Optional;

/// What a provider is configured with.
///
/// @param options by name without dashes, as `aws-region`; an option that was not given is absent
public record ProviderConfig(ClusterId cluster, Map<String, String> options) {
    public ProviderConfig {
        options = Map.copyOf(options);
    }

    public Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }
}
