package dev.origo.aws;

import dev.origo.embedded.aws.AwsSetup.SubnetSpec;
import dev.origo.embedded.aws.Call;
import dev.origo.embedded.aws.CallHook;
import dev.origo.embedded.aws.EmbeddedAws;
import dev.origo.loop.VirtualTasks;
import dev.origo.model.Backend;
import dev.origo.model.ClusterId;
import dev.origo.model.Desired;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.OwnerId;
import dev.origo.model.Problem;
import dev.origo.model.Scheme;
import dev.origo.spi.Answer;
import dev.origo.spi.Calls;
import dev.origo.spi.Plan;
import dev.origo.spi.ProviderRuntime;
import dev.origo.spi.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// An AWS account in memory with a VPC, three zones and two nodes, and a provider on it that brings
/// specifications about, wave by wave.
final class Account implements AutoCloseable {
    private static final int WAVES_MAX = 16;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    final EmbeddedAws aws;
    final String vpc;
    final String subnetA;
    final String subnetB;
    final String nodeGroup;
    final List<Backend> nodes = new ArrayList<>();
    final List<String> certificates;
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final List<String> waves = new ArrayList<>();
    final ClusterId cluster;
    private final VirtualTasks tasks;
    private final AwsClients clients;
    private AwsConfig.Limits limits = AwsConfig.Limits.DEFAULT;
    AwsProvider provider;
    List<Problem> problems = List.of();

    Account() {
        this(aws -> new AwsClients(aws::elb, aws::ec2));
    }

    /// Reached in another way than as Java objects.
    Account(Function<EmbeddedAws, AwsClients> reach) {
        aws = new EmbeddedAws("eu-west-1", () -> now, 7);
        vpc = aws.setup().vpc("10.0.0.0/16");
        subnetA = subnet("a", 1);
        subnetB = subnet("b", 2);
        nodeGroup = aws.setup().securityGroup(vpc, "nodes", Map.of());
        certificates = IntStream.range(0, 4).mapToObj(_ -> aws.setup().certificate()).toList();
        clients = reach.apply(aws);
        cluster = Specs.CLUSTER;
        tasks = new VirtualTasks(e -> calls.add("BUG " + e));
        provider = provider();
        node("n1", subnetA);
        node("n2", subnetB);
        aws.hook(
                new CallHook() {
                    @Override
                    public void before(Call call) {
                        calls.add((call.write() ? "W " : "R ") + call.action());
                    }
                });
    }

    private Account(Account other, ClusterId itsCluster) {
        aws = other.aws;
        clients = other.clients;
        cluster = itsCluster;
        vpc = other.vpc;
        subnetA = other.subnetA;
        subnetB = other.subnetB;
        nodeGroup = other.nodeGroup;
        nodes.addAll(other.nodes);
        certificates = other.certificates;
        tasks = other.tasks;
        provider = other.provider;
    }

    /// Another worker of the same process.
    Account sharing() {
        return new Account(this, cluster);
    }

    /// Another cluster on the same nodes.
    Account of(ClusterId another) {
        Account beside = new Account(this, another);
        beside.restart();
        return beside;
    }

    private String subnet(String zone, int number) {
        return aws.setup()
                .subnet(
                        SubnetSpec.of(vpc, "eu-west-1" + zone, "10.0.%d.0/24".formatted(number))
                                .asOpen());
    }

    Backend node(String name, String subnet) {
        String id = aws.setup().instance(subnet, List.of(nodeGroup), Map.of());
        Backend node = Specs.node(name, "aws:///eu-west-1a/" + id, "10.0.0.1");
        nodes.add(node);
        return node;
    }

    AwsConfig config() {
        return new AwsConfig(cluster, "eu-west-1", vpc, "", Scheme.INTERNET_FACING, limits);
    }

    /// A new process on the same account.
    AwsProvider provider() {
        return AwsProvider.of(config(), clients, new ProviderRuntime(new Straight(), tasks));
    }

    void restart() {
        provider = provider();
    }

    void limits(AwsConfig.Limits newLimits) {
        limits = newLimits;
        restart();
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    Tasks tasks() {
        return tasks;
    }

    Specs spec(String service) {
        return new Specs().of(service).nodes(nodes);
    }

    AwsObserved bring(LoadBalancerSpec spec) {
        return bring(new Desired.Present(spec), provider.cloud().observe(spec.owner()));
    }

    AwsObserved bring(LoadBalancerSpec spec, AwsObserved observed) {
        return bring(new Desired.Present(spec), observed);
    }

    /// Until the balancer is active and what waited for that is done.
    AwsObserved settle(LoadBalancerSpec spec, AwsObserved start) {
        AwsObserved made = bring(spec, start);
        AwsObserved active = provider.cloud().poll(made).foldInto(made);
        return bring(spec, active);
    }

    AwsObserved settle(LoadBalancerSpec spec) {
        return settle(spec, provider.cloud().observe(spec.owner()));
    }

    AwsObserved remove(OwnerId owner) {
        return bring(new Desired.Absent(owner), provider.cloud().observe(owner));
    }

    AwsObserved remove(AwsObserved observed) {
        return bring(new Desired.Absent(observed.owner()), observed);
    }

    /// Plans, applies and folds until the plan is empty.
    AwsObserved bring(Desired desired, AwsObserved observed) {
        waves.clear();
        AwsObserved result = observed;
        for (int wave = 0; wave < WAVES_MAX; wave++) {
            Plan<AwsStep> plan = provider.planner().plan(desired, result);
            problems = plan.problems();
            if (plan.wave().isEmpty()) {
                return result;
            }
            waves.add(
                    String.join(
                            "\n", plan.wave().stream().map(AwsStep::describe).sorted().toList()));
            List<Callable<Answer<AwsObserved>>> steps = new ArrayList<>();
            plan.wave().forEach(step -> steps.add(() -> provider.cloud().apply(step)));
            for (Answer<AwsObserved> answer : Effects.all(tasks, steps)) {
                result = answer.foldInto(result);
            }
        }
        throw new IllegalStateException("no end of waves: " + waves);
    }

    /// Everything that a controller can change. A balancer's groups are in no order of their own.
    String dump() {
        return Pattern.compile("SecurityGroups=\\[([^]]*)]")
                .matcher(aws.dump())
                .replaceAll(m ->
                        "SecurityGroups=" + new TreeSet<>(List.of(m.group(1).split(", ", -1))));
    }

    List<String> codes() {
        return problems.stream().map(p -> p.code().name()).toList();
    }

    long writes() {
        return calls.stream().filter(call -> call.startsWith("W")).count();
    }

    long reads() {
        return calls.stream().filter(call -> call.startsWith("R")).count();
    }

    long count(String action) {
        return calls.stream().filter(call -> call.endsWith(" " + action)).count();
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
