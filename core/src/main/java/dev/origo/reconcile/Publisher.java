package dev.origo.reconcile;

import dev.origo.model.ClientAddress;
import dev.origo.model.Code;
import dev.origo.model.Condition;
import dev.origo.model.Ingress;
import dev.origo.model.Ingress.PortStatus;
import dev.origo.model.Problem;
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
import java.util.Set;

/// Everything that we write to the cluster: finalizer, status, conditions, events; and only what
/// differs from what is written already.
final class Publisher {
    private static final Set<Code> PORT_CODES =
            Set.of(Code.UNSUPPORTED_PROTOCOL, Code.MIXED_PROTOCOL_NOT_SUPPORTED);

    private final Kubernetes kubernetes;
    private final InstantSource clock;

    Publisher(Kubernetes kubernetes, InstantSource clock) {
        this.kubernetes = kubernetes;
        this.clock = clock;
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
        boolean finalized = service.meta().finalizers().contains(ServicePatch.FINALIZER);
        Conditions conditions = conditions(service);
        boolean accepted =
                conditions
                        .written(Conditions.ACCEPTED)
                        .filter(c -> c.message().startsWith(Claim.prefix(service)))
                        .isPresent();
        if (!finalized || !accepted) {
            kubernetes.patch(service, ServicePatch.claim(conditions.accepted(List.of())));
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
        problems.stream()
                .filter(p -> PORT_CODES.contains(p.code()))
                .findFirst()
                .ifPresent(problem ->
                        wanted.add(conditions.portsError(problem.code().reason(), problem.text())));
        write(run, service, wanted, new KeepIngress());
    }

    /// The Service is refused for what its application would see.
    void refuse(Run run, ServiceSnapshot service, ClientAddress address) {
        Conditions conditions = conditions(service);
        write(
                run,
                service,
                List.of(conditions.refused(address.findings()), conditions.clientAddress(address)),
                new KeepIngress());
    }

    /// A call to the cloud failed in a way that the user should know of.
    void fail(Run run, ServiceSnapshot service, Problem problem) {
        write(run, service, List.of(conditions(service).failed(problem)), new KeepIngress());
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
            List<Ingress> complete = withPorts(service, ready);
            if (!complete.equals(service.status().ingress())) {
                ingress = new ReplaceIngress(complete);
            }
        }
        write(run, service, wanted, ingress);
        if (ingress instanceof ReplaceIngress) {
            event(run, service, "EnsuredLoadBalancer", "Ensured load balancer");
        }
    }

    /// Nothing of ours is left in the cloud: what we wrote goes, the finalizer with it.
    void release(Run run, ServiceSnapshot service) {
        boolean finalized = service.meta().finalizers().contains(ServicePatch.FINALIZER);
        Set<String> removed = new HashSet<>();
        for (Condition condition : service.status().conditions()) {
            if (Conditions.OURS.contains(condition.type())) {
                removed.add(condition.type());
            }
        }
        IngressChange ingress =
                service.status().ingress().isEmpty()
                        ? new KeepIngress()
                        : new ReplaceIngress(List.of());
        ServicePatch patch =
                new ServicePatch(
                        finalized ? FinalizerChange.REMOVE : FinalizerChange.KEEP,
                        ingress,
                        List.of(),
                        removed);
        if (!patch.isEmpty()) {
            kubernetes.patch(service, patch);
            event(run, service, "DeletedLoadBalancer", "Deleted load balancer");
        }
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

    /// One patch with all that changed, and an event for each condition that turned bad or tells of
    /// another trouble.
    private void write(
            Run run, ServiceSnapshot service, List<Condition> wanted, IngressChange ingress) {
        Conditions conditions = conditions(service);
        List<Condition> changed = conditions.changed(wanted);
        boolean portsErrorOver =
                conditions.written(Conditions.PORTS_ERROR).isPresent()
                        && wanted.stream().noneMatch(c -> c.type().equals(Conditions.PORTS_ERROR))
                        && wanted.stream().anyMatch(c -> c.type().equals(Conditions.ACCEPTED));
        ServicePatch patch =
                new ServicePatch(
                        FinalizerChange.KEEP,
                        ingress,
                        changed,
                        portsErrorOver ? Set.of(Conditions.PORTS_ERROR) : Set.of());
        if (!patch.isEmpty()) {
            kubernetes.patch(service, patch);
        }
        changed.forEach(condition -> tell(run, service, condition));
    }

    private void tell(Run run, ServiceSnapshot service, Condition condition) {
        boolean bad = condition.status() == Condition.Status.FALSE;
        switch (condition.type()) {
            case Conditions.ACCEPTED -> {
                if (bad) {
                    warn(
                            run,
                            service,
                            "SyncLoadBalancerFailed",
                            "Error syncing load balancer: " + condition.message());
                } else if (condition.message().contains("with warnings")) {
                    warn(run, service, "LoadBalancerWarning", condition.message());
                }
            }
            case Conditions.PROVISIONED -> {
                if (bad
                        && !condition.reason().equals("Pending")
                        && !condition.reason().equals("Absent")) {
                    warn(
                            run,
                            service,
                            "SyncLoadBalancerFailed",
                            "Error syncing load balancer: " + condition.message());
                }
            }
            case Conditions.CLIENT_ADDRESS -> {
                if (bad) {
                    warn(run, service, condition.reason(), condition.message());
                }
            }
            default -> {}
        }
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
