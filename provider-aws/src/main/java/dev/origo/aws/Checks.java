package dev.origo.aws;

import dev.origo.model.Carrier;
import dev.origo.model.Code;
import dev.origo.model.HealthCheck;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.Problem;
import dev.origo.model.Protocol;
import dev.origo.model.ServicePort;
import dev.origo.model.Setting;
import dev.origo.model.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The health check of one Service, the same in all its target groups. Pure.
final class Checks {
    private static final String CODES = "200";

    /// What holds where the check is no longer that of kube-proxy. Source: ELBv2 API, Matcher: the
    /// default of network balancers, which both other controllers take
    private static final String CODES_OVERRIDDEN = "200-399";

    private final LoadBalancerSpec spec;
    private final List<Problem> problems = new ArrayList<>();
    private final Wanted.Check check;

    Checks(LoadBalancerSpec spec) {
        this.spec = spec;
        this.check = made();
        unansweredProblems();
    }

    Wanted.Check check() {
        return check;
    }

    List<Problem> problems() {
        return problems;
    }

    private Wanted.Check made() {
        HealthCheck.Timing timing = spec.healthCheck().timing();
        Wanted.Check contract = byDefault(contract(spec.healthCheck().probe()));
        String protocol =
                text(AwsSettings.CHECK_PROTOCOL)
                        .map(word -> word.toUpperCase(Locale.ROOT))
                        .orElse(contract.protocol());
        boolean http = protocol.startsWith("HTTP");
        int timeout =
                spec.settings()
                        .get(AwsSettings.CHECK_TIMEOUT)
                        .orElse((int) timing.timeout().toSeconds());
        Wanted.Check check =
                new Wanted.Check(
                        protocol,
                        text(AwsSettings.CHECK_PORT).map(this::checkPort).orElse(contract.port()),
                        http
                                ? text(AwsSettings.CHECK_PATH)
                                        .orElse(orDefault(contract.path(), "/"))
                                : "",
                        http ? text(AwsSettings.CHECK_CODES).orElse(codes()) : "",
                        // Their intervals are longer, so that a timeout alone is good there.
                        spec.settings()
                                .get(AwsSettings.CHECK_INTERVAL)
                                .orElse(Math.max((int) timing.interval().toSeconds(), timeout)),
                        timeout,
                        spec.settings().get(AwsSettings.CHECK_HEALTHY).orElse(timing.healthy()),
                        spec.settings()
                                .get(AwsSettings.CHECK_UNHEALTHY)
                                .orElse(timing.unhealthy()));
        checkProblems(contract, check);
        return check;
    }

    /// A port of the Service by its name is the node port: targets are nodes, whatever their type.
    private String checkPort(String wish) {
        if (wish.equals(Wanted.Check.TRAFFIC_PORT) || wish.matches("[0-9]+")) {
            return wish;
        }
        Optional<ServicePort> named =
                spec.ports().stream().filter(port -> port.name().equals(wish)).findFirst();
        if (named.isEmpty()) {
            problems.add(
                    Problem.error(
                            Code.INVALID_ANNOTATION_VALUE,
                            "healthcheck-port '%s' is no port of the Service; its ports are named %s"
                                    .formatted(
                                            wish,
                                            spec.ports().stream()
                                                    .map(ServicePort::name)
                                                    .toList())));
        }
        return named.map(port -> String.valueOf(port.nodePort())).orElse(Wanted.Check.TRAFFIC_PORT);
    }

    /// What holds for the parts that are not overridden. With policy Cluster, an override of any
    /// part leaves kube-proxy's port, and the rest is what other controllers take: TCP on the port
    /// of the traffic. Source: aws-load-balancer-controller, docs/guide/service/annotations.md
    private Wanted.Check byDefault(Wanted.Check contract) {
        boolean overridden =
                Stream.of(
                                AwsSettings.CHECK_PROTOCOL,
                                AwsSettings.CHECK_PORT,
                                AwsSettings.CHECK_PATH,
                                AwsSettings.CHECK_CODES)
                        .anyMatch(spec.settings()::has);
        return overridden && spec.policy() == TrafficPolicy.CLUSTER
                ? contract(new HealthCheck.TrafficPort())
                : contract;
    }

