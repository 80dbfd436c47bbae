package dev.origo.files;

import dev.origo.model.Affinity;
import dev.origo.model.Backend;
import dev.origo.model.Carrier;
import dev.origo.model.Cidr;
import dev.origo.model.Code;
import dev.origo.model.Desired;
import dev.origo.model.Hashes;
import dev.origo.model.Ingress;
import dev.origo.model.IpFamily;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.PortPath;
import dev.origo.model.Problem;
import dev.origo.model.Protocol;
import dev.origo.model.ServicePort;
import dev.origo.spi.Plan;
import dev.origo.spi.Planner;
import dev.origo.spi.Provisioning;
import dev.origo.spi.TargetHealth;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// First the pools, then the balancer in front of them, then what nobody uses any more.
final class FilesPlanner implements Planner<FilesObserved, FilesStep> {
    private static final int VARIANT_LENGTH = 5;

    @Override
    public Plan<FilesStep> plan(Desired desired, FilesObserved observed) {
        return switch (desired) {
            case Desired.Present(LoadBalancerSpec spec) -> present(spec, observed);
            case Desired.Kept(_, List<Backend> backends, _) ->
                    Plan.of(following(nodes(backends), observed));
            case Desired.Absent _ -> Plan.of(removal(observed));
        };
    }

    private static Plan<FilesStep> present(LoadBalancerSpec spec, FilesObserved observed) {
        List<FilesStep> pools = poolSteps(spec, observed);
        if (!pools.isEmpty()) {
            return Plan.of(pools);
        }
        Balancer wanted = balancer(spec);
        Optional<Balancer> stands = Optional.ofNullable(observed.balancers().get(wanted.name()));
        if (stands.isEmpty()) {
            return Plan.of(
                    List.of(
                            new FilesStep.CreateBalancer(
                                    wanted, Set.copyOf(spec.families()), spec.requestedIp())));
        }
        boolean same =
                stands.get().withAddresses(new TreeMap<>()).equals(wanted)
                        && stands.get().addresses().keySet().equals(Set.copyOf(spec.families()));
        if (!same) {
            return Plan.of(
                    List.of(
                            new FilesStep.ChangeBalancer(
                                    wanted.withAddresses(stands.get().addresses()),
                                    Set.copyOf(spec.families()),
                                    spec.requestedIp())));
        }
        return leftovers(spec, observed, stands.get());
    }

    private static List<FilesStep> poolSteps(LoadBalancerSpec spec, FilesObserved observed) {
        List<FilesStep> steps = new ArrayList<>();
        for (ServicePort port : spec.ports()) {
            Pool wanted = pool(spec, port);
            Optional<Pool> stands = Optional.ofNullable(observed.pools().get(wanted.name()));
            if (stands.isEmpty()) {
                steps.add(new FilesStep.CreatePool(wanted));
            } else if (!stands.get().equals(wanted)) {
                steps.add(new FilesStep.ChangePool(wanted));
            }
        }
        return steps;
    }

