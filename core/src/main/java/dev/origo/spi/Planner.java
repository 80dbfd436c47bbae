package dev.origo.spi;

import dev.origo.model.ClientAddressWish;
import dev.origo.model.Desired;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.PortPath;
import dev.origo.model.Settings;
import java.util.List;
import java.util.Optional;

/// The provider's decisions. Pure: no I/O, clock, randomness or threads; equal inputs give equal
/// answers.
public interface Planner<O, S extends Step> {
    /// The next wave of steps from what was observed to what is desired. Holds only steps whose
    /// inputs were observed; empty when nothing is left to do. Folding all answers of a wave into
    /// `observed` and planning again must come to an end within [Capabilities#wavesMax] waves.
    Plan<S> plan(Desired desired, O observed);

    /// How far the balancer is that the specification asks for; a predecessor that still stands is
    /// not meant.
    Provisioning provisioning(LoadBalancerSpec spec, O observed);

    /// The health of the targets, as last looked at.
    TargetHealth health(O observed);

    /// Whether nothing that carries the owner's mark is left.
    boolean isAbsent(O observed);

    /// The way that connections take to each port, as this provider configures it.
    List<PortPath> paths(LoadBalancerSpec spec, O observed);

    /// A wish for the client's address that the provider's own annotations express; core's own
    /// annotation wins.
    default Optional<ClientAddressWish> wish(Settings settings) {
        return Optional.empty();
    }
}
