package dev.origo.app;

import dev.origo.desire.AnnotationRegistry;
import dev.origo.desire.Desire;
import dev.origo.loop.Controller;
import dev.origo.model.ClusterId;
import dev.origo.reconcile.Claim;
import dev.origo.reconcile.Kubernetes;
import dev.origo.reconcile.Memory;
import dev.origo.reconcile.Reconciler;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderFactory;
import dev.origo.spi.Step;
import dev.origo.spi.Tasks;
import java.time.Duration;

/// Puts core together around one provider.
record Wiring(ProviderFactory factory, World world, Telemetry telemetry) {
    private static final Duration IN_FLIGHT_END_MAX = Duration.ofSeconds(20);
    private static final Duration IDLE_LOOK = Duration.ofMillis(20);

    /// What is outside.
    record World(Kubernetes kubernetes, ClusterId cluster, Claim claim, Tasks tasks) {}

    /// How it works.
    record Manner(Controller.Pace pace, boolean planOnly) {}

    <O, S extends Step> Controller<O, S> controller(Provider<O, S> provider, Manner manner) {
        Desire desire =
                new Desire(
                        provider.capabilities(),
                        new AnnotationRegistry(factory.annotations()),
                        provider.planner()::wish);
        Reconciler.Parts<O, S> parts =
                new Reconciler.Parts<>(
                        world.kubernetes(),
                        provider,
                        desire,
                        world.claim(),
                        world.cluster(),
                        new Memory<>(),
                        world.tasks(),
                        telemetry,
                        manner.planOnly());
        return new Controller<>(parts, manner.pace(), telemetry);
    }

    /// Waits for what is in flight, a bounded time. The answer is whether it has ended.
    static boolean awaitIdle(Controller<?, ?> controller, Tasks tasks) {
        long until = tasks.nanoTime() + IN_FLIGHT_END_MAX.toNanos();
        while (!controller.isIdle() && tasks.nanoTime() < until) {
            tasks.pause(IDLE_LOOK);
        }
        return controller.isIdle();
    }
}
