package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.origo.embedded.aws.AwsSettings.Quota;
import dev.origo.model.Cidr;
import dev.origo.model.Problem;
import dev.origo.model.ServicePort;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Who may connect, at the quota of rules in a security group.
final class ClientRulesTest {
    private final Account account = new Account();

    @AfterEach
    void close() {
        account.close();
    }

    private static String[] ranges(int network, int count) {
        return IntStream.range(0, count)
                .mapToObj("10.%d.%%d.0/24".formatted(network)::formatted)
                .toArray(String[]::new);
    }

    /// Ranges of both families, and what becomes of them.
    ///
    /// @param rules how many there are, and the last ICMP rule and the last one for ports
    record Row(int ranges, int ranges6, int ports, String rules) {}

    static Stream<Row> rows() {
        return Stream.of(
                new Row(30, 0, 1, "60, icmp/3-4 from 10.0.9.0/24, tcp/80 from 10.0.9.0/24"),
                new Row(31, 0, 1, "32, icmp/3-4 from 0.0.0.0/0, tcp/80 from 10.0.9.0/24"),
                new Row(20, 0, 2, "60, icmp/3-4 from 10.0.9.0/24, tcp/81 from 10.0.9.0/24"),
                new Row(21, 0, 2, "42, icmp/3-4 from 10.0.9.0/24, tcp/80-81 from 10.0.9.0/24"),
                new Row(59, 0, 9, "60, icmp/3-4 from 0.0.0.0/0, tcp/80-88 from 10.0.9.0/24"),
                new Row(60, 0, 1, "61, icmp/3-4 from 0.0.0.0/0, tcp/80 from 10.0.9.0/24"),
                new Row(30, 30, 1, "120, icmpv6/2-0 from fd00::/32, tcp/80 from fd00::/32"),
                new Row(59, 59, 2, "120, icmpv6/2-0 from ::/0, tcp/80-81 from fd00::/32"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void widensPortsFirstAndThenTheRoutersThatTellThePacketSize(Row row) {
        SortedSet<ClientRule> exact = new TreeSet<>();
        for (String range : ranges(0, row.ranges())) {
            add(exact, Cidr.parse(range), row.ports());
        }
        for (int i = 0; i < row.ranges6(); i++) {
            add(exact, Cidr.parse("fd00:%d::/32".formatted(i)), row.ports());
        }

        SortedSet<ClientRule> rules = ClientRule.fit(exact);

        ClientRule icmp =
                rules.stream().filter(r -> r.protocol().startsWith("icmp")).toList().getLast();
        assertThat("%d, %s, %s".formatted(rules.size(), icmp, rules.last())).isEqualTo(row.rules());
    }

    private static void add(SortedSet<ClientRule> rules, Cidr range, int ports) {
        for (int i = 0; i < ports; i++) {
            rules.add(ClientRule.of("tcp", 80 + i, ClientRule.text(range)));
        }
        rules.add(ClientRule.pathMtu(range));
    }

    @Test
    void servesAsManyRangesAsTheQuotaHolds() {
        account.settle(account.spec("web").ranges(ranges(0, 59)).spec());

        assertThat(account.problems).noneMatch(Problem::blocks);
        assertThat(account.dump())
                .contains("FromPort=80 ToPort=80 CidrIpv4=10.0.58.0/24")
                .contains("IpProtocol=icmp FromPort=3 ToPort=4 CidrIpv4=0.0.0.0/0");
    }

    @Test
    void refusesMoreRangesBeforeAnythingIsMade() {
        account.bring(account.spec("web").ranges(ranges(0, 60)).spec());

        assertThat(account.problems.getFirst().text())
                .contains(
                        "60 source ranges",
                        "61 rules",
                        "holds 60",
                        "ORIGO-3005",
                        "security-group-prefix-lists");
        assertThat(account.writes()).isZero();
    }

    @Test
    void newRangesComeBeforeOldOnesGoAsFarAsThereIsRoom() {
        Specs after = account.spec("web").ranges(ranges(1, 40));
        String fresh = fresh(after);
        account.settle(account.spec("web").ranges(ranges(0, 40)).spec());

        account.settle(after.spec());

        assertThat(account.dump()).isEqualTo(fresh);
        account.settle(account.spec("web").ranges(ranges(0, 40)).spec());
        AwsObserved made = account.provider.cloud().observe(Specs.owner("web"));
        account.calls.clear();
        account.bring(after.spec(), made);
        assertThat(account.calls)
                .containsExactly(
                        "W RevokeSecurityGroupIngress",
                        "W AuthorizeSecurityGroupIngress",
                        "W RevokeSecurityGroupIngress");
        assertThat(account.waves.getFirst()).startsWith("dismiss clients").hasLineCount(1);
        assertThat(account.waves.getFirst().split(" from ", -1)).hasSize(22);
    }

    private String fresh(Specs specs) {
        try (Account other = new Account()) {
            other.settle(specs.nodes(other.nodes).spec());
            return other.dump();
        } finally {
            specs.nodes(account.nodes);
        }
    }

    @Test
    void oldRangesMakeRoomWhereTheQuotaIsLower() {
        account.aws.settings(account.aws.settings().with(Quota.RULES_PER_GROUP, 20));
        AwsObserved made = account.settle(account.spec("web").ranges(ranges(0, 8)).spec());
        Specs after = account.spec("web").ranges(ranges(1, 8));

        account.bring(after.spec(), made);

        assertThat(account.dump()).isEqualTo(fresh(after));
    }

    @Test
    void tellsTheQuotaWhereItIsLowerAndNothingCanMakeRoom() {
        account.aws.settings(account.aws.settings().with(Quota.RULES_PER_GROUP, 20));
        var spec = account.spec("web").ranges(ranges(0, 12)).spec();

        CloudException e = catchThrowableOfType(CloudException.class, () -> account.settle(spec));

        assertThat(e.failure())
                .isInstanceOfSatisfying(
                        CloudFailure.QuotaExceeded.class,
                        quota ->
                                assertThat(quota.quota())
                                        .contains("RulesPerSecurityGroupLimitExceeded"));
    }

    @Test
    void oneTooManyPortsOpensTheirSpan() {
        ServicePort[] ports =
                IntStream.range(0, 31).mapToObj(i -> Specs.tcp(80 + i)).toArray(ServicePort[]::new);

        account.settle(account.spec("web").ports(ports).ranges(ranges(0, 2)).spec());

        assertThat(account.dump()).contains("FromPort=80 ToPort=110 CidrIpv4=10.0.1.0/24");
    }
}
