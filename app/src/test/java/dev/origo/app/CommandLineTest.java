package dev.origo.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.guard.RateLimits;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// What the command line takes, refuses and says.
final class CommandLineTest {
    private record Row(
            String name,
            List<String> args,
            Map<String, String> environment,
            int exitCode,
            List<String> says) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row wrong(String name, String args, String... says) {
        return new Row(name, words(args), Map.of(), 2, List.of(says));
    }

    private static List<String> words(String args) {
        return args.isEmpty() ? List.of() : List.of(args.split(" "));
    }

    private static Stream<Row> rows() {
        String run = "run --provider aws ";
        return Stream.of(
                wrong(
                        "no verb",
                        "",
                        "ORIGO-5001",
                        "no verb",
                        "run, dev, annotations, conformance, version"),
                wrong("misspelt verb", "rnu", "'rnu'", "did you mean run?", "verbs: run"),
                wrong("verb like no other", "frobnicate", "'frobnicate' is not known; verbs:"),
                wrong("plan comes later", "plan -f x -o json", "'plan' comes later"),
                wrong(
                        "page's port in words",
                        "dev --page-port abc",
                        "--page-port: 'abc'",
                        "1..65535"),
                wrong("no port of a page", "dev --serve --page-port 65536", "'65536'", "1..65535"),
                wrong("page's port 0", "dev --serve --page-port 0", "'0'", "1..65535"),
                wrong("a port and no page", "dev --page-port 8080", "--page-port", "--serve"),
                wrong("no kubeconfig", "dev --kubeconfig x", "--kubeconfig", "no kubeconfig x"),
                wrong("a context and no cluster", "dev --context x", "--context", "--kubeconfig"),
                wrong("misspelt option of dev", "dev --sevre", "did you mean --serve?"),
                wrong("no URL", "dev --endpoint-url moto", "'moto' is not http://HOST:PORT"),
                wrong("a word as port", "dev --endpoint-url http://h:x", "is not http://HOST:PORT"),
                wrong("no emulator", "dev --endpoint-url http://127.0.0.1:1", "nothing answers at"),
                wrong("stray word to dev", "dev now", "the word 'now' is not known"),
                wrong("completion comes later", "completion", "'completion' comes later"),
                wrong("misspelt option", run + "--listn x", "'--listn'", "did you mean --listen?"),
                wrong("stray word", run + "extra", "the word 'extra' is not known"),
                wrong("no provider", "run", "--provider has no value", "ORIGO_PROVIDER"),
                wrong("option without value", "run --provider", "--provider has no value"),
                wrong("provider not here", "run --provider gcp", "'gcp'", "which has aws"),
                wrong("no worker", run + "--workers 0", "--workers", "'0'", "1..1000"),
                wrong("workers in words", run + "--workers ten", "--workers", "'ten'"),
                wrong("no call", run + "--calls-max 0", "--calls-max", "'0'", "1..10000"),
                wrong("burst in words", run + "--calls-burst all", "--calls-burst", "'all'"),
                wrong(
                        "starts faster than it may be",
                        run + "--calls-start 30 --calls-max 20",
                        "--calls-start 30 is outside 1..20",
                        "--calls-max 20"),
                wrong("mode", run + "--mode dry", "--mode", "'dry' is none of apply, plan"),
                wrong("election", run + "--leader-elect maybe", "--leader-elect", "'maybe'"),
                wrong("audit", run + "--audit-interval soon", "--audit-interval", "'soon'", "10m"),
                wrong("audit too often", run + "--audit-interval 10ms", "'10ms'", "1s..24h"),
                wrong("host name", run + "--listen localhost:80", "--listen", "literal"),
                wrong("no port", run + "--listen 127.0.0.1", "--listen", "ADDR"),
                wrong("port", run + "--listen :99999", "--listen", "65535"),
                wrong("log format", run + "--log-format xml", "'xml' is none of text, json"),
                wrong("log level", run + "--log-level loud", "'loud' is none of error, warn"));
    }

    private static Stream<Row> otherProviders() {
        return Stream.of(
                wrong("no provider to hold", "conformance", "--provider has no value"),
                wrong(
                        "report in a form that is none",
                        "conformance --provider aws -o xml",
                        "'xml' is none of text, json"),
                wrong(
                        "no kit on the class path",
                        "conformance --provider aws",
                        "the conformance kit is not on the class path",
                        "bin/origo conformance"),
                wrong(
                        "provider's option without a value",
                        "run --provider aws --provider-option files-directory",
                        "--provider-option",
                        "KEY=VALUE"));
    }

