package dev.origo.localstack;

import dev.origo.aws.AwsClients;
import dev.origo.aws.AwsConfig;
import dev.origo.aws.AwsProvider;
import dev.origo.aws.AwsProviderFactory;
import dev.origo.dataplane.Config;
import dev.origo.dataplane.DataPlane;
import dev.origo.dataplane.ForwardingPlane;
import dev.origo.spi.Annotations;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderConfig;
import dev.origo.spi.ProviderFactory;
import dev.origo.spi.ProviderRuntime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Makes the provider for an AWS-compatible endpoint: LocalStack, moto, MiniStack and others, or
/// the one of `origo dev`.
public final class LocalstackProviderFactory implements ProviderFactory {
    static final String BOOTSTRAP = "localstack-bootstrap";

    /// A host name, with a port where it is not the usual one. Source: LocalStack, "Configuration",
    /// LOCALSTACK_HOST
    private static final String LOCALSTACK_HOST = "LOCALSTACK_HOST";

    private static final int PORT = 4566;

    private static final String REGION_DEFAULT = "us-east-1";

    /// The VPC is found at the first call; until then, and for plans, any word does.
    private static final String VPC_UNKNOWN = "vpc-unknown";

    private final UnaryOperator<@Nullable String> environment;
    private final Supplier<DataPlane> dataPlane;
    private final AwsProviderFactory aws;

    /// For the service loader: reads the environment of the process.
    public LocalstackProviderFactory() {
        this(System::getenv, () -> DataPlane.start(Config.DEFAULT));
    }

    /// @param dataPlane what carries the balancers; asked once for each provider
    public LocalstackProviderFactory(
            UnaryOperator<@Nullable String> environment, Supplier<DataPlane> dataPlane) {
        this.environment = environment;
        this.dataPlane = dataPlane;
        this.aws = new AwsProviderFactory(environment);
    }

    @Override
    public String id() {
        return "localstack";
    }

    @Override
    public String defaultClass() {
        return "origo.dev/local";
    }

    @Override
    public Annotations annotations() {
        return aws.annotations();
    }

    @Override
    public Provider<?, ?> create(ProviderConfig config, ProviderRuntime runtime) {
        boolean bootstrap = bootstrap(config);
        AwsConfig checked = checked(config);
        AwsClients clients = AwsClients.ofEmulator(checked);
        Endpoint endpoint =
                new Endpoint(
                        checked,
                        config.option(AwsProviderFactory.VPC).orElse(""),
                        new Bootstrap(clients, runtime.calls(), checked.region(), bootstrap));
        return new LocalProvider(
                AwsProvider.of(checked, clients, runtime),
                () -> connected(endpoint, clients, runtime),
                dataPlane.get(),
                runtime.tasks());
    }

    /// The provider in a network that is known, as the conformance kit has it.
    ///
    /// @param aws what writes the record, at any endpoint
    public static Provider<?, ?> on(
            AwsProvider aws, ForwardingPlane dataPlane, ProviderRuntime runtime) {
        return new LocalProvider(
                aws, () -> new Connection(aws.cloud(), () -> true), dataPlane, runtime.tasks());
    }

    /// The options, checked, with the endpoint.
    ///
    /// @throws IllegalArgumentException naming the option that is missing or wrong
    AwsConfig checked(ProviderConfig config) {
        AwsConfig checked = aws.checked(completed(config));
        if (checked.endpoint().isEmpty()) {
            throw new IllegalArgumentException(
                    "the endpoint is not known: give --aws-endpoint-url or set ORIGO_AWS_ENDPOINT_URL,"
                            + " AWS_ENDPOINT_URL or LOCALSTACK_HOST");
        }
        return checked;
    }

    private static Connection connected(
            Endpoint endpoint, AwsClients clients, ProviderRuntime runtime) {
        AwsConfig found = endpoint.found();
        return new Connection(
                AwsProvider.of(found, clients, runtime).cloud(), () -> endpoint.stands(found));
    }

    private boolean bootstrap(ProviderConfig config) {
        String text = config.option(BOOTSTRAP).orElse("true");
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(
                    "--%s is '%s', which is not true or false".formatted(BOOTSTRAP, text));
        }
        return text.equals("true");
    }

    /// An emulator has a region and a VPC by itself, and says in its own variable where it is.
    private ProviderConfig completed(ProviderConfig config) {
        Map<String, String> options = new HashMap<>(config.options());
        options.putIfAbsent(
                AwsProviderFactory.REGION,
                variable("AWS_REGION")
                        .or(() -> variable("AWS_DEFAULT_REGION"))
                        .orElse(REGION_DEFAULT));
        options.putIfAbsent(AwsProviderFactory.VPC, VPC_UNKNOWN);
        if (!options.containsKey(AwsProviderFactory.ENDPOINT)
                && variable("AWS_ENDPOINT_URL").isEmpty()) {
            variable(LOCALSTACK_HOST)
                    .ifPresent(host -> options.put(AwsProviderFactory.ENDPOINT, url(host)));
        }
        return new ProviderConfig(config.cluster(), options);
    }

    private static String url(String host) {
        if (host.contains("://")) {
            return host;
        }
        boolean hasPort = host.matches(".*:[0-9]+") && !host.endsWith("]");
        return "http://" + host + (hasPort ? "" : ":" + PORT);
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.apply(name)).filter(text -> !text.isBlank());
    }
}
