package dev.origo.localstack;

import dev.origo.aws.AwsClients;
import dev.origo.aws.AwsConfig;
import dev.origo.aws.AwsObserved;
import dev.origo.aws.AwsProvider;
import dev.origo.dataplane.Balancer;
import dev.origo.dataplane.Placed;
import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import dev.origo.embedded.aws.EmbeddedAws;
import dev.origo.loop.VirtualTasks;
import dev.origo.model.Backend;
import dev.origo.model.Desired;
import dev.origo.model.Scheme;
import dev.origo.spi.Calls;
import dev.origo.spi.Plan;
import dev.origo.spi.ProviderRuntime;
import dev.origo.spi.TargetHealth;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// An account with one node, and the planner on it. What it wants carried is put down as carried,
/// at 127.77.0.1 and up; nothing is alive.
final class Books implements AutoCloseable {
    private static final int WAVES_MAX = 17;
    private static final String REGION = "us-east-1";

    final EmbeddedAws aws = account(7);
    final Backend node = furnish(aws);
    final LocalPlanner planner;
    final List<String> waves = new ArrayList<>();
    List<Placed.Finding> findings = List.of();
    Plan<LocalStep> last = Plan.of(List.of());
    private final VirtualTasks tasks = new VirtualTasks(Throwable::printStackTrace);
    private final AwsProvider provider;
    private int addresses;

    Books() {
        String vpc = aws.ec2().describeVpcs().vpcs().getFirst().vpcId();
        AwsConfig config =
                new AwsConfig(
                        Specs.CLUSTER,
                        REGION,
                        vpc,
                        "",
                        Scheme.INTERNET_FACING,
                        AwsConfig.Limits.DEFAULT);
        provider =
                AwsProvider.of(
                        config,
                        new AwsClients(aws::elb, aws::ec2),
                        new ProviderRuntime(new Straight(), tasks));
        planner = new LocalPlanner(provider.planner());
    }

    static EmbeddedAws account(long seed) {
        return new EmbeddedAws(REGION, () -> Instant.parse("2026-01-01T00:00:00Z"), seed);
    }

    /// Makes a VPC with two subnets, and a node in it that is 127.0.1.1.
    static Backend furnish(EmbeddedAws aws) {
        String vpc = aws.setup().vpc("10.0.0.0/16");
        String subnet =
                aws.setup().subnet(SubnetSpec.of(vpc, REGION + "a", "10.0.1.0/24").asOpen());
        aws.setup().subnet(SubnetSpec.of(vpc, REGION + "b", "10.0.2.0/24").asOpen());
        String group = aws.setup().securityGroup(vpc, "nodes", Map.of());
        String instance = aws.setup().instance(subnet, List.of(group), Map.of());
        return Specs.node("n1", "aws:///us-east-1a/" + instance, "127.0.1.1");
    }

    LocalObserved observe() {
        return new LocalObserved(
                provider.cloud().observe(Specs.OWNER),
                Collections.emptySortedMap(),
                TargetHealth.NONE);
    }

    LocalObserved polled(LocalObserved observed) {
        AwsObserved record = provider.cloud().poll(observed.aws()).foldInto(observed.aws());
        return observed.withAws(record);
    }

    /// Plans and folds until the plan is empty.
    LocalObserved bring(Desired desired, LocalObserved observed) {
        waves.clear();
        LocalObserved result = observed;
        for (int wave = 0; wave < WAVES_MAX; wave++) {
            last = planner.plan(desired, result);
            if (last.wave().isEmpty()) {
                return result;
            }
            waves.add(
                    String.join(
                            "\n", last.wave().stream().map(LocalStep::describe).sorted().toList()));
            for (LocalStep step : last.wave()) {
                result = folded(step, result);
            }
        }
        throw new IllegalStateException("no end of waves: " + waves);
    }

    private LocalObserved folded(LocalStep step, LocalObserved observed) {
        return switch (step) {
            case LocalStep.OnAws(var call) ->
                    observed.withAws(provider.cloud().apply(call).foldInto(observed.aws()));
            case LocalStep.Carry(_, Balancer balancer) ->
                    observed.with(balancer, placed(balancer, observed));
            case LocalStep.Drop(_, String id) -> observed.without(id);
        };
    }

    private Placed placed(Balancer balancer, LocalObserved observed) {
        InetAddress address =
                observed.carried().containsKey(balancer.id())
                        ? observed.carried().get(balancer.id()).placed().address()
                        : InetAddress.ofLiteral("127.77.0." + ++addresses);
        return new Placed(balancer.id(), address, List.of(), findings);
    }

    @Override
    public void close() {
        tasks.close();
    }

    /// A gate that lets everything through.
    static final class Straight implements Calls {
        @Override
        public <T> T read(String family, String action, Supplier<T> call) {
            return call.get();
        }

        @Override
        public <T> T write(String family, String action, boolean repeatable, Supplier<T> call) {
            return call.get();
        }
    }
}
