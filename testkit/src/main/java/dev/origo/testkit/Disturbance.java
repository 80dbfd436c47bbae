package dev.origo.testkit;

import java.util.Optional;

/// Decides which calls go wrong, and how.
@FunctionalInterface
public interface Disturbance {
    Disturbance NONE = (_, _) -> Optional.empty();

    /// What befalls the call at this point.
    ///
    /// @param effectDone false on the way there, true on the way back
    Optional<Fault> at(Crossing crossing, boolean effectDone);

    /// The fault strikes one call, once.
    static Disturbance once(int number, Fault fault, boolean effectDone) {
        return (crossing, done) ->
                crossing.number() == number && done == effectDone
                        ? Optional.of(fault)
                        : Optional.empty();
    }
}
