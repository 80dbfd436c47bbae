package dev.origo.reconcile;

import dev.origo.model.ClientAddress;
import dev.origo.model.Code;
import dev.origo.model.Condition;
import dev.origo.model.Ingress;
import dev.origo.model.Ingress.PortStatus;
import dev.origo.model.Problem;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServicePort;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.ReconcileObserver.Run;
import dev.origo.reconcile.ServicePatch.FinalizerChange;
import dev.origo.reconcile.ServicePatch.IngressChange;
import dev.origo.reconcile.ServicePatch.KeepIngress;
import dev.origo.reconcile.ServicePatch.ReplaceIngress;
import dev.origo.spi.Provisioning;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Everything that we write to the cluster: finalizer, status, conditions, events; and only what
/// differs from what is written already.
final class Publisher {
    private static final Set<Code> PORT_CODES =
            Set.of(Code.UNSUPPORTED_PROTOCOL, Code.MIXED_PROTOCOL_NOT_SUPPORTED);

    private final Kubernetes kubernetes;
    private final InstantSource clock;
    private final Set<Protocol> carried;
    private final Written written = new Written();

    /// @param carried protocols that the provider's balancers carry
    Publisher(Kubernetes kubernetes, InstantSource clock, Set<Protocol> carried) {
        this.kubernetes = kubernetes;
        this.clock = clock;
        this.carried = Set.copyOf(carried);
    }

    /// What is to be published of a Service that has what it asks for.
    record Picture(
            Provisioning provisioning,
            ClientAddress address,
            List<Problem> warnings,
            Condition serving) {}

    /// The finalizer comes before the first cloud object, with our mark on the Service in the same
    /// request.
    void claim(Run run, ServiceSnapshot service) {
        boolean finalized = written.isFinalized(service);
        Conditions conditions = conditions(service);
        boolean accepted =
                conditions
                        .written(Conditions.ACCEPTED)
                        .filter(c -> c.message().startsWith(Claim.prefix(service)))
                        .isPresent();
        if (!finalized || !accepted) {
            ServicePatch patch = ServicePatch.claim(conditions.accepted(List.of()));
            written.send(kubernetes, service, patch);
        }
        if (!finalized) {
            event(run, service, "EnsuringLoadBalancer", "Ensuring load balancer");
        }
    }

    /// The Service is refused as it stands. What was published before stays, with the ports that
    /// are not served marked.
    void refuse(Run run, ServiceSnapshot service, List<Problem> problems) {
        Conditions conditions = conditions(service);
        List<Condition> wanted = new ArrayList<>(List.of(conditions.refused(problems)));
        IngressChange ingress = new KeepIngress();
        Optional<Problem> portProblem =
                problems.stream().filter(p -> PORT_CODES.contains(p.code())).findFirst();
        if (portProblem.isPresent()) {
            Code code = portProblem.get().code();
            wanted.add(conditions.portsError(code.reason(), portProblem.get().text()));
            ingress = replaced(service, withPorts(service, code));
        }
        write(run, service, new Change(wanted, ingress, problems));
    }

    /// The Service is refused for what its application would see.
    void refuse(Run run, ServiceSnapshot service, ClientAddress address) {
        Conditions conditions = conditions(service);
        List<Condition> wanted =
                List.of(conditions.refused(address.findings()), conditions.clientAddress(address));
        write(run, service, new Change(wanted, new KeepIngress(), List.of()));
    }

    /// A call to the cloud failed in a way that the user should know of.
    void fail(Run run, ServiceSnapshot service, Problem problem) {
        List<Condition> wanted = List.of(conditions(service).failed(problem));
        write(run, service, new Change(wanted, new KeepIngress(), List.of()));
    }

    /// The Service has what it asks for, or is about to.
    void publish(Run run, ServiceSnapshot service, Picture picture) {
        Conditions conditions = conditions(service);
        List<Condition> wanted =
                List.of(
                        conditions.accepted(picture.warnings()),
                        conditions.provisioned(picture.provisioning()),
                        conditions.clientAddress(picture.address()),
                        picture.serving());
        IngressChange ingress = new KeepIngress();
        if (picture.provisioning() instanceof Provisioning.Ready(List<Ingress> ready)) {
            ingress = replaced(service, withPorts(service, ready));
        }
        write(run, service, new Change(wanted, ingress, picture.warnings()));
        if (ingress instanceof ReplaceIngress) {
            event(run, service, "EnsuredLoadBalancer", "Ensured load balancer");
        }
    }

    /// Nothing of ours is left in the cloud: what we wrote goes, the finalizer with it.
    void release(Run run, ServiceSnapshot service) {
        boolean finalized = service.meta().finalizers().contains(ServicePatch.FINALIZER);
        Set<String> removed = new HashSet<>();
        for (Condition condition : service.status().conditions()) {
            boolean portsErrorOfOurs =
                    condition.type().equals(Conditions.PORTS_ERROR)
                            && PORT_CODES.stream()
                                    .anyMatch(code -> code.reason().equals(condition.reason()));
            if (portsErrorOfOurs) {
                removed.add(condition.type());
            }
        }
        written.types(service).stream().filter(Conditions.OURS::contains).forEach(removed::add);
        IngressChange ingress =
                written.mayPublish(service) ? new ReplaceIngress(List.of()) : new KeepIngress();
        ServicePatch patch =
                new ServicePatch(
                        finalized ? FinalizerChange.REMOVE : FinalizerChange.KEEP,
                        ingress,
                        List.of(),
                        removed);
        if (!patch.isEmpty()) {
            written.send(kubernetes, service, patch);
            event(run, service, "DeletedLoadBalancer", "Deleted load balancer");
        }
    }

