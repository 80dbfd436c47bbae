package dev.origo.aws;

import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;

/// The SDK's clients, made when they are first needed.
///
/// Thread rule: any thread; the suppliers answer the same client each time.
public record AwsClients(Supplier<ElasticLoadBalancingV2Client> elb, Supplier<Ec2Client> ec2) {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final Duration CALL_MAX = Duration.ofSeconds(30);

    /// Real ones: credentials by the SDK's default chain (environment, profile, web identity,
    /// container), no retries of the SDK's own, every call bounded in time.
    static AwsClients of(AwsConfig config) {
        Supplier<SdkHttpClient> http =
                once(() ->
                        UrlConnectionHttpClient.builder()
                                .connectionTimeout(CONNECT_MAX)
                                .socketTimeout(CALL_MAX)
                                .build());
        return new AwsClients(
                once(() -> client(ElasticLoadBalancingV2Client.builder(), http.get(), config)),
                once(() -> client(Ec2Client.builder(), http.get(), config)));
    }

    private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(
            B builder, SdkHttpClient http, AwsConfig config) {
        builder.region(Region.of(config.region()))
                .httpClient(http)
                .overrideConfiguration(o ->
                        o.retryStrategy(AwsRetryStrategy.doNotRetry())
                                .apiCallTimeout(CALL_MAX)
                                .apiCallAttemptTimeout(CALL_MAX));
        if (!config.endpoint().isEmpty()) {
            builder.endpointOverride(URI.create(config.endpoint()));
        }
        return builder.build();
    }

    private static <T> Supplier<T> once(Supplier<T> make) {
        return new Supplier<>() {
            private @org.jspecify.annotations.Nullable T made; // guarded by this

            @Override
            public synchronized T get() {
                if (made == null) {
                    made = make.get();
                }
                return made;
            }
        };
    }
}
