package dev.origo.testing;

import dev.origo.model.Backend;
import dev.origo.model.Carrier;
import dev.origo.model.Desired;
import dev.origo.model.HealthCheck;
import dev.origo.model.Ingress;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.OwnerId;
import dev.origo.model.PortPath;
import dev.origo.model.Settings;
import dev.origo.spi.Answer;
import dev.origo.spi.Capabilities;
import dev.origo.spi.Cloud;
import dev.origo.spi.Plan;
import dev.origo.spi.Planner;
import dev.origo.spi.Provider;
import dev.origo.spi.Provisioning;
import dev.origo.spi.Step;
import dev.origo.spi.TargetHealth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A cloud in which a load balancer is one word; it writes down its calls.
public final class FakeProvider
        implements Provider<String, FakeProvider.Set>,
                Planner<String, FakeProvider.Set>,
                Cloud<String, FakeProvider.Set> {
    public static final String NOTHING = "";

    public final Map<OwnerId, String> balancers = new HashMap<>();
    public final List<String> calls = new ArrayList<>();

    /// Asked before each call; throws where the call is to fail.
    public Consumer<String> before = _ -> {};

    /// What every look finds, and what nodes are asked.
    public TargetHealth health = new TargetHealth(2, 2, Map.of(), 0);

    public HealthCheck.Probe probe = new HealthCheck.TrafficPort();
    public Capabilities capabilities = Samples.everything();

    /// Makes a balancer one word, or nothing.
    public record Set(OwnerId owner, String balancer) implements Step {
        @Override
        public String describe() {
            return "set " + balancer;
        }
    }

    private <T> T called(String call, Supplier<T> effect) {
        calls.add(call);
        before.accept(call);
        return effect.get();
    }

    @Override
    public String observe(OwnerId owner) {
        return called(
                "observe " + owner.service().name(), () -> balancers.getOrDefault(owner, NOTHING));
    }

    @Override
    public Map<OwnerId, String> observeAll() {
        return called("observeAll", () -> Map.copyOf(balancers));
    }

    @Override
    public Answer<String> apply(Set step) {
        return called(
                step.describe(),
                () -> {
                    if (step.balancer().equals(NOTHING)) {
                        balancers.remove(step.owner());
                    } else {
                        balancers.put(step.owner(), step.balancer());
                    }
                    return _ -> step.balancer();
                });
    }

    @Override
    public Answer<String> poll(String observed) {
        return called("poll", () -> same -> same);
    }

    @Override
    public Plan<Set> plan(Desired desired, String observed) {
        String wanted =
                switch (desired) {
                    case Desired.Present(LoadBalancerSpec spec) ->
                            "balancer of " + spec.backends().size();
                    case Desired.Kept(OwnerId _, List<Backend> backends, Settings _) ->
                            isAbsent(observed) ? NOTHING : "balancer of " + backends.size();
                    case Desired.Absent _ -> NOTHING;
                };
        return Plan.of(
                wanted.equals(observed) ? List.of() : List.of(new Set(desired.owner(), wanted)));
    }

    @Override
    public Provisioning provisioning(LoadBalancerSpec spec, String observed) {
        return isAbsent(observed)
                ? new Provisioning.Absent()
                : new Provisioning.Ready(
                        List.of(new Ingress(new Ingress.Hostname("lb.test"), List.of())));
    }

    @Override
    public TargetHealth health(String observed) {
        return health;
    }

    @Override
    public boolean isAbsent(String observed) {
        return observed.equals(NOTHING);
    }

    @Override
    public List<PortPath> paths(LoadBalancerSpec spec, String observed) {
        return List.of(
                new PortPath(
                        80,
                        PortPath.Kind.TCP,
                        PortPath.Targets.INSTANCES,
                        Carrier.PACKET,
                        true,
                        false,
                        false,
                        probe,
                        true));
    }

    @Override
    public String id() {
        return "test";
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public Planner<String, Set> planner() {
        return this;
    }

    @Override
    public Cloud<String, Set> cloud() {
        return this;
    }
}
