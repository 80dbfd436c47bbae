package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Problem;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Annotations as manifests have them that were written for AWS's own controllers.
final class MovedManifestsTest {
    private final Account account = new Account();

    @AfterEach
    void close() {
        account.close();
    }

    @Test
    void checksTheNodePortOfAPortByItsName() {
        Specs specs =
                account.spec("web")
                        .ports(Specs.tcp(80), Specs.tcp(81))
                        .with(AwsSettings.CHECK_PORT, "tcp-81");

        account.settle(specs.spec());

        assertThat(account.dump())
                .containsPattern("Protocol=TCP Port=30080 .* HealthCheckPort=30081")
                .containsPattern("Protocol=TCP Port=30081 .* HealthCheckPort=30081")
                .contains("rule nodes ingress IpProtocol=tcp FromPort=30081 ToPort=30081");
    }

    @Test
    void opensTheNodesForANamedCheck() {
        Specs specs =
                account.spec("dns")
                        .ports(Specs.tcp(80), Specs.udp(53, 30_053))
                        .with(AwsSettings.CHECK_PORT, "udp-53");
        account.settle(specs.spec());

        assertThat(account.dump())
                .contains("rule nodes ingress IpProtocol=tcp FromPort=30053 ToPort=30053")
                .doesNotContain("FromPort=32000");
        account.restart();
        account.calls.clear();
        account.bring(specs.spec());
        assertThat(account.writes()).as("%s", account.waves).isZero();
    }

    private String group(String vpc, String groupName, String nameTag) {
        return account.aws.setup().securityGroup(vpc, groupName, Map.of("Name", nameTag));
    }

    @Test
    void takesSecurityGroupsByTheirNameTag() {
        String elsewhere = account.aws.setup().vpc("10.9.0.0/16");
        group(elsewhere, "other", "web clients");
        group(account.vpc, "one", "web clients");
        String two = group(account.vpc, "two", "second");
        Specs specs = account.spec("web").with(AwsSettings.SECURITY_GROUPS, "web clients, " + two);

        account.settle(specs.spec());

        assertThat(account.problems).noneMatch(Problem::blocks);
        assertThat(account.dump()).contains("SecurityGroups=[one, two]");
        account.restart();
        account.calls.clear();
        account.bring(specs.spec());
        assertThat(account.writes()).as("%s", account.waves).isZero();
    }

    @Test
    void addsExtraSecurityGroupsByNameToOneThatStands() {
        group(account.vpc, "one", "more");
        account.settle(account.spec("web").spec());
        String before = account.dump();

        account.settle(account.spec("web").with(AwsSettings.EXTRA_SECURITY_GROUPS, "more").spec());
        account.restart();
        account.bring(account.spec("web").with(AwsSettings.EXTRA_SECURITY_GROUPS, "more").spec());

        assertThat(account.waves.getFirst()).startsWith("look up").contains("group-named:more");
        assertThat(account.waves).allMatch(wave -> wave.startsWith("look up"));
        assertThat(account.dump()).contains("SecurityGroups=[one, origo-");
        account.settle(account.spec("web").spec());
        assertThat(account.dump()).isEqualTo(before);
    }

    @Test
    void asksWhichGroupWhereSeveralHaveTheName() {
        String one = group(account.vpc, "one", "web");
        String two = group(account.vpc, "two", "web");

        account.bring(account.spec("web").with(AwsSettings.SECURITY_GROUPS, "web").spec());

        assertThat(account.problems.toString())
                .contains("SECURITY_GROUP_NOT_FOUND", "'web'", one, two);
        assertThat(account.writes()).isZero();
    }
}
