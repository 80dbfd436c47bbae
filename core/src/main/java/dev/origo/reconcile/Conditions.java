package dev.origo.reconcile;

import dev.origo.model.ClientAddress;
import dev.origo.model.Condition;
import dev.origo.model.Condition.Status;
import dev.origo.model.Problem;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.TrafficPolicy;
import dev.origo.model.Verdict;
import dev.origo.spi.Provisioning;
import dev.origo.spi.TargetHealth;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The conditions that we write on a Service. Pure.
///
/// @param service as it stands, with the conditions written before
public record Conditions(ServiceSnapshot service, Instant now) {
    public static final String ACCEPTED = "origo.dev/Accepted";
    public static final String PROVISIONED = "origo.dev/Provisioned";
    public static final String SERVING = "origo.dev/Serving";
    public static final String CLIENT_ADDRESS = "origo.dev/ClientAddress";

    /// Known to other tools. Source: KEP-1435 as shipped (k8s.io/api/core/v1,
    /// LoadBalancerPortsError)
    public static final String PORTS_ERROR = "LoadBalancerPortsError";

    /// Every type that is ours to write and to remove.
    public static final Set<String> OURS = Set.of(ACCEPTED, PROVISIONED, SERVING, CLIENT_ADDRESS);

    /// The API server's limit. Source: metav1.Condition, maxLength of message.
    private static final int MESSAGE_LENGTH_MAX = 32768;

    /// Node names that a message lists at most.
    private static final int NAMES_MAX = 5;

    Condition accepted(List<Problem> warnings) {
        String said =
                warnings.isEmpty() ? "accepted" : "accepted, with warnings: " + texts(warnings);
        return condition(ACCEPTED, Status.TRUE, "Accepted", Claim.prefix(service) + said);
    }

    Condition refused(List<Problem> problems) {
        Problem first = problems.stream().filter(Problem::blocks).findFirst().orElseThrow();
        return condition(
                ACCEPTED,
                Status.FALSE,
                first.code().reason(),
                Claim.prefix(service) + texts(problems));
    }

    Condition portsError(String reason, String message) {
        return condition(PORTS_ERROR, Status.TRUE, reason, message);
    }

    Condition provisioned(Provisioning provisioning) {
        return switch (provisioning) {
            case Provisioning.Absent _ ->
                    condition(PROVISIONED, Status.FALSE, "Absent", "there is no balancer yet");
            case Provisioning.Pending(String state) ->
                    condition(
                            PROVISIONED,
                            Status.FALSE,
                            "Pending",
                            "the cloud is making the balancer: " + state);
            case Provisioning.Ready(var ingress) ->
                    condition(
                            PROVISIONED,
                            Status.TRUE,
                            "Provisioned",
                            "published: "
                                    + ingress.stream()
                                            .map(i -> i.address().text())
                                            .collect(Collectors.joining(", ")));
            case Provisioning.Failed(String message) ->
                    condition(PROVISIONED, Status.FALSE, "Failed", message);
        };
    }

    Condition failed(Problem problem) {
        return condition(PROVISIONED, Status.FALSE, problem.code().reason(), problem.text());
    }

    /// No node's health port answers; which nodes there are is not told, so that it is told once.
    Condition servingNowhere() {
        return condition(
                SERVING,
                Status.FALSE,
                HealthPort.UNREACHABLE.code().reason(),
                HealthPort.UNREACHABLE.text());
    }

    /// As last looked at: the time of the look is the message's.
    Condition serving(TargetHealth health, TrafficPolicy policy) {
        String counted = "%d of %d nodes healthy".formatted(health.healthy(), health.total());
        String names =
                health.unhealthy().entrySet().stream()
                        .limit(NAMES_MAX)
                        .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                        .collect(Collectors.joining(", "));
        int more = Math.max(0, health.unhealthy().size() - NAMES_MAX);
        String others =
                names.isEmpty()
                        ? ""
                        : "; not: " + names + (more > 0 ? " and %d more".formatted(more) : "");
        Status status = health.healthy() > 0 ? Status.TRUE : Status.FALSE;
        String reason = health.healthy() > 0 ? "Healthy" : "NoHealthyTarget";
        String expected =
                policy == TrafficPolicy.LOCAL && health.healthy() == 0 && health.total() > 0
                        ? "; expected while no ready pod of the Service runs on a node: externalTrafficPolicy is Local"
                        : "";
        return condition(SERVING, status, reason, counted + others + expected);
    }

    Condition servingUnknown(String why) {
        return condition(SERVING, Status.UNKNOWN, "NotLookedAt", why);
    }

    Condition clientAddress(ClientAddress address) {
        Status status =
                switch (address.verdict()) {
                    case PRESERVED, IN_HEADER -> Status.TRUE;
                    case LOST, REFUSED -> Status.FALSE;
                    case UNKNOWN -> Status.UNKNOWN;
                };
        StringBuilder message =
                new StringBuilder(
                        "%s: delivery %s, carrier %s; the application sees the %s"
                                .formatted(
                                        address.verdict(),
                                        address.delivery(),
                                        address.carrier(),
                                        address.sees()));
        if (address.verdict() == Verdict.LOST) {
            message.append(" (%s: %s)".formatted(address.code().id(), address.code().fix()));
        }
        if (!address.findings().isEmpty()) {
            message.append("; ").append(texts(address.findings()));
        }
        return condition(CLIENT_ADDRESS, status, address.code().reason(), message.toString());
    }

    Optional<Condition> written(String type) {
        return service.status().conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst();
    }

    private Condition condition(String type, Status status, String reason, String message) {
        Instant since =
                written(type)
                        .filter(before -> before.status() == status)
                        .map(Condition::lastTransition)
                        .orElse(now);
        String shortened =
                message.length() > MESSAGE_LENGTH_MAX
                        ? message.substring(0, MESSAGE_LENGTH_MAX)
                        : message;
        return new Condition(type, status, reason, shortened, since, service.meta().generation());
    }

    private static String texts(List<Problem> problems) {
        return problems.stream().map(Problem::text).distinct().collect(Collectors.joining("; "));
    }
}