    /// The Service is someone else's now: our conditions go, everything else is theirs.
    void leave(ServiceSnapshot service) {
        Set<String> ours = new HashSet<>(written.types(service));
        ours.retainAll(Conditions.OURS);
        ServicePatch patch =
                new ServicePatch(FinalizerChange.KEEP, new KeepIngress(), List.of(), ours);
        if (!patch.isEmpty()) {
            written.send(kubernetes, service, patch);
        }
    }

    /// There is no Service of that name any more.
    void forget(ServiceKey key) {
        written.forget(key);
    }

    void event(Run run, ServiceSnapshot service, String reason, String message) {
        kubernetes.event(service, new Event(false, reason, message, run.id()));
    }

    void warn(Run run, ServiceSnapshot service, String reason, String message) {
        kubernetes.event(service, new Event(true, reason, message, run.id()));
    }

    Conditions conditions(ServiceSnapshot service) {
        return new Conditions(service, clock.instant());
    }

    /// What is to be written, and the problems to tell of if the Accepted condition changes by it.
    private record Change(
            List<Condition> conditions, IngressChange ingress, List<Problem> problems) {}

    /// One patch with all that differs, and events for each condition that turned bad or tells of
    /// another trouble.
    private void write(Run run, ServiceSnapshot service, Change change) {
        List<Condition> changed =
                change.conditions().stream().filter(c -> !written.isTold(service, c)).toList();
        boolean portsErrorOver =
                written.types(service).contains(Conditions.PORTS_ERROR)
                        && has(change.conditions(), Conditions.ACCEPTED)
                        && !has(change.conditions(), Conditions.PORTS_ERROR);
        ServicePatch patch =
                new ServicePatch(
                        FinalizerChange.KEEP,
                        change.ingress(),
                        changed,
                        portsErrorOver ? Set.of(Conditions.PORTS_ERROR) : Set.of());
        if (!patch.isEmpty()) {
            written.send(kubernetes, service, patch);
        }
        // A refusal for what the application would see is one finding in two conditions.
        boolean refused = isRefused(change.conditions());
        changed.stream()
                .filter(c -> !refused || !c.type().equals(Conditions.CLIENT_ADDRESS))
                .forEach(condition -> tell(run, service, condition));
        if (has(changed, Conditions.ACCEPTED)) {
            change.problems().stream()
                    .filter(problem -> problem.severity() == Problem.Severity.WARNING)
                    .distinct()
                    .forEach(p -> warn(run, service, p.code().reason(), p.text()));
        }
    }

    private static boolean isRefused(List<Condition> conditions) {
        return conditions.stream()
                .anyMatch(c ->
                        c.type().equals(Conditions.ACCEPTED)
                                && c.status() == Condition.Status.FALSE);
    }

    private static boolean has(List<Condition> conditions, String type) {
        return conditions.stream().anyMatch(condition -> condition.type().equals(type));
    }

    /// Conditions that turned bad are events, too, with upstream's reason where it has one.
    private void tell(Run run, ServiceSnapshot service, Condition condition) {
        boolean waits = condition.reason().equals("Pending") || condition.reason().equals("Absent");
        if (condition.status() != Condition.Status.FALSE || waits) {
            return;
        }
        switch (condition.type()) {
            case Conditions.ACCEPTED, Conditions.PROVISIONED ->
                    warn(
                            run,
                            service,
                            "SyncLoadBalancerFailed",
                            "Error syncing load balancer: " + condition.message());
            case Conditions.CLIENT_ADDRESS ->
                    warn(run, service, condition.reason(), condition.message());
            case Conditions.SERVING -> {
                if (condition.reason().equals(HealthPort.UNREACHABLE.code().reason())) {
                    warn(run, service, condition.reason(), condition.message());
                }
            }
            default -> {}
        }
    }

    private IngressChange replaced(ServiceSnapshot service, List<Ingress> wanted) {
        return written.isPublished(service, wanted)
                ? new KeepIngress()
                : new ReplaceIngress(wanted);
    }

    /// What is published, with an error at each port that is not served.
    private List<Ingress> withPorts(ServiceSnapshot service, Code code) {
        List<PortStatus> ports =
                service.ports().stream()
                        .map(port ->
                                new PortStatus(
                                        port.port(),
                                        port.protocol(),
                                        isServed(port, service, code) ? "" : portError(code)))
                        .toList();
        return service.status().ingress().stream()
                .map(ingress -> new Ingress(ingress.address(), ports))
                .toList();
    }

    /// Where protocols cannot be mixed, the first one that is carried has the balancer.
    private boolean isServed(ServicePort port, ServiceSnapshot service, Code code) {
        return carried.contains(port.protocol())
                && (code != Code.MIXED_PROTOCOL_NOT_SUPPORTED
                        || service.ports().stream()
                                .map(ServicePort::protocol)
                                .filter(carried::contains)
                                .findFirst()
                                .filter(port.protocol()::equals)
                                .isPresent());
    }

    /// Source: Kubernetes API, PortStatus: values that it does not name itself have a prefix.
    private static String portError(Code code) {
        return code == Code.MIXED_PROTOCOL_NOT_SUPPORTED
                ? code.reason()
                : "origo.dev/" + code.reason();
    }

    /// Where a Service mixes protocols, each port is told apart. Source: KEP-1435
    private static List<Ingress> withPorts(ServiceSnapshot service, List<Ingress> ready) {
        long protocols = service.ports().stream().map(ServicePort::protocol).distinct().count();
        if (protocols < 2) {
            return ready;
        }
        List<PortStatus> ports =
                service.ports().stream()
                        .map(port -> new PortStatus(port.port(), port.protocol(), ""))
                        .toList();
        return ready.stream().map(ingress -> new Ingress(ingress.address(), ports)).toList();
    }
}
