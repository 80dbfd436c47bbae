package dev.origo.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.dataplane.Config;
import dev.origo.dataplane.DataPlane;
import dev.origo.loop.VirtualTasks;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderConfig;
import dev.origo.spi.ProviderRuntime;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the provider for emulators is told, and what it makes of it.
final class LocalstackProviderFactoryTest {
    private final VirtualTasks tasks = new VirtualTasks(Throwable::printStackTrace);
    private final DataPlane dataPlane = DataPlane.start(Config.DEFAULT);

    @AfterEach
    void close() {
        dataPlane.close();
        tasks.close();
    }

    /// @param found the endpoint; or, with a blank in it, what is said instead
    private record Row(
            String name, Map<String, String> options, Map<String, String> variables, String found) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final String OPTION = "aws-endpoint-url";
    private static final String VARIABLE = "AWS_ENDPOINT_URL";
    private static final String HOST = "LOCALSTACK_HOST";

    private static Stream<Row> rows() {
        return Stream.of(
                new Row("option", Map.of(OPTION, "http://a:1"), Map.of(), "http://a:1"),
                new Row("variable", Map.of(), Map.of(VARIABLE, "http://b:2"), "http://b:2"),
                new Row("host", Map.of(), Map.of(HOST, "c:4566"), "http://c:4566"),
                new Row("host with scheme", Map.of(), Map.of(HOST, "https://c"), "https://c"),
                new Row("host alone", Map.of(), Map.of(HOST, "c"), "http://c:4566"),
                new Row("host of IPv6", Map.of(), Map.of(HOST, "[::1]"), "http://[::1]:4566"),
                new Row(
                        "the option wins",
                        Map.of(OPTION, "http://a:1"),
                        Map.of(VARIABLE, "http://b:2", HOST, "c:3"),
                        "http://a:1"),
                new Row(
                        "AWS's variable wins over LocalStack's",
                        Map.of(),
                        Map.of(VARIABLE, "http://b:2", HOST, "c:3"),
                        "http://b:2"),
                new Row(
                        "a blank variable is none",
                        Map.of(),
                        Map.of(VARIABLE, " ", HOST, "c:3"),
                        "http://c:3"),
                new Row(
                        "nothing",
                        Map.of(),
                        Map.of(),
                        "the endpoint is not known: give --aws-endpoint-url or set"
                                + " ORIGO_AWS_ENDPOINT_URL, AWS_ENDPOINT_URL or LOCALSTACK_HOST"),
                new Row(
                        "no URL",
                        Map.of(OPTION, "a:1"),
                        Map.of(),
                        "--aws-endpoint-url is 'a:1', which is not a URL as http://localhost:5000"),
                new Row(
                        "no word for bootstrap",
                        Map.of(OPTION, "http://a:1", "localstack-bootstrap", "maybe"),
                        Map.of(),
                        "--localstack-bootstrap is 'maybe', which is not true or false"),
                new Row(
                        "no VPC's id",
                        Map.of(OPTION, "http://a:1", "aws-vpc-id", "mine"),
                        Map.of(),
                        "--aws-vpc-id is 'mine', which is not an id as vpc-0123abcd"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void findsTheEndpointOrSaysWhatIsMissing(Row row) {
        LocalstackProviderFactory factory = factory(row.variables());
        ProviderConfig config = new ProviderConfig(Specs.CLUSTER, row.options());

        if (row.found().contains(" ")) {
            assertThatThrownBy(() -> factory.create(config, runtime()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(row.found());
            return;
        }
        assertThat(factory.checked(config).endpoint()).isEqualTo(row.found());
    }

    @Test
    void theRegionIsWhateverIsGivenOrTheUsualOne() {
        Map<String, String> variables = new HashMap<>(Map.of(HOST, "c"));
        ProviderConfig config = new ProviderConfig(Specs.CLUSTER, Map.of());
        assertThat(factory(variables).checked(config).region()).isEqualTo("us-east-1");

        variables.put("AWS_DEFAULT_REGION", "eu-west-1");
        assertThat(factory(variables).checked(config).region()).isEqualTo("eu-west-1");
    }

    /// Nobody listens there.
    @Test
    void callsNobodyWhileItIsMade() {
        ProviderConfig config = new ProviderConfig(Specs.CLUSTER, Map.of());
        Provider<?, ?> provider = factory(Map.of(HOST, "127.0.0.1:1")).create(config, runtime());

        assertThat(provider.id()).isEqualTo("localstack");
        assertThat(dataPlane.snapshot()).isEmpty();
    }

    private LocalstackProviderFactory factory(Map<String, String> variables) {
        return new LocalstackProviderFactory(variables::get, () -> dataPlane);
    }

    private ProviderRuntime runtime() {
        return new ProviderRuntime(new Books.Straight(), tasks);
    }
}
