package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.AwsSettings;
import dev.origo.embedded.aws.AwsSettings.Delay;
import dev.origo.embedded.aws.HealthFunction;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.OwnerId;
import dev.origo.spi.Provisioning;
import dev.origo.spi.TargetHealth;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A Service's whole life against a strict account, with the calls that it costs.
final class LifeCycleTest {
    private final Account account = new Account();

    @AfterEach
    void close() {
        account.close();
    }

    private LoadBalancerSpec twoPorts() {
        return account.spec("web").ports(Specs.tcp(80), Specs.tcp(443)).spec();
    }

    private AwsObserved warm(LoadBalancerSpec spec) {
        account.bring(account.spec("other").ports(Specs.tcp(99)).local(32_099).spec());
        account.calls.clear();
        return account.bring(spec);
    }

    @Test
    void createsWithinTheBudget() {
        warm(twoPorts());

        assertThat(account.problems).isEmpty();
        assertThat(account.writes()).as("%s", account.calls).isEqualTo(10);
        assertThat(account.reads()).as("%s", account.calls).isLessThanOrEqualTo(4);
        assertThat(account.waves).as("%s", account.waves).hasSize(3);
    }

    @Test
    void isSettledWhenObservedAnew() {
        AwsObserved made = account.bring(twoPorts());
        account.restart();
        account.calls.clear();

        AwsObserved seen = account.provider.cloud().observe(made.owner());
        account.bring(twoPorts(), seen);

        assertThat(account.writes()).as("%s", account.waves).isZero();
    }

    @Test
    void publishesTheHostNameOnceActive() {
        AwsObserved made = account.bring(twoPorts());
        AwsObserved looked = account.provider.cloud().poll(made).foldInto(made);

        assertThat(account.provider.planner().provisioning(twoPorts(), looked))
                .isInstanceOf(Provisioning.Ready.class);
    }

    @Test
    void tellsNodesThatWereNotJudgedYetFromThoseThatFail() {
        account.aws.settings(AwsSettings.defaults().with(Delay.REGISTERING, Duration.ofMinutes(1)));
        account.aws.health((_, _) -> HealthFunction.FAILED);
        AwsObserved made = account.settle(twoPorts());

        assertThat(looked(made).unjudged()).isEqualTo(2);

        account.pass(Duration.ofMinutes(2));
        assertThat(looked(made))
                .extracting(TargetHealth::healthy, TargetHealth::total, TargetHealth::unjudged)
                .containsExactly(0, 2, 0);
    }

    private TargetHealth looked(AwsObserved made) {
        return account.provider
                .planner()
                .health(account.provider.cloud().poll(made).foldInto(made));
    }

    @Test
    void flipsThePolicyWithFourWritesInThreeWaves() {
        AwsObserved made = warm(twoPorts());
        account.calls.clear();

        AwsObserved flipped =
                account.bring(
                        account.spec("web").ports(Specs.tcp(80), Specs.tcp(443)).cluster().spec(),
                        made);

        assertThat(account.writes()).as("%s", account.waves).isEqualTo(4);
        assertThat(account.waves).hasSize(3);
        account.calls.clear();

        account.bring(twoPorts(), flipped);

        assertThat(account.writes()).as("%s", account.waves).isEqualTo(4);
        assertThat(account.calls).doesNotContain("W CreateTargetGroup");
    }

    @Test
    void addsANodeWithOneWritePerTargetGroup() {
        AwsObserved made = warm(twoPorts());
        account.node("n3", account.subnetA);
        account.calls.clear();

        AwsObserved grown = account.bring(twoPorts(), made);

        assertThat(account.calls)
                .containsExactlyInAnyOrder(
                        "R DescribeInstances", "W RegisterTargets", "W RegisterTargets");
        account.nodes.removeFirst();
        account.calls.clear();

        account.bring(twoPorts(), grown);

        assertThat(account.calls).containsExactly("W DeregisterTargets", "W DeregisterTargets");
    }

    @Test
    void deletesWithoutATrace() {
        String before = account.dump();
        AwsObserved made = account.bring(twoPorts());
        AwsObserved gone = account.remove(made);

        assertThat(account.provider.planner().isAbsent(gone)).isTrue();
        assertThat(
                        account.provider
                                .planner()
                                .isAbsent(account.provider.cloud().observe(gone.owner())))
                .isTrue();
        assertThat(account.dump()).isEqualTo(before);
        assertThat(account.provider.cloud().observeAll()).isEmpty();
    }

    /// As a process leaves it that dies when only the clients' group is still to be deleted.
    @Test
    void letsGoOfTheSharedGroupThatNobodyUsesAnyMore() {
        AwsObserved made = account.bring(twoPorts());
        made.balancers()
                .values()
                .forEach(b -> apply(new AwsStep.DeleteBalancer(b.arn(), b.name())));
        made.targetGroups()
                .values()
                .forEach(g -> apply(new AwsStep.DeleteTargetGroup(g.arn(), g.name())));
        account.restart();

        account.remove(made.owner());

        assertThat(account.aws.tagged("origo.dev/")).isEmpty();
    }

    private void apply(AwsStep step) {
        account.provider.cloud().apply(step);
    }

    @Test
    void deletesWithinTheBudgetWhileOthersLive() {
        AwsObserved made = warm(twoPorts());
        account.calls.clear();

        account.remove(made);

        assertThat(account.writes()).as("%s", account.waves).isEqualTo(5);
    }

    @Test
    void auditFindsWhatWasMadeByOwner() {
        AwsObserved web = account.bring(twoPorts());
        AwsObserved other = account.bring(account.spec("other").ports(Specs.tcp(99)).spec());
        account.restart();

        Map<OwnerId, AwsObserved> all = account.provider.cloud().observeAll();

        assertThat(all).containsOnlyKeys(web.owner(), other.owner());
        account.calls.clear();
        account.bring(twoPorts(), all.getOrDefault(web.owner(), other));
        assertThat(account.writes()).as("%s", account.waves).isZero();
    }
}
