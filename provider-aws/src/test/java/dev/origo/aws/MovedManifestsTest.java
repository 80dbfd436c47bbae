package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Problem;
import java.util.Arrays;
import java.util.List;
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

    @Test
    void takesRedirectsForHealthyWhereTheCheckIsTheApplications() {
        account.settle(
                account.spec("web")
                        .cluster()
                        .with(AwsSettings.CHECK_PROTOCOL, "http")
                        .with(AwsSettings.CHECK_PATH, "/login")
                        .spec());
        assertThat(account.dump()).contains("HealthCheckPath=/login Matcher=200-399");

        account.settle(account.spec("web").cluster().spec());

        assertThat(account.dump()).contains("HealthCheckPath=/healthz Matcher=200 ");
    }

    @Test
    void takesATimeoutAloneThatIsLongerThanTheUsualInterval() {
        account.settle(account.spec("web").with(AwsSettings.CHECK_TIMEOUT, "10").spec());

        assertThat(account.problems).noneMatch(Problem::blocks);
        assertThat(account.dump())
                .contains("HealthCheckIntervalSeconds=10 HealthCheckTimeoutSeconds=10");
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

    private Specs tls(int... certificates) {
        List<String> arns =
                Arrays.stream(certificates).mapToObj(account.certificates::get).toList();
        return account.spec("tls")
                .ports(Specs.tcp(80), Specs.tcp(443))
                .with(AwsSettings.TLS_PORTS, "443")
                .with(AwsSettings.CERTIFICATES, String.join(",", arns));
    }

    /// The default certificate and then the others, as the listener has them.
    private List<Integer> certificates() {
        String arn =
                account
                        .provider
                        .cloud()
                        .observe(Specs.owner("tls"))
                        .balancers()
                        .values()
                        .iterator()
                        .next()
                        .listeners()
                        .values()
                        .stream()
                        .filter(Seen.Listener::endsTls)
                        .findFirst()
                        .orElseThrow()
                        .arn();
        return account
                .aws
                .elb()
                .describeListenerCertificates(r -> r.listenerArn(arn))
                .certificates()
                .stream()
                .map(c -> account.certificates.indexOf(c.certificateArn()))
                .toList();
    }

    @Test
    void takesSeveralCertificatesTheFirstAsDefault() {
        String before = account.dump();
        account.settle(tls(2, 0, 1).spec());

        assertThat(certificates().getFirst()).isEqualTo(2);
        assertThat(certificates()).containsExactlyInAnyOrder(2, 0, 1);
        account.restart();
        account.calls.clear();
        account.bring(tls(2, 0, 1).spec());
        assertThat(account.writes()).as("%s", account.waves).isZero();
        assertThat(account.count("DescribeListenerCertificates")).isEqualTo(1);
        account.bring(tls(0, 1).spec());
        assertThat(account.waves).hasSize(1).allMatch(wave -> wave.startsWith("modify listener"));
        account.remove(Specs.owner("tls"));
        assertThat(account.dump()).isEqualTo(before);
    }

    @Test
    void swapsTheDefaultCertificateWithoutAGap() {
        AwsObserved made = account.settle(tls(0, 1).spec());
        account.calls.clear();

        AwsObserved swapped = account.bring(tls(1, 0).spec(), made);

        assertThat(account.calls).containsExactly("W AddListenerCertificates", "W ModifyListener");
        account.bring(tls(3).spec(), swapped);
        assertThat(certificates()).containsExactly(3);
        account.restart();
        account.calls.clear();
        account.bring(tls(3).spec());
        assertThat(account.writes()).as("%s", account.waves).isZero();
    }

    @Test
    void readsNoCertificatesWhereNoListenerEndsTls() {
        account.settle(account.spec("web").spec());
        account.restart();
        account.calls.clear();

        account.bring(account.spec("web").spec());

        assertThat(account.count("DescribeListenerCertificates")).isZero();
    }

    @Test
    void sendsOneCertificateACall() {
        account.settle(tls(0, 1, 2, 3).spec());

        assertThat(account.count("AddListenerCertificates")).isEqualTo(3);
    }
}
