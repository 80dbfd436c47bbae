package dev.origo.files;

import static dev.origo.model.IpFamily.IPV4;
import static dev.origo.model.IpFamily.IPV6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Affinity;
import dev.origo.model.Backend;
import dev.origo.model.Carrier;
import dev.origo.model.Cidr;
import dev.origo.model.ClusterId;
import dev.origo.model.Desired;
import dev.origo.model.Hashes;
import dev.origo.model.HealthCheck;
import dev.origo.model.IpFamily;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.OwnerId;
import dev.origo.model.Protocol;
import dev.origo.model.Scheme;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServicePort;
import dev.origo.model.Settings;
import dev.origo.model.TrafficPolicy;
import dev.origo.spi.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every wave from what stands to what is wanted, as text.
class FilesPlannerTest {
    private static final OwnerId OWNER =
            new OwnerId(new ClusterId("blue", "c1"), ServiceKey.parse("default/web"), "u1");
    private static final String GIVEN = "192.0.2.1";
    private static final String GIVEN6 = "2001:db8:0:0:0:0:0:1";
    private static final int WAVES_MAX = 5;

    private static final Map<String, String> BALANCERS =
            Map.of(
                    name(Scheme.INTERNAL, ""), "B1",
                    name(Scheme.INTERNET_FACING, ""), "B2",
                    name(Scheme.INTERNET_FACING, "192.0.2.8"), "B3",
                    name(Scheme.INTERNAL, "192.0.2.9"), "B4");

    private static final FilesPlanner PLANNER = new FilesPlanner();

    /// What differs from row to row.
    private record Wish(
            Scheme scheme,
            List<Integer> ports,
            List<IpFamily> families,
            String requestedIp,
            List<String> nodes,
            Set<String> published) {
        static final Wish PLAIN =
                new Wish(Scheme.INTERNAL, List.of(80), List.of(IPV4), "", List.of("a"), Set.of());

        Wish scheme(Scheme other) {
            return new Wish(other, ports, families, requestedIp, nodes, published);
        }

        Wish ports(Integer... others) {
            return new Wish(scheme, List.of(others), families, requestedIp, nodes, published);
        }

        Wish families(IpFamily... others) {
            return new Wish(scheme, ports, List.of(others), requestedIp, nodes, published);
        }

        Wish asking(String other) {
            return new Wish(scheme, ports, families, other, nodes, published);
        }

        Wish nodes(String... others) {
            return new Wish(scheme, ports, families, requestedIp, List.of(others), published);
        }

        Wish published(String... others) {
            return new Wish(scheme, ports, families, requestedIp, nodes, Set.of(others));
        }

        LoadBalancerSpec spec() {
            return new LoadBalancerSpec(
                    OWNER,
                    "",
                    scheme,
                    ports.stream()
                            .map(p -> new ServicePort("", Protocol.TCP, p, 30_000 + p))
                            .toList(),
                    TrafficPolicy.CLUSTER,
                    new HealthCheck(
                            new HealthCheck.Http(10256, "/healthz"),
                            new HealthCheck.Timing(
                                    Duration.ofSeconds(3), Duration.ofSeconds(1), 1, 2)),
                    new TreeSet<>(Set.of(Cidr.ALL_IPV4)),
                    new LinkedHashSet<>(families),
                    new Affinity.None(),
                    requestedIp,
                    Carrier.PACKET,
                    backends(nodes),
                    Settings.NONE,
                    published);
        }
    }

    private static List<Backend> backends(List<String> nodes) {
        return nodes.stream().map(n -> new Backend(n, "", List.of(), Map.of())).toList();
    }

