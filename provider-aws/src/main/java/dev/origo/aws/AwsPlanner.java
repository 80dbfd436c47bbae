package dev.origo.aws;

import dev.origo.aws.Seen.Balancer;
import dev.origo.model.Carrier;
import dev.origo.model.ClientAddressWish;
import dev.origo.model.Code;
import dev.origo.model.Desired;
import dev.origo.model.HealthCheck;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// The decisions of the AWS provider. Pure.
final class AwsPlanner implements Planner<AwsObserved, AwsStep> {
    private final AwsConfig config;

    AwsPlanner(AwsConfig config) {
        this.config = config;
    }

    @Override
    public Plan<AwsStep> plan(Desired desired, AwsObserved observed) {
        return switch (desired) {
            case Desired.Present(LoadBalancerSpec spec) -> present(spec, observed);
            case Desired.Kept kept -> Plan.of(Following.wave(kept, config, observed));
            case Desired.Absent _ -> absent(observed);
        };
    }

    private Plan<AwsStep> present(LoadBalancerSpec spec, AwsObserved observed) {
        Wanted wanted = AwsDesired.of(spec, config, observed);
        if (Problem.anyBlocks(wanted.problems())) {
            return Plan.refused(wanted.problems());
        }
        List<AwsStep> looks = new ArrayList<>();
        if (!wanted.lookUps().isEmpty()) {
            looks.add(new AwsStep.LookUp(wanted.lookUps()));
        }
        if (!observed.shared().rulesKnown()) {
            looks.add(new AwsStep.LookUpRules(observed.owner()));
        }
        boolean stands = !observed.balancersNamed(wanted.balancer().name()).isEmpty();
        boolean blind = wanted.lookUps().stream().anyMatch(k -> k.startsWith(Facts.GROUP_NAMED));
        if (blind || (!stands && !looks.isEmpty())) {
            return new Plan<>(
                    looks, wanted.problems()); // nothing is half made of what is not known
        }
        Diff diff = new Diff(wanted, observed, config.limits().targetsMax());
        looks.addAll(diff.wave());
        List<Problem> problems = new ArrayList<>(wanted.problems());
        problems.addAll(diff.problems());
        return new Plan<>(looks, problems);
    }

    /// Balancers first, with the node rules; then target groups, which a balancer holds; then
    /// security groups, which its interfaces hold.
    private Plan<AwsStep> absent(AwsObserved observed) {
        List<Problem> protectedOnes =
                observed.balancers().values().stream()
                        .filter(AwsPlanner::isProtected)
                        .map(AwsPlanner::isProtectedProblem)
                        .toList();
        if (!protectedOnes.isEmpty()) {
            return Plan.refused(protectedOnes);
        }
        List<AwsStep> wave = new ArrayList<>();
        observed.balancers()
                .values()
                .forEach(b -> wave.add(new AwsStep.DeleteBalancer(b.arn(), b.name())));
        AwsObserved.Shared shared = observed.shared();
        if (!shared.rulesKnown()) {
            wave.add(new AwsStep.LookUpRules(observed.owner()));
        }
        shared.opened()
                .forEach((group, rules) ->
                        wave.add(
                                new AwsStep.CloseNodes(
                                        observed.owner(), group, shared.group(), rules)));
        if (!wave.isEmpty()) {
            return Plan.of(wave);
        }
        observed.targetGroups()
                .values()
                .forEach(g -> wave.add(new AwsStep.DeleteTargetGroup(g.arn(), g.name())));
        if (!wave.isEmpty()) {
            return Plan.of(wave);
        }
        observed.groups()
                .values()
                .forEach(g -> wave.add(new AwsStep.DeleteGroup(g.id(), g.name())));
        if (shared.used() || shared.idle()) {
            wave.add(new AwsStep.ReleaseShared(observed.owner()));
        }
        return Plan.of(wave);
    }

    static boolean isProtected(Balancer balancer) {
        return "true".equals(balancer.attributes().get(Attributes.DELETION_PROTECTION));
    }

    static Problem isProtectedProblem(Balancer balancer) {
        return Problem.error(
                Code.DELETION_PROTECTED,
                "load balancer %s is protected against deletion".formatted(balancer.name()));
    }

    @Override
    public Provisioning provisioning(LoadBalancerSpec spec, AwsObserved observed) {
        Optional<Balancer> found =
                observed.balancersNamed(AwsDesired.balancerName(spec)).stream().findFirst();
        if (found.isEmpty()) {
            return new Provisioning.Absent();
        }
        Balancer balancer = found.get();
        if (balancer.state().equals("failed")) {
            return new Provisioning.Failed("load balancer %s failed".formatted(balancer.name()));
        }
        return balancer.isActive() && !balancer.dnsName().isEmpty()
                ? new Provisioning.Ready(List.of(ingress(balancer)))
                : new Provisioning.Pending(balancer.state());
    }

    private static Ingress ingress(Balancer balancer) {
        return new Ingress(
                new Ingress.Hostname(balancer.dnsName().toLowerCase(Locale.ROOT)), List.of());
    }

    @Override
    public TargetHealth health(AwsObserved observed) {
        return observed.health();
    }

    @Override
    public boolean isAbsent(AwsObserved observed) {
        return observed.balancers().isEmpty()
                && observed.targetGroups().isEmpty()
                && observed.groups().isEmpty()
                && observed.shared().opened().isEmpty()
                && !observed.shared().used();
    }

    @Override
    public List<PortPath> paths(LoadBalancerSpec spec, AwsObserved observed) {
        Targets targets = Targets.of(spec, observed, Integer.MAX_VALUE);
        Ports ports = new Ports(spec, AwsDesired.balancerName(spec), targets.type());
        List<PortPath> paths = new ArrayList<>();
        for (int i = 0; i < ports.listeners().size(); i++) {
            Wanted.Listener listener = ports.listeners().get(i);
            Wanted.Group group = ports.groups().get(i);
            paths.add(
                    new PortPath(
                            listener.port(),
                            listener.kind(),
                            targets.type().equals("instance")
                                    ? PortPath.Targets.INSTANCES
                                    : PortPath.Targets.NODE_ADDRESSES,
                            spec.carrier(),
                            Attributes.keepsSource(group, listener.kind()),
                            // Clients of the other family, if there is one, are told in a warning.
                            false,
                            false,
                            probe(group),
                            spec.carrier() == Carrier.PROXY_PROTOCOL_V2));
        }
        return paths;
    }

    private static HealthCheck.Probe probe(Wanted.Group group) {
        Wanted.Check check = group.check();
        if (!check.isHttp()) {
            return new HealthCheck.TrafficPort();
        }
        int port =
                check.port().equals(Wanted.Check.TRAFFIC_PORT)
                        ? group.port()
                        : Integer.parseInt(check.port());
        return new HealthCheck.Http(port, check.path());
    }

    @Override
    public Optional<ClientAddressWish> wish(Settings settings) {
        if (settings.has(AwsSettings.PROXY_PROTOCOL)) {
            return Optional.of(ClientAddressWish.PROXY_PROTOCOL_V2);
        }
        SortedMap<String, String> attributes =
                settings.get(AwsSettings.TARGET_GROUP_ATTRIBUTES).orElse(Sorted.map(Map.of()));
        if ("true".equals(attributes.get(Attributes.PROXY_PROTOCOL))) {
            return Optional.of(ClientAddressWish.PROXY_PROTOCOL_V2);
        }
        return Optional.ofNullable(attributes.get(Attributes.PRESERVE_CLIENT))
                .map(on -> on.equals("true") ? ClientAddressWish.PACKET : ClientAddressWish.NONE);
    }
}
