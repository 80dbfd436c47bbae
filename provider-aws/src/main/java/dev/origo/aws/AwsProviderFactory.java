package dev.origo.aws;

import dev.origo.model.Scheme;
import dev.origo.spi.Annotations;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderConfig;
import dev.origo.spi.ProviderFactory;
import dev.origo.spi.ProviderRuntime;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes the AWS provider. Region and VPC are never looked up: a machine's own are the wrong ones
/// as often as not.
public final class AwsProviderFactory implements ProviderFactory {
    public static final String REGION = "aws-region";
    public static final String VPC = "aws-vpc-id";
    public static final String ENDPOINT = "aws-endpoint-url";
    public static final String SCHEME = "aws-default-scheme";

    private final UnaryOperator<@Nullable String> environment;

    /// For the service loader: reads the environment of the process.
    public AwsProviderFactory() {
        this(System::getenv);
    }

    /// For tests, and for providers of the same options.
    public AwsProviderFactory(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    @Override
    public String id() {
        return AwsProvider.ID;
    }

    @Override
    public String defaultClass() {
        return "origo.dev/aws";
    }

    @Override
    public Annotations annotations() {
        return AwsSettings.annotations();
    }

    @Override
    public Provider<?, ?> create(ProviderConfig config, ProviderRuntime runtime) {
        AwsConfig checked = checked(config);
        return AwsProvider.of(checked, AwsClients.of(checked), runtime);
    }

    /// The options, checked.
    ///
    /// @throws IllegalArgumentException naming the option that is missing or wrong
    public AwsConfig checked(ProviderConfig config) {
        String region =
                given(config, REGION, List.of("AWS_REGION", "AWS_DEFAULT_REGION"))
                        .orElseThrow(() ->
                                missing(
                                        "the AWS region is not known",
                                        REGION,
                                        "ORIGO_AWS_REGION or AWS_REGION"));
        if (!region.matches("[a-z]{2}(-[a-z]+)+-[0-9]+")) {
            throw wrong(REGION, region, "a region as eu-central-1");
        }
        String vpc =
                given(config, VPC, List.of())
                        .orElseThrow(
                                () -> missing("the VPC is not known", VPC, "ORIGO_AWS_VPC_ID"));
        if (!vpc.matches("vpc-[0-9a-z]+")) {
            throw wrong(VPC, vpc, "an id as vpc-0123abcd");
        }
        String endpoint = given(config, ENDPOINT, List.of("AWS_ENDPOINT_URL")).orElse("");
        if (!endpoint.isEmpty() && !isUrl(endpoint)) {
            throw wrong(ENDPOINT, endpoint, "a URL as http://localhost:5000");
        }
        return new AwsConfig(
                config.cluster(), region, vpc, endpoint, scheme(config), AwsConfig.Limits.DEFAULT);
    }

    private Scheme scheme(ProviderConfig config) {
        String text = given(config, SCHEME, List.of()).orElse("internet-facing");
        return switch (text) {
            case "internet-facing" -> Scheme.INTERNET_FACING;
            case "internal" -> Scheme.INTERNAL;
            default -> throw wrong(SCHEME, text, "internet-facing or internal");
        };
    }

    private Optional<String> given(ProviderConfig config, String option, List<String> variables) {
        return Stream.concat(
                        config.option(option).stream(),
                        variables.stream().flatMap(v -> Stream.ofNullable(environment.apply(v))))
                .filter(text -> !text.isBlank())
                .findFirst();
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = URI.create(text);
            return List.of("http", "https").contains(Rows.text(uri.getScheme()))
                    && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static IllegalArgumentException missing(String what, String option, String variables) {
        return new IllegalArgumentException(
                "%s: give --%s or set %s".formatted(what, option, variables));
    }

    private static IllegalArgumentException wrong(String option, String text, String allowed) {
        return new IllegalArgumentException(
                "--%s is '%s', which is not %s".formatted(option, text, allowed));
    }
}