    private static Stream<Row> variables() {
        return Stream.of(
                new Row(
                        "a variable names itself",
                        words("run --provider aws"),
                        Map.of("ORIGO_WORKERS", "many"),
                        2,
                        List.of("--workers (from ORIGO_WORKERS)", "'many'")),
                new Row(
                        "the option wins over its variable",
                        words("run --provider aws --workers none"),
                        Map.of("ORIGO_WORKERS", "4"),
                        2,
                        List.of("--workers: 'none'")),
                new Row(
                        "absent kubeconfig",
                        words("run --provider aws --listen 127.0.0.1:0 --kubeconfig /no/such/file"),
                        Map.of(),
                        3,
                        List.of("ORIGO-5002", "/no/such/file", "--kubeconfig")),
                new Row(
                        "the last one of two holds",
                        words(
                                "run --provider aws --listen 127.0.0.1:0 --kubeconfig /a --kubeconfig /b"),
                        Map.of(),
                        3,
                        List.of("/b")));
    }

    @ParameterizedTest
    @MethodSource({"rows", "otherProviders", "variables"})
    void answersWithExitCodeAndReason(Row row) {
        Said said = run(row.environment(), row.args().toArray(String[]::new));

        assertThat(said.err()).contains(row.says());
        assertThat(said.exitCode()).isEqualTo(row.exitCode());
        assertThat(said.out()).isEmpty();
        assertThat(said.err()).doesNotContain("\tat ");
    }

    @Test
    void printsTheVersionAlone() {
        Said said = run(Map.of(), "version");

        assertThat(said.exitCode()).isZero();
        assertThat(said.out().strip()).isEqualTo("development");
        assertThat(said.err()).isEmpty();
    }

    @Test
    void printsHelpOnStdout() {
        assertThat(run(Map.of(), "--help").out()).contains("run", "dev", "Later: plan");
        assertThat(run(Map.of(), "run", "--help").out()).contains("--aws-vpc-id", "--mode");
        assertThat(run(Map.of(), "--help").out()).doesNotContain("warm-up");
    }

    record Rate(String args, String limits) {
        @Override
        public String toString() {
            return args;
        }
    }

    private static Stream<Rate> rates() {
        return Stream.of(
                new Rate("", "40 at once, 100 up to 200"),
                new Rate("--calls-burst 5", "5 at once, 100 up to 200"),
                new Rate("--calls-max 50", "40 at once, 50 up to 50"),
                new Rate("--calls-start 300", "40 at once, 300 up to 300"),
                new Rate("--calls-start 3 --calls-max 8", "40 at once, 3 up to 8"));
    }

    @ParameterizedTest
    @MethodSource("rates")
    void whatIsNotGivenOfTheRateAdaptsToWhatIs(Rate row) {
        CallsOptions options = new CallsOptions();
        new CommandLine(options).parseArgs(words(row.args()).toArray(String[]::new));
        RateLimits limits = options.limits();

        assertThat(
                        "%d at once, %.0f up to %.0f"
                                .formatted(
                                        limits.burst(),
                                        limits.startPerSecond(),
                                        limits.ceilingPerSecond()))
                .isEqualTo(row.limits());
    }

    @Test
    void everyOptionHasItsVariable() {
        Map<String, String> environment =
                Map.of("ORIGO_CLAIM_UNCLASSED", "true", "ORIGO_LOAD_BALANCER_CLASS", "a/b,c/d");
        CommandLine run = parsed(new EnvironmentDefaults(environment));

        assertThat(run.getCommandSpec().findOption("--claim-unclassed").<Boolean>getValue())
                .isTrue();
        assertThat(
                        run.getCommandSpec()
                                .findOption("--load-balancer-class")
                                .<List<String>>getValue())
                .containsExactly("a/b", "c/d");
    }

    @Test
    void theCloudsOwnVariablesCountAfterOurs() {
        EnvironmentDefaults ours =
                new EnvironmentDefaults(
                        Map.of("AWS_REGION", "eu-west-1", "ORIGO_AWS_REGION", "eu-central-1"));
        EnvironmentDefaults theirs = new EnvironmentDefaults(Map.of("AWS_REGION", "eu-west-1"));

        assertThat(region(ours)).isEqualTo("eu-central-1");
        assertThat(region(theirs)).isEqualTo("eu-west-1");
    }

    private static String region(EnvironmentDefaults environment) {
        return parsed(environment).getCommandSpec().findOption("--aws-region").getValue();
    }

    private static CommandLine parsed(EnvironmentDefaults environment) {
        return Commands.of(environment)
                .parseArgs("run", "--provider=aws")
                .subcommand()
                .commandSpec()
                .commandLine();
    }

    private record Said(int exitCode, String out, String err) {}

    private static Said run(Map<String, String> environment, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.run(args, environment, new PrintWriter(out), new PrintWriter(err));
        return new Said(exitCode, out.toString(), err.toString());
    }
}
