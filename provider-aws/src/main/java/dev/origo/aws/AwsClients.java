package dev.origo.aws;

import dev.origo.spi.CloudException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;

/// The SDK's clients, made when they are first needed.
///
/// Thread rule: any thread; the suppliers answer the same client each time.
public record AwsClients(Supplier<ElasticLoadBalancingV2Client> elb, Supplier<Ec2Client> ec2) {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final Duration CALL_MAX = Duration.ofSeconds(30);

    /// Real ones: credentials by the SDK's default chain (environment, profile, web identity,
    /// container), no retries of the SDK's own, every call bounded in time.
    static AwsClients of(AwsConfig config) {
        Supplier<AwsCredentialsProvider> chain = once(() -> credentials(config));
        return of(config, () -> chain.get().resolveCredentials());
    }

    /// For an emulator: the chain's credentials or, where it has none, some of no worth.
    public static AwsClients ofEmulator(AwsConfig config) {
        AwsCredentialsProvider chain =
                AwsCredentialsProviderChain.of(
                        EnvironmentVariableCredentialsProvider.create(),
                        SystemPropertyCredentialsProvider.create(),
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("origo", "of-no-worth")));
        return of(config, chain);
    }

    /// What a failed call means to core.
    public static CloudException failure(String action, SdkException e) {
        return AwsErrors.of("ec2", action, e);
    }

    /// The default chain, but that a web identity is changed into keys in the region that was
    /// given. The chain itself would look for a region in the environment and in the node's
    /// metadata, and without one ask AWS's global endpoint, which private networks do not reach.
    private static AwsCredentialsProvider credentials(AwsConfig config) {
        AwsCredentialsProvider chain = DefaultCredentialsProvider.builder().build();
        if (SdkSystemSetting.AWS_WEB_IDENTITY_TOKEN_FILE.getStringValue().isEmpty()) {
            return chain;
        }
        StsClient sts =
                StsClient.builder()
                        .region(Region.of(config.region()))
                        .credentialsProvider(AnonymousCredentialsProvider.create())
                        .httpClient(http(CALL_MAX))
                        .overrideConfiguration(o -> bounded(o, CALL_MAX))
                        .build();
        return AwsCredentialsProviderChain.of(
                SystemPropertyCredentialsProvider.create(),
                EnvironmentVariableCredentialsProvider.create(),
                StsWebIdentityTokenFileCredentialsProvider.builder().stsClient(sts).build(),
                chain);
    }

    private static SdkHttpClient http(Duration callMax) {
        return UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT_MAX)
                .socketTimeout(callMax)
                .build();
    }

    static AwsClients of(AwsConfig config, AwsCredentialsProvider credentials) {
        return of(config, credentials, CALL_MAX);
    }

    static AwsClients of(AwsConfig config, AwsCredentialsProvider credentials, Duration callMax) {
        Supplier<SdkHttpClient> http = once(() -> http(callMax));
        return new AwsClients(
                once(() ->
                        with(ElasticLoadBalancingV2Client.builder(), config)
                                .credentialsProvider(credentials)
                                .httpClient(http.get())
                                .overrideConfiguration(o -> bounded(o, callMax))
                                .build()),
                once(() ->
                        with(Ec2Client.builder(), config)
                                .credentialsProvider(credentials)
                                .httpClient(http.get())
                                .overrideConfiguration(o -> bounded(o, callMax))
                                .build()));
    }

    private static <B extends AwsClientBuilder<B, ?>> B with(B builder, AwsConfig config) {
        builder.region(Region.of(config.region()));
        if (!config.endpoint().isEmpty()) {
            builder.endpointOverride(URI.create(config.endpoint()));
        }
        return builder;
    }

    private static void bounded(ClientOverrideConfiguration.Builder options, Duration callMax) {
        options.retryStrategy(AwsRetryStrategy.doNotRetry())
                .apiCallTimeout(callMax)
                .apiCallAttemptTimeout(callMax);
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
