package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

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
}
