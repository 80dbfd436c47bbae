package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.aws.Seen.Target;
import dev.origo.model.Backend;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Tag;

/// What is known of the account's network and machines is looked at anew by each audit.
final class FactsTest {
    private final Account account = new Account();

    @AfterEach
    void close() {
        account.close();
    }

    private static String instance(Backend node) {
        return node.providerId().replaceFirst(".*/", "");
    }

    private AwsObserved audit() {
        account.calls.clear();
        return Optional.ofNullable(account.provider.cloud().observeAll().get(Specs.owner("web")))
                .orElseThrow();
    }

    private AwsObserved settled() {
        return account.bring(account.spec("web").spec(), audit());
    }

    private static List<String> targets(AwsObserved observed) {
        return observed.targetGroups().values().iterator().next().targets().stream()
                .map(Target::id)
                .toList();
    }

    @Test
    void anAuditWithoutNewsReadsEachKindOnceAndWritesNothing() {
        account.settle(account.spec("web").spec());

        settled();

        assertThat(account.writes()).as("%s", account.calls).isZero();
        assertThat(account.count("DescribeInstances")).isEqualTo(1);
        assertThat(account.count("DescribeSubnets")).isEqualTo(1);
    }

    @Test
    void aRestartLooksUpInstancesOnceAndWritesNothing() {
        account.settle(account.spec("web").spec());
        account.restart();

        settled();

        assertThat(account.writes()).as("%s", account.calls).isZero();
        assertThat(account.count("DescribeInstances")).isEqualTo(1);
        assertThat(account.count("DescribeSubnets")).isZero();
    }

    @Test
    void anInstanceThatStopsLeavesAndIsNotTriedAgain() {
        account.settle(account.spec("web").spec());
        String stopped = instance(account.nodes.getFirst());
        account.aws.setup().instanceState(stopped, InstanceStateName.STOPPED);

        assertThat(targets(settled())).doesNotContain(stopped).hasSize(1);
        assertThat(account.codes()).containsExactly("NODE_NOT_IN_CLOUD");
        settled();
        assertThat(account.writes()).as("%s", account.calls).isZero();
        account.restart();
        settled();
        assertThat(account.writes()).as("%s", account.calls).isZero();

        account.aws.setup().instanceState(stopped, InstanceStateName.RUNNING);

        assertThat(targets(settled())).contains(stopped).hasSize(2);
    }

    @Test
    void anInstanceThatMovesToAnotherSecurityGroupIsReachedThere() {
        account.settle(account.spec("web").spec());
        String other = account.aws.setup().securityGroup(account.vpc, "other", Map.of());
        account.nodes.forEach(n -> account.aws.setup().instanceGroups(instance(n), List.of(other)));

        assertThat(settled().shared().opened()).containsOnlyKeys(other);
        assertThat(account.dump())
                .contains("rule other ingress IpProtocol=tcp FromPort=30080")
                .doesNotContain("rule nodes ingress IpProtocol=tcp FromPort=30080");
    }

    @Test
    void anotherTagOfANodesSecurityGroupDecides() {
        String other = account.aws.setup().securityGroup(account.vpc, "other", Map.of());
        List<String> both = List.of(account.nodeGroup, other);
        account.nodes.forEach(n -> account.aws.setup().instanceGroups(instance(n), both));
        tag(account.nodeGroup, "kubernetes.io/cluster/test");
        account.settle(account.spec("web").spec());
        account.aws
                .ec2()
                .deleteTags(r ->
                        r.resources(account.nodeGroup)
                                .tags(Tag.builder().key("kubernetes.io/cluster/test").build()));
        tag(other, "kubernetes.io/cluster/test");

        assertThat(settled().shared().opened()).containsOnlyKeys(other);
    }

    private void tag(String resource, String key) {
        account.aws
                .ec2()
                .createTags(
                        r -> r.resources(resource).tags(Tag.builder().key(key).value("1").build()));
    }

    @Test
    void aNewTagOfASubnetIsFollowed() {
        String elsewhere = "kubernetes.io/cluster/elsewhere";
        tag(account.subnetA, elsewhere);
        tag(account.subnetB, elsewhere);
        account.bring(account.spec("web").spec());
        assertThat(account.codes()).contains("NO_SUBNET");
        tag(account.subnetA, "kubernetes.io/cluster/test");

        account.provider.cloud().observeAll();
        AwsObserved made = account.settle(account.spec("web").spec());

        assertThat(made.balancers().values().iterator().next().net().subnets())
                .containsExactly(account.subnetA);
    }

    @Test
    void aSecurityGroupThatTakesOverANameIsFollowed() {
        Map<String, String> named = Map.of("Name", "clients");
        String one = account.aws.setup().securityGroup(account.vpc, "one", named);
        Specs specs = account.spec("web").with(AwsSettings.SECURITY_GROUPS, "clients");
        account.settle(specs.spec());
        account.aws.ec2().deleteTags(r -> r.resources(one).tags(Tag.builder().key("Name").build()));

        account.bring(specs.spec(), audit());
        assertThat(account.codes()).containsExactly("SECURITY_GROUP_NOT_FOUND");
        account.aws.setup().securityGroup(account.vpc, "two", named);

        account.bring(specs.spec(), audit());
        assertThat(account.dump()).contains("SecurityGroups=[two]");
    }

    @Test
    void whatEc2DoesNotKnowIsForgotten() {
        account.nodes.add(Specs.node("odd", "aws:///eu-west-1a/i-0000", "10.0.9.9"));
        AwsObserved made = account.settle(account.spec("web").spec());
        assertThat(made.facts().instances()).containsKey("i-0000").hasSize(3);
        account.nodes.removeLast();

        assertThat(audit().facts().instances()).doesNotContainKey("i-0000").hasSize(2);
    }
}
