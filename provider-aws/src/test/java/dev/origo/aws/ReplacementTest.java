package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Backend;
import dev.origo.model.Code;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.spi.Provisioning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a balancer that stands cannot take over, and what takes its place.
final class ReplacementTest {
    private final Account account = new Account();
    private final List<String> allocations =
            IntStream.range(0, 4).mapToObj(_ -> account.aws.setup().elasticIp(Map.of())).toList();

    @AfterEach
    void close() {
        account.close();
    }

    /// Addresses that a Service asks for, first and later.
    ///
    /// @param before private addresses, or numbers of Elastic IPs
    /// @param told whether it is told that the change has no effect
    record Row(String name, boolean internal, String before, String after, boolean told) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row("no addresses", false, "", "", false),
                new Row("the same Elastic IPs", false, "0,1", "0,1", false),
                new Row("another Elastic IP", false, "0,1", "0,2", true),
                new Row("Elastic IPs later", false, "", "0,1", true),
                new Row("Elastic IPs no more", false, "0,1", "", true),
                new Row(
                        "the same addresses",
                        true,
                        "10.0.1.9,10.0.2.9",
                        "10.0.1.9,10.0.2.9",
                        false),
                new Row("another address", true, "10.0.1.9,10.0.2.9", "10.0.1.9,10.0.2.8", true),
                new Row("addresses later", true, "", "10.0.1.9,10.0.2.9", true),
                new Row("addresses no more", true, "10.0.1.9,10.0.2.9", "", false));
    }

    private Specs specs(boolean internal, String addresses) {
        Specs specs = account.spec("web");
        if (internal) {
            specs.internal();
        }
        if (addresses.isEmpty()) {
            return specs;
        }
        return internal
                ? specs.with(AwsSettings.PRIVATE_ADDRESSES, addresses)
                : specs.with(
                        AwsSettings.EIPS,
                        Arrays.stream(addresses.split(",", -1))
                                .map(number -> allocations.get(Integer.parseInt(number)))
                                .collect(Collectors.joining(",")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void tellsAddressesThatABalancerCannotTakeOver(Row row) {
        AwsObserved made = account.settle(specs(row.internal(), row.before()).spec());
        assertThat(account.codes()).doesNotContain("CHANGE_REFUSED");
        account.calls.clear();

        account.bring(specs(row.internal(), row.after()).spec(), made);

        assertThat(account.codes().contains("CHANGE_REFUSED")).isEqualTo(row.told());
        account.restart();
        account.bring(specs(row.internal(), row.after()).spec());
        assertThat(account.codes().contains("CHANGE_REFUSED")).isEqualTo(row.told());
        assertThat(account.writes()).as("%s", account.waves).isZero();
    }

    @Test
    void tellsNothingWhereTheEndpointDoesNotTellAddresses() {
        AwsObserved made = account.settle(account.spec("web").spec());
        var untold = new Seen.Addresses(false, Sorted.none(), Sorted.none());
        Seen.Balancer told = made.balancers().values().iterator().next();
        var net =
                new Seen.Net(
                        told.net().ipType(), told.net().subnets(), told.net().groups(), untold);
        AwsObserved seen = made.withBalancer(told.withNet(net));

        account.bring(specs(false, "0,1").spec(), seen);

        assertThat(account.codes()).isEmpty();
    }

    @Test
    void namesTheAddressesThatAreKept() {
        account.settle(specs(false, "0,1").spec());

        account.bring(specs(false, "2,3").spec());

        assertThat(account.problems.getFirst().text())
                .contains("origo.dev/aws-eip-allocations", "origo.dev/load-balancer-name")
                .contains(allocations);
    }

    /// Nodes of a Service, first and later: `i` has an instance, `a` an address alone.
    ///
    /// @param after the kind of target that they have then
    record Nodes(String name, String before, String later, String after) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Nodes> nodes() {
        return Stream.of(
                new Nodes("the last address goes", "a1 a2", "", "ip"),
                new Nodes("the last instance goes", "i1 i2", "", "instance"),
                new Nodes("an instance joins addresses", "a1", "a1 i1", "ip"),
                new Nodes("an address joins instances", "i1", "a1 i1", "instance"),
                new Nodes("an address gives way to an instance", "a1", "i1", "instance"),
                new Nodes("an instance gives way to an address", "i1", "a1", "ip"));
    }

    private LoadBalancerSpec spec(String nodes) {
        List<Backend> backends = new ArrayList<>();
        for (String node : nodes.split(" ", -1)) {
            switch (node) {
                case "a1" -> backends.add(Specs.node(node, "", "10.0.1.77"));
                case "a2" -> backends.add(Specs.node(node, "", "10.0.2.77"));
                case "i1" -> backends.add(account.nodes.getFirst());
                case "i2" -> backends.add(account.nodes.getLast());
                default -> assertThat(node).isEmpty();
            }
        }
        return account.spec("web").nodes(backends).spec();
    }

    /// What clients are connected to stays while it can.
    @ParameterizedTest(name = "{0}")
    @MethodSource("nodes")
    void keepsTheKindOfTargetsWhileNodesHaveIt(Nodes row) {
        AwsObserved made = account.settle(spec(row.before()));
        String before = row.before().startsWith("a") ? "ip" : "instance";

        AwsObserved then = account.settle(spec(row.later()), made);

        assertThat(then.targetGroups().values())
                .extracting(Seen.TargetGroup::targetType)
                .containsExactly(row.after());
        assertThat(then.targetGroups().keySet().equals(made.targetGroups().keySet()))
                .isEqualTo(row.after().equals(before));
        account.restart();
        account.calls.clear();
        account.bring(spec(row.later()));
        assertThat(account.writes()).as("%s", account.waves).isZero();
    }

    private static String host(AwsObserved observed, String name) {
        return observed.balancersNamed(name).getFirst().dnsName();
    }

    /// The address that clients are told stays until the new one is published in its place.
    @Test
    void aNewNameTakesThePlaceOfTheOldOne() {
        AwsObserved made = account.settle(account.spec("web").named("shop").spec());
        Specs renamed = account.spec("web").named("store").published(host(made, "shop"));

        AwsObserved both = account.settle(renamed.spec(), made);

        assertThat(account.codes()).contains(Code.REPLACEMENT.name());
        assertThat(both.balancers().values())
                .extracting(Seen.Balancer::name)
                .containsExactlyInAnyOrder("shop", "store");
        assertThat(account.provider.planner().provisioning(renamed.spec(), both))
                .isInstanceOfSatisfying(
                        Provisioning.Ready.class,
                        ready ->
                                assertThat(ready.ingress().getFirst().address().text())
                                        .isEqualTo(host(both, "store")));
        account.restart();
        renamed.published(host(both, "store"));
        account.settle(renamed.spec());
        assertThat(account.codes()).isEmpty();
        assertThat(account.dump()).doesNotContain("shop");
        try (Account fresh = new Account()) {
            fresh.settle(fresh.spec("web").named("store").spec());
            assertThat(account.dump()).isEqualTo(fresh.dump());
        }
    }
}
