package dev.origo.testkit.toy;

import dev.origo.model.Backend;
import dev.origo.model.Code;
import dev.origo.model.Desired;
import dev.origo.model.Ingress;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.PortPath;
import dev.origo.model.Problem;
import dev.origo.model.ServicePort;
import dev.origo.spi.Plan;
import dev.origo.spi.Planner;
import dev.origo.spi.Provisioning;
import dev.origo.spi.TargetHealth;
import dev.origo.testkit.toy.ToyState.Balancer;
import dev.origo.testkit.toy.ToyState.Part;
import dev.origo.testkit.toy.ToyState.PartSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Balancer first, then its parts; parts first when it goes. Another scheme is another balancer,
/// beside the old one until it is ready.
final class ToyPlanner implements Planner<ToyState, ToyStep> {
    @Override
    public Plan<ToyStep> plan(Desired desired, ToyState observed) {
        return switch (desired) {
            case Desired.Present(LoadBalancerSpec spec) ->
                    new Plan<>(present(spec, observed), replacement(observed));
            case Desired.Kept(_, List<Backend> backends, _) ->
                    Plan.of(following(nodes(backends), observed));
            case Desired.Absent _ -> Plan.of(removal(observed, observed.balancers()));
        };
    }

    private static List<ToyStep> following(SortedSet<String> nodes, ToyState observed) {
        return observed.parts().stream()
                .filter(part -> !part.spec().nodes().equals(nodes))
                .<ToyStep>map(part ->
                        new ToyStep.ChangePart(
                                observed.owner(), part.id(), part.spec().withNodes(nodes)))
                .toList();
    }

    private static SortedSet<String> nodes(List<Backend> backends) {
        return backends.stream().map(Backend::node).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Problem> replacement(ToyState observed) {
        return observed.balancers().size() < 2
                ? List.of()
                : List.of(Problem.warning(Code.REPLACEMENT, "one takes the place of another"));
    }

    private static List<ToyStep> present(LoadBalancerSpec spec, ToyState observed) {
        Optional<Balancer> wanted = observed.balancer(spec.scheme());
        if (wanted.isEmpty()) {
            return List.of(new ToyStep.CreateBalancer(spec.owner(), spec.scheme()));
        }
        Balancer balancer = wanted.get();
        List<ToyStep> wave = new ArrayList<>(partSteps(spec, observed, balancer));
        if (wave.isEmpty() && balancer.ready()) {
            List<Balancer> others =
                    observed.balancers().stream()
                            .filter(b -> !b.equals(balancer))
                            .filter(b -> !spec.published().contains(b.address()))
                            .toList();
            wave.addAll(removal(observed, others));
        }
        return wave;
    }

    private static List<ToyStep> partSteps(
            LoadBalancerSpec spec, ToyState observed, Balancer balancer) {
        List<ToyStep> steps = new ArrayList<>();
        List<Part> parts =
                observed.parts().stream()
                        .filter(p -> p.spec().balancer().equals(balancer.id()))
                        .toList();
        for (ServicePort port : spec.ports()) {
            PartSpec want = part(spec, balancer, port);
            Optional<Part> have =
                    parts.stream().filter(p -> p.spec().port() == port.port()).findFirst();
            if (have.isEmpty()) {
                steps.add(new ToyStep.CreatePart(spec.owner(), want));
            } else if (!have.get().spec().equals(want)) {
                steps.add(new ToyStep.ChangePart(spec.owner(), have.get().id(), want));
            }
        }
        for (Part part : parts) {
            if (spec.ports().stream().noneMatch(port -> port.port() == part.spec().port())) {
                steps.add(new ToyStep.DeletePart(spec.owner(), part.id()));
            }
        }
        return steps;
    }

    private static PartSpec part(LoadBalancerSpec spec, Balancer balancer, ServicePort port) {
        return new PartSpec(
                balancer.id(),
                port.port(),
                port.nodePort(),
                spec.healthCheck().probe(),
                nodes(spec.backends()));
    }

    private static List<ToyStep> removal(ToyState observed, List<Balancer> balancers) {
        List<ToyStep> steps = new ArrayList<>();
        for (Balancer balancer : balancers) {
            List<ToyStep> parts =
                    observed.parts().stream()
                            .filter(p -> p.spec().balancer().equals(balancer.id()))
                            .<ToyStep>map(p -> new ToyStep.DeletePart(observed.owner(), p.id()))
                            .toList();
            steps.addAll(
                    parts.isEmpty()
                            ? List.of(new ToyStep.DeleteBalancer(observed.owner(), balancer.id()))
                            : parts);
        }
        return steps;
    }

    @Override
    public Provisioning provisioning(LoadBalancerSpec spec, ToyState observed) {
        if (observed.balancers().isEmpty()) {
            return new Provisioning.Absent();
        }
        Optional<Balancer> wanted = observed.balancer(spec.scheme());
        if (wanted.filter(Balancer::ready).isEmpty()) {
            return new Provisioning.Pending("making");
        }
        return new Provisioning.Ready(
                List.of(new Ingress(new Ingress.Ip(wanted.get().address(), true), List.of())));
    }

    @Override
    public TargetHealth health(ToyState observed) {
        int nodes =
                observed.parts().stream().mapToInt(p -> p.spec().nodes().size()).max().orElse(0);
        return new TargetHealth(nodes, nodes, Map.of(), 0);
    }

    @Override
    public boolean isAbsent(ToyState observed) {
        return observed.balancers().isEmpty() && observed.parts().isEmpty();
    }

    @Override
    public List<PortPath> paths(LoadBalancerSpec spec, ToyState observed) {
        return spec.ports().stream()
                .map(port ->
                        new PortPath(
                                port.port(),
                                PortPath.Kind.TCP,
                                PortPath.Targets.INSTANCES,
                                spec.carrier(),
                                true,
                                false,
                                false,
                                spec.healthCheck().probe(),
                                false))
                .toList();
    }
}
