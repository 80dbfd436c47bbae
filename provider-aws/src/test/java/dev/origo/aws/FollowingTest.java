package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.origo.model.Backend;
import dev.origo.model.Desired;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.Settings;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A Service that is refused keeps what it has, whatever else changes, and its targets follow the
/// nodes.
final class FollowingTest {
    private static final Settings LABELLED =
            Settings.NONE.with(AwsSettings.NODE_LABELS, Sorted.map(Map.of("pool", "web")));
    private static final Settings UNREADABLE =
            Settings.NONE.withUnreadable(AwsSettings.NODE_LABELS);

    private final Account account = new Account();

    @AfterEach
    void close() {
        account.close();
    }

    /// @param change of the nodes, after which a new process looks
    /// @param writes what it then does
    record Row(String name, Settings settings, Consumer<Account> change, List<String> writes) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static void added(Account account) {
        account.node("n3", account.subnetA);
    }

    private static void removed(Account account) {
        account.nodes.removeFirst();
    }

    private static void ofAnotherGroup(Account account) {
        String group = account.aws.setup().securityGroup(account.vpc, "more nodes", Map.of());
        String id = account.aws.setup().instance(account.subnetA, List.of(group), Map.of());
        account.nodes.add(Specs.node("n3", "aws:///eu-west-1a/" + id, "10.0.0.3"));
    }

    private static void oneIsLabelled(Account account) {
        Backend first = account.nodes.removeFirst();
        account.nodes.addFirst(
                new Backend(
                        first.node(),
                        first.providerId(),
                        first.addresses(),
                        Map.of("pool", "web")));
    }

    private static void withoutInstances(Account account) {
        account.nodes.clear();
        account.nodes.add(Specs.node("n9", "", "10.0.0.9"));
    }

    static List<Row> rows() {
        List<String> register = List.of("W RegisterTargets", "W RegisterTargets");
        List<String> deregister = List.of("W DeregisterTargets", "W DeregisterTargets");
        return List.of(
                new Row("nothing changes", Settings.NONE, _ -> {}, List.of()),
                new Row("a node comes", Settings.NONE, FollowingTest::added, register),
                new Row("a node goes", Settings.NONE, FollowingTest::removed, deregister),
                new Row(
                        "a node of another security group comes",
                        Settings.NONE,
                        FollowingTest::ofAnotherGroup,
                        List.of(
                                "W AuthorizeSecurityGroupIngress",
                                "W RegisterTargets",
                                "W RegisterTargets")),
                new Row("every node goes", Settings.NONE, a -> a.nodes.clear(), deregister),
                new Row(
                        "nodes are none of EC2's",
                        Settings.NONE,
                        FollowingTest::withoutInstances,
                        List.of()),
                new Row("one node is selected", LABELLED, FollowingTest::oneIsLabelled, deregister),
                new Row(
                        "the selector is unreadable and a node comes",
                        UNREADABLE,
                        FollowingTest::added,
                        List.of()),
                new Row(
                        "the selector is unreadable and a node goes",
                        UNREADABLE,
                        FollowingTest::removed,
                        deregister),
                new Row(
                        "the selector is unreadable and nodes are none of EC2's",
                        UNREADABLE,
                        FollowingTest::withoutInstances,
                        List.of()));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void followsTheNodesAndNothingElse(Row row) {
        LoadBalancerSpec spec = account.spec("web").ports(Specs.tcp(80), Specs.tcp(443)).spec();
        account.settle(spec);
        row.change().accept(account);
        account.restart();
        AwsObserved seen = account.provider.cloud().observe(spec.owner());
        account.calls.clear();

        AwsObserved kept =
                account.bring(new Desired.Kept(spec.owner(), account.nodes, row.settings()), seen);

        assertThat(account.calls.stream().filter(call -> call.startsWith("W")).sorted())
                .as("%s", account.waves)
                .isEqualTo(row.writes());
        assertThat(kept.balancers()).isEqualTo(seen.balancers());
        assertThat(kept.targetGroups()).containsOnlyKeys(seen.targetGroups().keySet());
    }

    @Test
    void followsToAnAddressOutsideTheVpc() {
        account.nodes.clear();
        account.nodes.add(Specs.node("n1", "", "10.0.1.77"));
        LoadBalancerSpec spec = account.spec("web").spec();
        account.settle(spec);
        account.nodes.add(Specs.node("n2", "", "172.31.0.7"));
        account.restart();

        AwsObserved kept =
                account.bring(
                        new Desired.Kept(spec.owner(), account.nodes, Settings.NONE),
                        account.provider.cloud().observe(spec.owner()));

        assertThat(account.waves.getFirst()).contains("look up subnets").doesNotContain("register");
        assertThat(kept.targetGroups().values().iterator().next().targets())
                .extracting(Seen.Target::id, Seen.Target::zone)
                .containsExactly(tuple("10.0.1.77", ""), tuple("172.31.0.7", "all"));
    }

    @Test
    void servesTheCorrectedServiceWithoutAnotherTarget() {
        LoadBalancerSpec spec = account.spec("web").ports(Specs.tcp(80)).spec();
        AwsObserved made = account.settle(spec);
        added(account);
        AwsObserved kept =
                account.bring(new Desired.Kept(spec.owner(), account.nodes, Settings.NONE), made);
        account.calls.clear();

        account.bring(account.spec("web").ports(Specs.tcp(80)).spec(), kept);

        assertThat(account.calls).isEmpty();
    }

    @Test
    void makesNothingWhereNothingStands() {
        AwsObserved nothing = account.provider.cloud().observe(Specs.owner("web"));
        account.calls.clear();

        account.bring(new Desired.Kept(Specs.owner("web"), account.nodes, Settings.NONE), nothing);

        assertThat(account.calls).isEmpty();
    }
}
