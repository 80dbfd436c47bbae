package dev.origo.spi;

/// A cloud that can balance load: what it can do, how it decides, how it acts.
///
/// @param <O> what was observed of one owner: an immutable value of the provider
/// @param <S> one step of a plan: an immutable value of the provider
public interface Provider<O, S extends Step> {
    String id();

    Capabilities capabilities();

    Planner<O, S> planner();

    Cloud<O, S> cloud();
}