    record Row(String name, FilesObserved observed, Desired desired, List<String> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row row(String name, FilesObserved observed, Wish wish, String... expected) {
        return row(name, observed, new Desired.Present(wish.spec()), expected);
    }

    private static Row row(
            String name, FilesObserved observed, Desired desired, String... expected) {
        return new Row(name, observed, desired, List.of(expected));
    }

    static Stream<Row> rows() {
        return Stream.of(arising(), replacing(), ending()).flatMap(List::stream);
    }

    private static List<Row> arising() {
        Wish web = Wish.PLAIN;
        FilesObserved nothing = FilesObserved.nothing(OWNER);
        FilesObserved stands = grown(nothing, web);
        Wish outside = web.published(GIVEN).scheme(Scheme.INTERNET_FACING);
        return List.of(
                row(
                        "a new Service",
                        nothing,
                        web.ports(80, 443),
                        "1: create pool P-tcp-80 to [a]",
                        "1: create pool P-tcp-443 to [a]",
                        "2: create balancer B1 with [tcp-443, tcp-80]"),
                row("nothing changed", stands, web.published(GIVEN)),
                row(
                        "a node more",
                        stands,
                        web.nodes("a", "b"),
                        "1: change pool P-tcp-80 to [a, b]"),
                row(
                        "a port instead of another",
                        stands,
                        web.ports(443),
                        "1: create pool P-tcp-443 to [a]",
                        "2: change balancer B1 with [tcp-443]",
                        "3: delete pools/P-tcp-80"),
                row(
                        "a killed process made the pool alone",
                        nothing.with(pool(stands)),
                        web,
                        "1: create balancer B1 with [tcp-80]"),
                row(
                        "a pool was deleted by hand",
                        stands.without(pool(stands)),
                        web,
                        "1: create pool P-tcp-80 to [a]"),
                row(
                        "another scheme: beside the published one, and told",
                        stands,
                        outside,
                        "1: Replacement B2 takes the place of B1",
                        "1: create balancer B2 with [tcp-80]",
                        "2: Replacement B2 takes the place of B1"));
    }

    private static List<Row> replacing() {
        Wish web = Wish.PLAIN;
        Wish pinned = web.asking("192.0.2.9");
        FilesObserved nothing = FilesObserved.nothing(OWNER);
        FilesObserved stands = grown(nothing, web);
        Wish outside = web.published(GIVEN).scheme(Scheme.INTERNET_FACING);
        FilesObserved both = grown(stands, outside.asking("192.0.2.8"));
        return List.of(
                row(
                        "the status names the new one: the old one goes",
                        both,
                        outside.asking("192.0.2.8").published("192.0.2.8"),
                        "1: delete balancers/B1"),
                row(
                        "back again while the old one is published: the new one goes",
                        both,
                        web.published(GIVEN),
                        "1: delete balancers/B3"),
                row(
                        "it asks for the address that it has",
                        stands,
                        web.published(GIVEN).asking(GIVEN)),
                row(
                        "it asks for another address: beside the published one, and told",
                        stands,
                        pinned.published(GIVEN),
                        "1: Replacement B4 takes the place of B1",
                        "1: create balancer B4 with [tcp-80]",
                        "2: Replacement B4 takes the place of B1"),
                row("it asks no more", grown(nothing, pinned), web.published("192.0.2.9")),
                row(
                        "it asks no more before the other one is published",
                        grown(stands, pinned.published(GIVEN)),
                        web.published(GIVEN),
                        "1: delete balancers/B4"),
                row(
                        "it asks no more after the other one is published",
                        grown(stands, pinned.published(GIVEN)),
                        web.published("192.0.2.9"),
                        "1: delete balancers/B1"));
    }

    private static List<Row> ending() {
        Wish web = Wish.PLAIN;
        FilesObserved nothing = FilesObserved.nothing(OWNER);
        FilesObserved stands = grown(nothing, web);
        Wish outside = web.published(GIVEN).scheme(Scheme.INTERNET_FACING);
        FilesObserved both = grown(stands, outside.asking("192.0.2.8"));
        return List.of(
                row(
                        "a second family, with the address that it asks for",
                        stands,
                        web.published(GIVEN).families(IPV4, IPV6).asking("2001:db8:0:0:0:0:0:7"),
                        "1: change balancer B1 with [tcp-80]"),
                row(
                        "one family less",
                        grown(nothing, web.families(IPV4, IPV6)),
                        web,
                        "1: change balancer B1 with [tcp-80]"),
                row(
                        "an address of somewhere else",
                        stands,
                        web.asking("10.1.2.3"),
                        "1: LoadBalancerIpNotSupported spec.loadBalancerIP 10.1.2.3 is not in 192.0.2.0/24"),
                row(
                        "the scheme was edited by hand",
                        grown(nothing, web).with(edited(balancer(stands), Scheme.INTERNET_FACING)),
                        web,
                        "1: change balancer B1 with [tcp-80]"),
                row(
                        "refused as it is written now: the nodes are followed",
                        stands,
                        new Desired.Kept(OWNER, backends(List.of("b")), Settings.NONE),
                        "1: change pool P-tcp-80 to [b]"),
                row(
                        "wanted no more: what is in front goes first",
                        both,
                        new Desired.Absent(OWNER),
                        "1: delete balancers/B1",
                        "1: delete balancers/B3",
                        "2: delete pools/P-tcp-80"),
                row("wanted no more, and gone", nothing, new Desired.Absent(OWNER)));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void plans(Row row) {
        assertThat(waves(row.desired(), row.observed()).lines())
                .containsExactlyInAnyOrderElementsOf(row.expected());
    }

    // --- a cloud in a few lines

    private record Waves(FilesObserved end, List<String> lines) {}

    private static FilesObserved grown(FilesObserved from, Wish wish) {
        return waves(new Desired.Present(wish.spec()), from).end();
    }

    private static Waves waves(Desired desired, FilesObserved from) {
        FilesObserved observed = from;
        List<String> lines = new ArrayList<>();
        for (int wave = 1; wave <= WAVES_MAX; wave++) {
            int number = wave;
            Plan<FilesStep> plan = PLANNER.plan(desired, observed);
            Stream.concat(
                            plan.problems().stream()
                                    .map(p -> p.code().reason() + " " + p.message()),
                            plan.wave().stream().map(FilesStep::describe))
                    .forEach(text -> lines.add("%d: %s".formatted(number, shown(text))));
            if (plan.wave().isEmpty()) {
                return new Waves(observed, lines);
            }
            for (FilesStep step : plan.wave()) {
                observed = taken(step, observed);
            }
        }
        throw new AssertionError("no end within %d waves: %s".formatted(WAVES_MAX, lines));
    }

    private static FilesObserved taken(FilesStep step, FilesObserved observed) {
        return switch (step) {
            case FilesStep.CreatePool(Pool pool) -> observed.with(pool);
            case FilesStep.ChangePool(Pool pool) -> observed.with(pool);
            case FilesStep.CreateBalancer(Balancer balancer, var families, var requestedIp) ->
                    observed.with(addressed(balancer, families, requestedIp));
            case FilesStep.ChangeBalancer(Balancer balancer, var families, var requestedIp) ->
                    observed.with(addressed(balancer, families, requestedIp));
            case FilesStep.Delete(Kept kept) -> observed.without(kept);
        };
    }

    private static Balancer addressed(
            Balancer balancer, Set<IpFamily> families, String requestedIp) {
        SortedMap<IpFamily, String> given = new TreeMap<>(balancer.addresses());
        given.keySet().retainAll(families);
        families.forEach(family -> given.putIfAbsent(family, family == IPV4 ? GIVEN : GIVEN6));
        if (!requestedIp.isEmpty()) {
            given.put(Addresses.family(requestedIp), requestedIp);
        }
        return balancer.withAddresses(given);
    }

    private static Balancer balancer(FilesObserved observed) {
        return observed.balancers().firstEntry().getValue();
    }

    private static Pool pool(FilesObserved observed) {
        return observed.pools().firstEntry().getValue();
    }

    private static Balancer edited(Balancer b, Scheme scheme) {
        return new Balancer(
                b.name(), b.mark(), b.label(), b.note(), scheme, b.addresses(), b.fronts());
    }

    /// Hashes are for machines: `P` for the owner's, `B1` and so on for the balancers.
    private static String shown(String text) {
        String shown = text;
        for (Map.Entry<String, String> balancer : BALANCERS.entrySet()) {
            shown = shown.replace(balancer.getKey(), balancer.getValue());
        }
        return shown.replace(OWNER.hash(), "P");
    }

    private static String name(Scheme scheme, String requestedIp) {
        return OWNER.hash() + "-" + Hashes.base32(5, scheme.name(), requestedIp);
    }
}
