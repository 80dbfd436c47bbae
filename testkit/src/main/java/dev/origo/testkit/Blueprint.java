package dev.origo.testkit;

import dev.origo.loop.Controller.Pace;
import dev.origo.model.ClusterId;
import dev.origo.reconcile.Claim;
import dev.origo.spi.Annotations;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderRuntime;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;

/// What a simulated process is made of, beside the worlds that it lives in.
///
/// @param provider makes the provider, as its factory would, on the simulated cloud
public record Blueprint(
        ClusterId cluster,
        Claim claim,
        Annotations annotations,
        Function<ProviderRuntime, Provider<?, ?>> provider,
        Pace pace,
        boolean planOnly) {
    public static final ClusterId CLUSTER =
            new ClusterId("blue", "11111111-0000-4000-8000-000000000001");

    /// As `origo run` has it by default, for one class.
    public static Blueprint standard(
            String loadBalancerClass,
            Annotations annotations,
            Function<ProviderRuntime, Provider<?, ?>> provider) {
        return new Blueprint(
                CLUSTER,
                new Claim(Set.of(loadBalancerClass), false),
                annotations,
                provider,
                new Pace(10, Duration.ofMinutes(10), Duration.ofSeconds(1)),
                false);
    }

    public Blueprint asPlanOnly() {
        return new Blueprint(cluster, claim, annotations, provider, pace, true);
    }

    public Blueprint withClaim(Claim other) {
        return new Blueprint(cluster, other, annotations, provider, pace, planOnly);
    }

    public Blueprint withCluster(ClusterId other) {
        return new Blueprint(other, claim, annotations, provider, pace, planOnly);
    }
}
