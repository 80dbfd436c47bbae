package dev.origo.testkit;

import dev.origo.loop.Controller.Pace;
import dev.origo.model.ClusterId;
import dev.origo.reconcile.Claim;
import dev.origo.spi.Annotations;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderRuntime;
import dev.origo.spi.Step;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;

/// What a simulated process is made of, beside the worlds that it lives in.
///
/// @param provider makes the provider, as its factory would, on the simulated cloud
public record Blueprint<O, S extends Step>(
        ClusterId cluster,
        Claim claim,
        Annotations annotations,
        Function<ProviderRuntime, Provider<O, S>> provider,
        Pace pace,
        boolean planOnly) {
    public static final ClusterId CLUSTER =
            new ClusterId("blue", "11111111-0000-4000-8000-000000000001");

    /// As `origo run` has it by default, for one class.
    public static <O, S extends Step> Blueprint<O, S> standard(
            String loadBalancerClass,
            Annotations annotations,
            Function<ProviderRuntime, Provider<O, S>> provider) {
        return new Blueprint<>(
                CLUSTER,
                new Claim(Set.of(loadBalancerClass), false),
                annotations,
                provider,
                new Pace(10, Duration.ofMinutes(10), Duration.ofSeconds(1)),
                false);
    }

    public Blueprint<O, S> asPlanOnly() {
        return new Blueprint<>(cluster, claim, annotations, provider, pace, true);
    }

    public Blueprint<O, S> withClaim(Claim other) {
        return new Blueprint<>(cluster, other, annotations, provider, pace, planOnly);
    }

    public Blueprint<O, S> withCluster(ClusterId other) {
        return new Blueprint<>(other, claim, annotations, provider, pace, planOnly);
    }
}
