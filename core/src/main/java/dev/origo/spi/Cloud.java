package dev.origo.spi;

import dev.origo.model.OwnerId;
import java.util.Map;

/// The provider's effects. Every call to the cloud goes through [Calls] and is bounded in time.
///
/// Thread rule: any thread; different owners at the same time, one owner never.
///
/// Every method throws [CloudException] when the cloud fails, and nothing else for it.
public interface Cloud<O, S extends Step> {
    /// Everything in the cloud that carries the owner's mark, half-made things included, found
    /// without trusting memory.
    O observe(OwnerId owner);

    /// The batched audit: everything that carries this cluster's mark, by owner. Shared objects
    /// that no owner uses any more are listed under an owner of their own.
    Map<OwnerId, O> observeAll();

    /// Takes one step.
    Answer<O> apply(S step);

    /// Looks again at what changes by itself: the state of a balancer that is being made, the
    /// health of its targets. Looks of many owners are batched into few calls.
    Answer<O> poll(O observed);
}