    private String codes() {
        boolean overridden =
                Stream.of(
                                AwsSettings.CHECK_PROTOCOL,
                                AwsSettings.CHECK_PORT,
                                AwsSettings.CHECK_PATH)
                        .anyMatch(spec.settings()::has);
        return overridden ? CODES_OVERRIDDEN : CODES;
    }

    private static String orDefault(String text, String byDefault) {
        return text.isEmpty() ? byDefault : text;
    }

    private Optional<String> text(Setting<String> setting) {
        return spec.settings().get(setting);
    }

    /// The check that core asks for; the timing is not in it.
    private static Wanted.Check contract(HealthCheck.Probe probe) {
        return switch (probe) {
            case HealthCheck.Http(int port, String path) ->
                    new Wanted.Check("HTTP", String.valueOf(port), path, CODES, 0, 0, 0, 0);
            case HealthCheck.TrafficPort() ->
                    new Wanted.Check("TCP", Wanted.Check.TRAFFIC_PORT, "", "", 0, 0, 0, 0);
        };
    }

    private void checkProblems(Wanted.Check contract, Wanted.Check check) {
        List<Setting<?>> overrides =
                List.of(
                        AwsSettings.CHECK_PROTOCOL,
                        AwsSettings.CHECK_PORT,
                        AwsSettings.CHECK_PATH,
                        AwsSettings.CHECK_CODES,
                        AwsSettings.CHECK_INTERVAL,
                        AwsSettings.CHECK_TIMEOUT,
                        AwsSettings.CHECK_HEALTHY,
                        AwsSettings.CHECK_UNHEALTHY);
        for (Setting<?> override : overrides) {
            if (spec.settings().has(override)) {
                problems.add(
                        Problem.warning(
                                Code.HEALTH_CHECK_OVERRIDDEN,
                                "%s overrides the health-check contract"
                                        .formatted(override.name())));
            }
        }
        if (check.timeout() > check.interval()) {
            problems.add(
                    Problem.error(
                            Code.INVALID_ANNOTATION_VALUE,
                            "the health check's timeout of %d s is longer than its interval of %d s"
                                    .formatted(check.timeout(), check.interval())));
        }
        if (spec.carrier() == Carrier.PROXY_PROTOCOL_V2
                && contract.isHttp()
                && check.port().equals(contract.port())) {
            problems.add(
                    Problem.error(
                            Code.PROXY_PROTOCOL_HEALTH_CHECK_CONFLICT,
                            "AWS puts the PROXY header before its health checks too, and kube-proxy's health port %s does not understand it: every node would be %s"
                                    .formatted(
                                            check.port(),
                                            check.isHttp()
                                                    ? "unhealthy"
                                                    : "healthy, with or without endpoints")));
        }
    }

    /// kube-proxy takes no TCP connection at a node port of UDP.
    private void unansweredProblems() {
        for (ServicePort port : spec.ports()) {
            String asked =
                    check.port().equals(Wanted.Check.TRAFFIC_PORT)
                            ? String.valueOf(port.nodePort())
                            : check.port();
            if (isUdpOnly(asked)) {
                problems.add(
                        Problem.warning(
                                        Code.HEALTH_CHECK_OVERRIDDEN,
                                        "port %s is checked on node port %s, which is UDP only and answers no check: no node will be healthy"
                                                .formatted(port.label(), asked))
                                .withFix(
                                        "name a port that answers TCP in healthcheck-port, or remove the health-check annotations"));
            }
        }
    }

    private boolean isUdpOnly(String nodePort) {
        List<Protocol> protocols =
                spec.ports().stream()
                        .filter(port -> nodePort.equals(String.valueOf(port.nodePort())))
                        .map(ServicePort::protocol)
                        .toList();
        return !protocols.isEmpty() && !protocols.contains(Protocol.TCP);
    }
}
