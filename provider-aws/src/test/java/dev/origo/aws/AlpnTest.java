package dev.origo.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.aws.Call;
import dev.origo.embedded.aws.CallHook;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.spi.CloudFailure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.AlpnPolicyNotSupportedException;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyListenerRequest;

/// The ALPN policy of a listener that ends TLS.
final class AlpnTest {
    private final Account account = new Account();
    private final String certificate = account.aws.setup().certificate();
    private final List<ModifyListenerRequest> modified = new ArrayList<>();

    @AfterEach
    void close() {
        account.close();
    }

    private Specs tls() {
        return account.spec("tls")
                .ports(Specs.tcp(443))
                .with(AwsSettings.CERTIFICATES, certificate);
    }

    private void follow(LoadBalancerSpec spec) {
        account.aws.hook(
                new CallHook() {
                    @Override
                    public void before(Call call) {
                        if (call.request() instanceof ModifyListenerRequest request) {
                            modified.add(request);
                        }
                    }
                });
        account.bring(spec);
    }

    @Test
    void goesWithItsAnnotation() {
        account.settle(tls().with(AwsSettings.ALPN, "HTTP2Only").spec());
        assertThat(account.dump()).contains("AlpnPolicy=[HTTP2Only]");

        follow(tls().spec());

        assertThat(account.dump()).doesNotContain("HTTP2Only");
        account.restart();
        follow(tls().spec());
        assertThat(modified).hasSize(1);
    }

    @Test
    void isNotSpokenOfWhereTlsEndsNoMore() {
        account.settle(tls().with(AwsSettings.ALPN, "HTTP2Only").spec());

        follow(account.spec("tls").ports(Specs.tcp(443)).spec());

        assertThat(modified)
                .singleElement()
                .matches(request -> !request.hasAlpnPolicy() && !request.hasCertificates());
    }

    /// Source: ELBv2 API, CreateListener, errors, names the second; the service's own model, by
    /// which the SDKs tell errors apart, the first.
    @ParameterizedTest
    @ValueSource(strings = {"ALPNPolicyNotFound", "ALPNPolicyNotSupported"})
    void isRefusedForGoodWhereAwsDoesNotKnowIt(String code) {
        AwsErrorDetails details =
                AwsErrorDetails.builder().errorCode(code).errorMessage("not supported").build();
        SdkException refusal =
                AlpnPolicyNotSupportedException.builder().awsErrorDetails(details).build();

        assertThat(AwsErrors.of("elasticloadbalancing", "CreateListener", refusal).failure())
                .isInstanceOf(CloudFailure.Rejected.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"None", ""})
    void isNoneWhereAwsSaysSoOrNothing(String told) {
        Listener listener =
                Listener.builder().listenerArn("arn").port(443).alpnPolicy(told).build();

        assertThat(Rows.listener(listener).tls().alpn()).isEmpty();
        Listener silent = listener.toBuilder().alpnPolicy((List<String>) null).build();
        assertThat(Rows.listener(silent).tls().alpn()).isEmpty();
    }
}
