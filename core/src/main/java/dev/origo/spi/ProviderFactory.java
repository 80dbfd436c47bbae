package dev.origo.spi;

/// Makes a provider; found by [java.util.ServiceLoader].
public interface ProviderFactory {
    /// The word after `--provider`, as in `aws`.
    String id();

    /// The load-balancer class that this provider serves when none is configured, as in
    /// `origo.dev/aws`.
    String defaultClass();

    /// Annotations that this provider adds to core's own.
    Annotations annotations();

    /// Makes the provider without calling the cloud.
    ///
    /// @throws IllegalArgumentException naming the option that is missing or wrong, and how to give
    ///   it
    Provider<?, ?> create(ProviderConfig config, ProviderRuntime runtime);
}
