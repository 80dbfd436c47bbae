package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Carrier;
import dev.origo.model.Code;
import dev.origo.model.IpFamily;
import dev.origo.model.PortPath;
import dev.origo.model.Problem;
import dev.origo.model.Scheme;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What an application on AWS sees of its client, and what is told of it.
final class ClientAddressTest {
    private static final AwsConfig CONFIG =
            new AwsConfig(
                    Specs.CLUSTER,
                    "eu-west-1",
                    "vpc-1",
                    "",
                    Scheme.INTERNET_FACING,
                    AwsConfig.Limits.DEFAULT);

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void keepsTheAddressOfClientsOfTheTargetsFamily(IpFamily family) {
        var spec = new Specs().families(family).spec();
        var observed = AwsObserved.nothing(spec.owner(), AwsObserved.Shared.NONE, Facts.NONE);

        assertThat(new AwsPlanner(CONFIG).paths(spec, observed))
                .noneMatch(PortPath::translatesFamily);
        assertThat(AwsDesired.of(spec, CONFIG, observed).problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"IPV4,IPV6", "IPV6,IPV4"})
    void tellsWhichClientsAreTranslated(IpFamily targets, IpFamily others) {
        var spec = new Specs().families(targets, others).spec();
        var observed = AwsObserved.nothing(spec.owner(), AwsObserved.Shared.NONE, Facts.NONE);

        assertThat(AwsDesired.of(spec, CONFIG, observed).problems())
                .singleElement()
                .extracting(Problem::message)
                .asString()
                .startsWith("clients of %s reach targets of %s ".formatted(others, targets));
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY_PROTOCOL_V2,preserve_client_ip.enabled=true,true",
        "PROXY_PROTOCOL_V2,proxy_protocol_v2.enabled=false,true",
        "PROXY_PROTOCOL_V2,'proxy_protocol_v2.enabled=true,preserve_client_ip.enabled=false',false",
        "PACKET,proxy_protocol_v2.enabled=true,true",
        "PACKET,preserve_client_ip.enabled=false,true",
        "PACKET,preserve_client_ip.enabled=true,false",
        "NONE,preserve_client_ip.enabled=false,false",
        "PACKET,stickiness.enabled=true,false"
    })
    void tellsOfAttributesThatAreOverruled(Carrier carrier, String attributes, boolean told) {
        var spec =
                new Specs()
                        .cluster()
                        .trafficPort()
                        .carrier(carrier)
                        .with(AwsSettings.TARGET_GROUP_ATTRIBUTES, attributes)
                        .spec();

        assertThat(new Ports(spec, "web", "instance").problems())
                .extracting(Problem::code)
                .isEqualTo(told ? List.of(Code.CONFLICTING_ANNOTATIONS) : List.of());
    }
}
