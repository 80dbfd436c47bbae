package dev.origo.testkit.toy;

import dev.origo.model.Carrier;
import dev.origo.model.ClusterId;
import dev.origo.model.HealthCheck;
import dev.origo.model.IpFamily;
import dev.origo.model.OwnerId;
import dev.origo.model.Protocol;
import dev.origo.model.Scheme;
import dev.origo.model.TrafficPolicy;
import dev.origo.spi.Annotations;
import dev.origo.spi.Answer;
import dev.origo.spi.Capabilities;
import dev.origo.spi.Cloud;
import dev.origo.spi.Planner;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderRuntime;
import dev.origo.testkit.Blueprint;
import dev.origo.testkit.toy.ToyCloud.Listing;
import dev.origo.testkit.toy.ToyState.Mark;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The toy provider.
record Toy(ToyCloud toy, ProviderRuntime runtime, ClusterId cluster)
        implements Provider<ToyState, ToyStep>, Cloud<ToyState, ToyStep> {
    static final String CLASS = "origo.dev/toy";

    private static final HealthCheck.Timing TIMING =
            new HealthCheck.Timing(Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 2);

    static Blueprint blueprint(ToyCloud cloud) {
        return Blueprint.standard(
                CLASS,
                new Annotations(List.of(), List.of(), List.of(), List.of()),
                runtime -> new Toy(cloud, runtime, Blueprint.CLUSTER));
    }

    @Override
    public String id() {
        return "toy";
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(
                Map.of(Protocol.TCP, Set.of(Carrier.PACKET, Carrier.NONE)),
                Set.of(IpFamily.IPV4),
                false,
                false,
                true,
                false,
                false,
                false,
                Scheme.INTERNET_FACING,
                Map.of(TrafficPolicy.LOCAL, TIMING, TrafficPolicy.CLUSTER, TIMING),
                10,
                32,
                8);
    }

    @Override
    public Planner<ToyState, ToyStep> planner() {
        return new ToyPlanner();
    }

    @Override
    public Cloud<ToyState, ToyStep> cloud() {
        return this;
    }

    @Override
    public ToyState observe(OwnerId owner) {
        Mark mark = Mark.of(owner);
        Listing listing = read(() -> toy.list(mark::equals));
        return new ToyState(owner, listing.balancers(), listing.parts());
    }

    @Override
    public Map<OwnerId, ToyState> observeAll() {
        Listing listing = read(() -> toy.list(m -> m.cluster().equals(cluster.mark())));
        SortedMap<OwnerId, ToyState> all = new TreeMap<>();
        for (ToyState.Balancer balancer : listing.balancers()) {
            all.merge(
                    balancer.mark().owner(cluster),
                    new ToyState(balancer.mark().owner(cluster), List.of(balancer), List.of()),
                    (old, _) -> old.with(balancer));
        }
        for (ToyState.Part part : listing.parts()) {
            all.merge(
                    part.mark().owner(cluster),
                    new ToyState(part.mark().owner(cluster), List.of(), List.of(part)),
                    (old, _) -> old.with(part));
        }
        return all;
    }

    @Override
    public Answer<ToyState> apply(ToyStep step) {
        Mark mark = Mark.of(step.owner());
        return switch (step) {
            case ToyStep.CreateBalancer(_, Scheme scheme) -> {
                ToyState.Balancer made =
                        write("CreateBalancer", true, () -> toy.createBalancer(mark, scheme));
                yield observed -> observed.with(made);
            }
            case ToyStep.CreatePart(_, ToyState.PartSpec spec) -> {
                ToyState.Part made = write("CreatePart", false, () -> toy.createPart(mark, spec));
                yield observed -> observed.with(made);
            }
            case ToyStep.ChangePart(_, String id, ToyState.PartSpec spec) -> {
                ToyState.Part made = write("ChangePart", false, () -> toy.changePart(id, spec));
                yield observed -> observed.with(made);
            }
            case ToyStep.DeletePart(_, String id) -> {
                write(
                        "DeletePart",
                        false,
                        () -> {
                            toy.deletePart(id);
                            return id;
                        });
                yield observed -> observed.without(id);
            }
            case ToyStep.DeleteBalancer(_, String id) -> {
                write(
                        "DeleteBalancer",
                        false,
                        () -> {
                            toy.deleteBalancer(id);
                            return id;
                        });
                yield observed -> observed.without(id);
            }
        };
    }

    @Override
    public Answer<ToyState> poll(ToyState observed) {
        ToyState fresh = observe(observed.owner());
        return before -> {
            ToyState after = before;
            for (ToyState.Balancer balancer : fresh.balancers()) {
                after = after.with(balancer);
            }
            return after;
        };
    }

    private <T> T read(Supplier<T> call) {
        return runtime.calls().read("toy", "List", call);
    }

    private <T> T write(String action, boolean repeatable, Supplier<T> call) {
        return runtime.calls().write("toy", action, repeatable, call);
    }
}
