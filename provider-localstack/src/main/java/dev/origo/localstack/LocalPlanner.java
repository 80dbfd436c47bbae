package dev.origo.localstack;

import dev.origo.aws.AwsObserved;
import dev.origo.aws.AwsStep;
import dev.origo.aws.Recorded;
import dev.origo.dataplane.Balancer;
import dev.origo.dataplane.DataPlane;
import dev.origo.dataplane.Placed;
import dev.origo.localstack.LocalObserved.Carried;
import dev.origo.model.Carrier;
import dev.origo.model.ClientAddressWish;
import dev.origo.model.Code;
import dev.origo.model.Desired;
import dev.origo.model.Ingress;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.PortPath;
import dev.origo.model.Problem;
import dev.origo.model.Settings;
import dev.origo.spi.Plan;
import dev.origo.spi.Planner;
import dev.origo.spi.Provisioning;
import dev.origo.spi.TargetHealth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/// AWS's plan first; when the record is as wanted, what it says is brought alive. Pure.
final class LocalPlanner implements Planner<LocalObserved, LocalStep> {
    private final Planner<AwsObserved, AwsStep> aws;

    LocalPlanner(Planner<AwsObserved, AwsStep> aws) {
        this.aws = aws;
    }

    @Override
    public Plan<LocalStep> plan(Desired desired, LocalObserved observed) {
        List<LocalStep> revived = revived(desired, observed);
        if (!revived.isEmpty()) {
            return Plan.of(revived);
        }
        Plan<AwsStep> onRecord = aws.plan(asAwsPublishes(desired, observed), observed.aws());
        List<LocalStep> wave = new ArrayList<>();
        onRecord.wave().forEach(step -> wave.add(new LocalStep.OnAws(step)));
        List<Problem> problems = new ArrayList<>(onRecord.problems());
        boolean goes = desired instanceof Desired.Absent;
        if (Problem.anyBlocks(problems) || (!wave.isEmpty() && !goes)) {
            return new Plan<>(wave, problems);
        }
        List<Recorded> record = Recorded.of(observed.aws());
        Alive alive = Alive.of(desired, record);
        problems.addAll(alive.problems());
        for (Balancer balancer : alive.balancers().values()) {
            boolean asWanted =
                    Optional.ofNullable(observed.carried().get(balancer.id()))
                            .filter(carried -> carried.balancer().equals(balancer))
                            .isPresent();
            if (!asWanted) {
                wave.add(new LocalStep.Carry(desired.owner(), balancer));
            }
        }
        // One that is being made again, at an endpoint that forgot it, goes on as it was.
        Set<String> stay = goes ? Set.of() : names(record);
        for (String id : observed.carried().keySet()) {
            if (!stay.contains(id)) {
                wave.add(new LocalStep.Drop(desired.owner(), id));
            }
        }
        if (wave.isEmpty()) {
            problems.addAll(findings(observed.carried().values(), alive.problems()));
        }
        return new Plan<>(wave, problems);
    }

    /// What a new process finds published it carries as it is on record, before it changes
    /// anything: the one before has died, and clients wait.
    private static List<LocalStep> revived(Desired desired, LocalObserved observed) {
        List<LocalStep> steps = new ArrayList<>();
        for (Balancer balancer :
                Alive.of(desired, Recorded.of(observed.aws())).balancers().values()) {
            boolean waits =
                    !balancer.listeners().isEmpty()
                            && !observed.carried().containsKey(balancer.id());
            if (waits && isPublished(desired, balancer)) {
                steps.add(new LocalStep.Carry(desired.owner(), balancer));
            }
        }
        return steps;
    }

    private static boolean isPublished(Desired desired, Balancer balancer) {
        String address = DataPlane.addressOf(balancer.id()).getHostAddress();
        return switch (desired) {
            case Desired.Present(LoadBalancerSpec spec) -> spec.published().contains(address);
            case Desired.Kept _ -> true;
            case Desired.Absent _ -> false;
        };
    }

    private static Set<String> names(List<Recorded> record) {
        return record.stream().map(Recorded::name).collect(Collectors.toSet());
    }

    /// What could not be done as wanted on this machine, and is not told already.
    private static List<Problem> findings(Collection<Carried> carried, List<Problem> told) {
        Set<Code> codes = told.stream().map(Problem::code).collect(Collectors.toSet());
        return carried.stream()
                .flatMap(one -> one.placed().findings().stream())
                .map(Placed.Finding::problem)
                .filter(problem -> !codes.contains(problem.code()))
                .toList();
    }

    /// The Service's status names our addresses, AWS's plan knows balancers by their host names.
    private static Desired asAwsPublishes(Desired desired, LocalObserved observed) {
        if (!(desired instanceof Desired.Present(LoadBalancerSpec spec))) {
            return desired;
        }
        Set<String> names = new HashSet<>(spec.published());
        for (Recorded recorded : Recorded.of(observed.aws())) {
            String address =
                    address(recorded, observed.carried())
                            .orElseGet(() -> expected(recorded)); // a new process carries none yet
            if (spec.published().contains(address)) {
                names.add(recorded.dnsName());
            }
        }
        return new Desired.Present(spec.withPublished(names));
    }

    private static String expected(Recorded recorded) {
        return DataPlane.addressOf(recorded.name()).getHostAddress();
    }

    private static Optional<String> address(Recorded recorded, SortedMap<String, Carried> carried) {
        return Optional.ofNullable(carried.get(recorded.name()))
                .map(c -> c.placed().address().getHostAddress());
    }

    @Override
    public Provisioning provisioning(LoadBalancerSpec spec, LocalObserved observed) {
        Provisioning onRecord = aws.provisioning(spec, observed.aws());
        if (!(onRecord instanceof Provisioning.Ready(List<Ingress> ingress))) {
            return onRecord;
        }
        return Recorded.of(observed.aws()).stream()
                .filter(recorded ->
                        ingress.stream()
                                .anyMatch(i -> i.address().text().equals(recorded.dnsName())))
                .flatMap(recorded -> address(recorded, observed.carried()).stream())
                .findFirst()
                .<Provisioning>map(address ->
                        new Provisioning.Ready(
                                List.of(new Ingress(new Ingress.Ip(address, false), List.of()))))
                .orElseGet(() -> new Provisioning.Pending("waiting for the data plane"));
    }

    /// Emulators call every target healthy; the data plane asks.
    @Override
    public TargetHealth health(LocalObserved observed) {
        return observed.health();
    }

    @Override
    public boolean isAbsent(LocalObserved observed) {
        return aws.isAbsent(observed.aws()) && observed.carried().isEmpty();
    }

    @Override
    public List<PortPath> paths(LoadBalancerSpec spec, LocalObserved observed) {
        boolean packets = Alive.keepsSource(spec.backends());
        return aws.paths(spec, observed.aws()).stream()
                .map(path -> path(path, spec.carrier(), packets))
                .toList();
    }

    private static PortPath path(PortPath path, Carrier carrier, boolean packets) {
        return new PortPath(
                path.port(),
                carrier == Carrier.FORWARDED_HEADER ? PortPath.Kind.HTTP_APPENDS : path.kind(),
                path.targets(),
                carrier,
                path.keepsSource() && packets,
                path.translatesFamily(),
                path.privateLink(),
                path.probe(),
                path.checksCarryProxyHeader());
    }

    @Override
    public Optional<ClientAddressWish> wish(Settings settings) {
        return aws.wish(settings);
    }
}
