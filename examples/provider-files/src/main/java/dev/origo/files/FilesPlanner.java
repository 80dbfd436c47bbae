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
import java.time.Duration;
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
import java.util.stream.Stream;

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
        Optional<Problem> refusal = refusal(spec);
        if (refusal.isPresent()) {
            return Plan.refused(List.of(refusal.get()));
        }
        Optional<Balancer> stands = standing(spec, observed);
        Balancer wanted = balancer(spec, stands.map(Balancer::name).orElse(freshName(spec)));
        return new Plan<>(
                wave(spec, observed, stands, wanted), replacements(spec, observed, wanted));
    }

    private static Optional<Problem> refusal(LoadBalancerSpec spec) {
        String wish = spec.requestedIp();
        if (wish.isEmpty() || Addresses.holds(wish)) {
            return Optional.empty();
        }
        Cidr range = Addresses.range(Addresses.family(wish));
        return Optional.of(
                Problem.error(
                                Code.LOAD_BALANCER_IP_NOT_SUPPORTED,
                                "spec.loadBalancerIP %s is not in %s".formatted(wish, range))
                        .withFix(
                                "ask for an address in %s, or remove spec.loadBalancerIP"
                                        .formatted(range)));
    }

    private static List<FilesStep> wave(
            LoadBalancerSpec spec,
            FilesObserved observed,
            Optional<Balancer> stands,
            Balancer wanted) {
        List<FilesStep> pools = poolSteps(spec, observed);
        if (!pools.isEmpty()) {
            return pools;
        }
        Set<IpFamily> families = Set.copyOf(spec.families());
        if (stands.isEmpty()) {
            return List.of(new FilesStep.CreateBalancer(wanted, families, spec.requestedIp()));
        }
        if (!isRight(stands.get(), wanted, spec)) {
            return List.of(
                    new FilesStep.ChangeBalancer(
                            wanted.withAddresses(stands.get().addresses()),
                            families,
                            spec.requestedIp()));
        }
        return leftovers(spec, observed, wanted);
    }

    // --- which balancer is meant

    /// The one that is as wanted in what cannot change, first of all if it is published; or one
    /// under the name that a new one would get, which somebody has edited.
    private static Optional<Balancer> standing(LoadBalancerSpec spec, FilesObserved observed) {
        return suiting(spec, observed)
                .or(() -> Optional.ofNullable(observed.balancers().get(freshName(spec))));
    }

    private static Optional<Balancer> suiting(LoadBalancerSpec spec, FilesObserved observed) {
        List<Balancer> suiting =
                observed.balancers().values().stream().filter(b -> suits(b, spec)).toList();
        return suiting.stream()
                .filter(balancer -> isPublished(balancer, spec))
                .findFirst()
                .or(() -> suiting.stream().findFirst());
    }

    private static boolean suits(Balancer balancer, LoadBalancerSpec spec) {
        return balancer.scheme() == spec.scheme()
                && (spec.requestedIp().isEmpty()
                        || balancer.addresses().containsValue(spec.requestedIp())
                        || !balancer.addresses().containsKey(Addresses.family(spec.requestedIp())));
    }

    private static boolean isRight(Balancer stands, Balancer wanted, LoadBalancerSpec spec) {
        return stands.withAddresses(new TreeMap<>()).equals(wanted)
                && stands.addresses().keySet().equals(Set.copyOf(spec.families()))
                && (spec.requestedIp().isEmpty()
                        || stands.addresses().containsValue(spec.requestedIp()));
    }

    private static boolean isPublished(Balancer balancer, LoadBalancerSpec spec) {
        return balancer.addresses().values().stream().anyMatch(spec.published()::contains);
    }

    private static List<Problem> replacements(
            LoadBalancerSpec spec, FilesObserved observed, Balancer wanted) {
        return observed.balancers().values().stream()
                .filter(other -> !other.name().equals(wanted.name()) && isPublished(other, spec))
                .map(other ->
                        Problem.warning(
                                Code.REPLACEMENT,
                                "%s takes the place of %s".formatted(wanted.name(), other.name())))
                .toList();
    }

    // --- steps

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
    private static List<FilesStep> leftovers(
            LoadBalancerSpec spec, FilesObserved observed, Balancer wanted) {
        Stream<Balancer> predecessors =
                observed.balancers().values().stream()
                        .filter(other -> !other.name().equals(wanted.name()))
                        .filter(other -> !isPublished(other, spec));
        Stream<Pool> unused =
                observed.pools().values().stream().filter(pool -> !observed.isUsed(pool));
        return Stream.concat(predecessors, unused).<FilesStep>map(FilesStep.Delete::new).toList();
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
    private static String freshName(LoadBalancerSpec spec) {
        return "%s-%s"
                .formatted(
                        spec.owner().hash(),
                        Hashes.base32(VARIANT_LENGTH, spec.scheme().name(), spec.requestedIp()));
    }

    private static Balancer balancer(LoadBalancerSpec spec, String name) {
        SortedMap<String, Balancer.Front> fronts = new TreeMap<>();
        for (ServicePort port : spec.ports()) {
            fronts.put(
                    frontName(port),
                    new Balancer.Front(
                            port.protocol(),
                            port.port(),
                            spec.carrier(),
                            spec.sourceRanges().stream().map(Cidr::toString).toList(),
                            keepsClientsSeconds(spec.affinity()),
                            poolName(spec, port)));
        }
        return new Balancer(
                name,
                Mark.of(spec.owner()),
                spec.name(),
                spec.settings().get(FilesProviderFactory.NOTE).orElse(""),
                spec.scheme(),
                new TreeMap<>(),
                fronts);
    }

    private static long keepsClientsSeconds(Affinity affinity) {
        return switch (affinity) {
            case Affinity.None() -> 0;
            case Affinity.ClientIp(Duration timeout) -> timeout.toSeconds();
        };
    }

    // --- what it amounts to

    @Override
    public Provisioning provisioning(LoadBalancerSpec spec, FilesObserved observed) {
        return suiting(spec, observed)
                .<Provisioning>map(
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
