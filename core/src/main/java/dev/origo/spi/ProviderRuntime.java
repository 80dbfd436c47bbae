package dev.origo.spi;

/// What core lends a provider.
///
/// @param calls every call to the cloud goes through it
/// @param tasks time and threads; a provider never takes them from elsewhere
public record ProviderRuntime(Calls calls, Tasks tasks) {}