    /// A predecessor goes when the status names it no longer; pools go when no balancer names them.
    private static Plan<FilesStep> leftovers(
            LoadBalancerSpec spec, FilesObserved observed, Balancer stands) {
        List<FilesStep> steps = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Balancer other : observed.balancers().values()) {
            if (other.name().equals(stands.name())) {
                continue;
            }
            if (other.addresses().values().stream().noneMatch(spec.published()::contains)) {
                steps.add(new FilesStep.Delete(other));
            } else {
                problems.add(
                        Problem.warning(
                                Code.REPLACEMENT,
                                "%s takes the place of %s".formatted(stands.name(), other.name())));
            }
        }
        observed.pools().values().stream()
                .filter(pool -> !observed.isUsed(pool))
                .forEach(pool -> steps.add(new FilesStep.Delete(pool)));
        return new Plan<>(steps, problems);
    }

    private static List<FilesStep> following(SortedSet<String> nodes, FilesObserved observed) {
        return observed.pools().values().stream()
                .filter(pool -> !pool.nodes().equals(nodes))
                .<FilesStep>map(pool -> new FilesStep.ChangePool(pool.withNodes(nodes)))
                .toList();
    }

    private static List<FilesStep> removal(FilesObserved observed) {
        return observed.balancers().isEmpty()
                ? observed.pools().values().stream().<FilesStep>map(FilesStep.Delete::new).toList()
                : observed.balancers().values().stream()
                        .<FilesStep>map(FilesStep.Delete::new)
                        .toList();
    }

    // --- what is wanted

    private static Pool pool(LoadBalancerSpec spec, ServicePort port) {
        return new Pool(
                poolName(spec, port),
                Mark.of(spec.owner()),
                port.nodePort(),
                nodes(spec.backends()),
                Pool.Check.of(spec.healthCheck()));
    }

    private static String poolName(LoadBalancerSpec spec, ServicePort port) {
        return "%s-%s".formatted(spec.owner().hash(), frontName(port));
    }

    private static String frontName(ServicePort port) {
        return "%s-%d".formatted(port.protocol().name().toLowerCase(Locale.ROOT), port.port());
    }

    private static SortedSet<String> nodes(List<Backend> backends) {
        return backends.stream().map(Backend::node).collect(Collectors.toCollection(TreeSet::new));
    }

    /// Another scheme, and another requested address, are another balancer's.
    private static String balancerName(LoadBalancerSpec spec) {
        return "%s-%s"
                .formatted(
                        spec.owner().hash(),
                        Hashes.base32(VARIANT_LENGTH, spec.scheme().name(), spec.requestedIp()));
    }

    private static Balancer balancer(LoadBalancerSpec spec) {
        SortedMap<String, Balancer.Front> fronts = new TreeMap<>();
        for (ServicePort port : spec.ports()) {
            fronts.put(
                    frontName(port),
                    new Balancer.Front(
                            port.protocol(),
                            port.port(),
                            spec.carrier(),
                            spec.sourceRanges().stream().map(Cidr::toString).toList(),
                            spec.affinity() instanceof Affinity.ClientIp,
                            poolName(spec, port)));
        }
        return new Balancer(
                balancerName(spec),
                Mark.of(spec.owner()),
                spec.name(),
                spec.settings().get(FilesProviderFactory.NOTE).orElse(""),
                spec.scheme(),
                new TreeMap<>(),
                fronts);
    }

    // --- what it amounts to

    @Override
    public Provisioning provisioning(LoadBalancerSpec spec, FilesObserved observed) {
        Optional<Balancer> stands =
                Optional.ofNullable(observed.balancers().get(balancerName(spec)));
        return stands.<Provisioning>map(
                        balancer -> new Provisioning.Ready(ingress(spec, balancer.addresses())))
                .orElseGet(Provisioning.Absent::new);
    }

    private static List<Ingress> ingress(LoadBalancerSpec spec, Map<IpFamily, String> addresses) {
        boolean vip = spec.carrier() == Carrier.PACKET;
        return spec.families().stream()
                .flatMap(family -> Optional.ofNullable(addresses.get(family)).stream())
                .map(literal -> new Ingress(new Ingress.Ip(literal, vip), List.of()))
                .toList();
    }

    /// Nobody checks a file's targets: all count as healthy.
    @Override
    public TargetHealth health(FilesObserved observed) {
        Set<String> nodes = new TreeSet<>();
        observed.pools().values().forEach(pool -> nodes.addAll(pool.nodes()));
        return new TargetHealth(nodes.size(), nodes.size(), Map.of(), 0);
    }

    @Override
    public boolean isAbsent(FilesObserved observed) {
        return observed.balancers().isEmpty() && observed.pools().isEmpty();
    }

    @Override
    public List<PortPath> paths(LoadBalancerSpec spec, FilesObserved observed) {
        return spec.ports().stream()
                .map(port ->
                        new PortPath(
                                port.port(),
                                port.protocol() == Protocol.UDP
                                        ? PortPath.Kind.UDP
                                        : PortPath.Kind.TCP,
                                PortPath.Targets.NODE_ADDRESSES,
                                spec.carrier(),
                                spec.carrier() == Carrier.PACKET,
                                false,
                                false,
                                spec.healthCheck().probe(),
                                false))
                .toList();
    }
}
