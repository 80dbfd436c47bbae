package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.Call;
import dev.origo.embedded.aws.CallHook;
import dev.origo.model.ClusterId;
import dev.origo.model.Desired;
import dev.origo.model.OwnerId;
import dev.origo.model.ServiceKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupsRequest;

/// What an audit reads while the account changes, and beside another cluster.
final class AuditTest {
    private final Account account = new Account();

    @AfterEach
    void close() {
        account.close();
    }

    /// What happens when the audit's read of the rules is answered and not yet taken over.
    ///
    /// @param opened what is open in the end
    record Row(String name, Change change, String opened) {
        @Override
        public String toString() {
            return name;
        }
    }

    private interface Change {
        AwsStep of(AwsObserved web, String nodes);
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row(
                        "a rule is closed",
                        (web, nodes) ->
                                new AwsStep.CloseNodes(
                                        web.owner(), nodes, web.shared().group(), rule(30_080)),
                        "[tcp/32000]"),
                new Row(
                        "a rule is opened",
                        (web, nodes) ->
                                new AwsStep.OpenNodes(
                                        web.owner(), nodes, web.shared().group(), rule(30_443)),
                        "[tcp/30080, tcp/30443, tcp/32000]"));
    }

    private static SortedSet<NodeRule> rule(int port) {
        return Sorted.set(List.of(NodeRule.tcp(port)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void keepsWhatWasChangedWhileTheRulesWereRead(Row row) {
        AwsObserved web = account.settle(account.spec("web").spec());
        deleteTargetGroups(web);
        Deque<AwsStep> onItsWay =
                new ArrayDeque<>(List.of(row.change().of(web, account.nodeGroup)));
        account.aws.hook(
                new CallHook() {
                    @Override
                    public void after(Call call) {
                        if (isReadOfRules(call) && !onItsWay.isEmpty()) {
                            account.provider.cloud().apply(onItsWay.pop());
                        }
                    }
                });

        Map<OwnerId, AwsObserved> found = account.provider.cloud().observeAll();

        assertThat(found).as("strays").doesNotContainKey(AwsNames.shared(Specs.CLUSTER));
        AwsObserved seen = account.provider.cloud().observe(web.owner());
        assertThat(seen.shared().opened().getOrDefault(account.nodeGroup, Sorted.none()).toString())
                .isEqualTo(row.opened());
        assertThat(seen.shared().rulesKnown()).isTrue();
    }

    /// This process led, lost the lease, and leads again.
    @Test
    void forgetsWhoseServiceAnotherProcessRemoved() {
        account.settle(account.spec("web").spec());
        account.settle(account.spec("api").ports(Specs.tcp(81)).spec());
        AwsProvider first = account.provider;
        account.restart();
        account.remove(Specs.owner("web"));
        account.provider = first;
        account.remove(Specs.owner("api"));
        OwnerId shared = AwsNames.shared(Specs.CLUSTER);

        assertThat(account.provider.cloud().observeAll()).as("first audit").isEmpty();
        assertThat(account.provider.cloud().observeAll()).containsOnlyKeys(shared);
    }

    /// So that only claims say what is needed.
    private void deleteTargetGroups(AwsObserved web) {
        web.balancers()
                .values()
                .forEach(b ->
                        account.provider
                                .cloud()
                                .apply(new AwsStep.DeleteBalancer(b.arn(), b.name())));
        web.targetGroups()
                .values()
                .forEach(g ->
                        account.provider
                                .cloud()
                                .apply(new AwsStep.DeleteTargetGroup(g.arn(), g.name())));
    }

    private static boolean isReadOfRules(Call call) {
        return call.request() instanceof DescribeSecurityGroupsRequest r
                && r.filters().stream().anyMatch(f -> "ip-permission.group-id".equals(f.name()));
    }

    @Test
    void anotherClustersTargetGroupsDoNotKeepOurSharedGroup() {
        Account theirs = account.of(new ClusterId("other", "22222222-2222-4222-8222-222222222222"));
        OwnerId their = new OwnerId(theirs.cluster, new ServiceKey("default", "web"), "uid-web");
        String before = account.dump();
        theirs.settle(theirs.spec("web").owned(their).spec());
        String beside = account.dump();
        AwsObserved ours = account.settle(account.spec("web").spec());

        account.remove(ours);
        for (int audit = 0; audit < 2; audit++) {
            Map<OwnerId, AwsObserved> found = account.provider.cloud().observeAll();
            found.values().forEach(o -> account.bring(new Desired.Absent(o.owner()), o));
            assertThat(account.dump()).isEqualTo(beside);
        }

        theirs.remove(their);
        assertThat(account.dump()).isEqualTo(before);
    }

    @Test
    void theLastServiceAfterAnAuditTakesTheSharedGroupWithIt() {
        Account theirs = account.of(new ClusterId("other", "22222222-2222-4222-8222-222222222222"));
        OwnerId their = new OwnerId(theirs.cluster, new ServiceKey("default", "web"), "uid-web");
        theirs.settle(theirs.spec("web").owned(their).spec());
        String beside = account.dump();
        AwsObserved ours = account.settle(account.spec("web").spec());
        account.provider.cloud().observeAll();

        account.remove(ours.owner());

        assertThat(account.dump()).isEqualTo(beside);
    }
}
