package dev.origo.embedded.kube;

import dev.origo.embedded.kube.Refusal.Reason;
import dev.origo.model.Condition;
import dev.origo.model.ServicePort;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.ServiceSnapshot.Meta;
import dev.origo.model.ServiceSnapshot.Status;
import dev.origo.model.TrafficPolicy;
import dev.origo.reconcile.ServicePatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What the API server makes of a Service that a user writes or a controller patches. Source:
/// Kubernetes, pkg/registry/core/service (strategy.go, storage/alloc.go) and
/// pkg/apis/core/validation.
final class ServiceRules {
    /// The default `--service-node-port-range`.
    private static final int NODE_PORT_FIRST = 30_000;

    private static final int NODE_PORT_LAST = 32_767;

    private final Set<Integer> taken = new TreeSet<>();

    /// The stored form of what the user wrote.
    ///
    /// @param before as stored until now, absent at creation
    /// @param meta with uid, version, finalizers and annotations of the new form
    ServiceSnapshot stored(ServiceDraft draft, Optional<ServiceSnapshot> before, MetaOf meta) {
        before.ifPresent(old -> requireSameClass(old, draft));
        boolean balanced = draft.type() == ServiceSnapshot.Type.LOAD_BALANCER;
        boolean hasNodePorts =
                draft.type() == ServiceSnapshot.Type.NODE_PORT
                        || (balanced && draft.allocateNodePorts());
        List<ServicePort> ports =
                ports(draft, before.map(ServiceSnapshot::ports).orElse(List.of()), hasNodePorts);
        TrafficPolicy policy =
                balanced || draft.type() == ServiceSnapshot.Type.NODE_PORT
                        ? draft.policy()
                        : TrafficPolicy.CLUSTER;
        boolean checked = balanced && policy == TrafficPolicy.LOCAL;
        int checkPort = before.map(ServiceSnapshot::healthCheckNodePort).orElse(0);
        if (checked && checkPort == 0) {
            checkPort = allocate();
        }
        if (!checked && checkPort != 0) {
            taken.remove(checkPort);
            checkPort = 0;
        }
        Status status =
                before.map(ServiceSnapshot::status).orElse(new Status(List.of(), List.of()));
        return new ServiceSnapshot(
                meta.key(),
                meta.meta(),
                draft.type(),
                balanced ? draft.loadBalancerClass() : "",
                ports,
                policy,
                checkPort,
                draft.ipFamilies(),
                draft.affinity(),
                balanced ? draft.sourceRanges() : List.of(),
                balanced ? draft.loadBalancerIp() : "",
                balanced ? status : new Status(List.of(), status.conditions()));
    }

    /// Key and metadata of a Service to be.
    record MetaOf(dev.origo.model.ServiceKey key, Meta meta) {}

    /// The user's part of a stored Service.
    static ServiceDraft draft(ServiceSnapshot service) {
        return new ServiceDraft(
                service.type(),
                service.loadBalancerClass(),
                service.ports(),
                service.policy(),
                service.ipFamilies(),
                service.affinity(),
                service.sourceRanges(),
                service.loadBalancerIp(),
                service.ports().stream().allMatch(port -> port.nodePort() != 0),
                service.meta().annotations(),
                service.meta().finalizers());
    }

    void release(ServiceSnapshot service) {
        service.ports().forEach(port -> taken.remove(port.nodePort()));
        taken.remove(service.healthCheckNodePort());
    }

    private static void requireSameClass(ServiceSnapshot old, ServiceDraft draft) {
        boolean changed = !old.loadBalancerClass().equals(draft.loadBalancerClass());
        if (old.type() == ServiceSnapshot.Type.LOAD_BALANCER
                && draft.type() == ServiceSnapshot.Type.LOAD_BALANCER
                && changed) {
            throw new Refusal(
                    Reason.INVALID,
                    "spec.loadBalancerClass: Invalid value: \"%s\": may not change once set"
                            .formatted(draft.loadBalancerClass()));
        }
    }

    /// Ports that were there keep their node port; TCP and UDP of one number may share one, but get
    /// one each unless the user says so.
    private List<ServicePort> ports(
            ServiceDraft draft, List<ServicePort> before, boolean hasNodePorts) {
        List<ServicePort> ports = new ArrayList<>();
        for (ServicePort port : draft.ports()) {
            int nodePort = hasNodePorts ? port.nodePort() : 0;
            if (hasNodePorts && nodePort == 0) {
                nodePort =
                        before.stream()
                                .filter(old ->
                                        old.port() == port.port()
                                                && old.protocol() == port.protocol())
                                .mapToInt(ServicePort::nodePort)
                                .filter(number -> number != 0)
                                .findFirst()
                                .orElseGet(this::allocate);
            }
            if (nodePort != 0) {
                taken.add(nodePort);
            }
            ports.add(new ServicePort(port.name(), port.protocol(), port.port(), nodePort));
        }
        for (ServicePort old : before) {
            if (ports.stream().noneMatch(port -> port.nodePort() == old.nodePort())) {
                taken.remove(old.nodePort());
            }
        }
        return ports;
    }

    private int allocate() {
        for (int port = NODE_PORT_FIRST; port <= NODE_PORT_LAST; port++) {
            if (taken.add(port)) {
                return port;
            }
        }
        throw new Refusal(Reason.INVALID, "spec.ports[0].nodePort: no node port is free");
    }

    /// A patch of the subresource `status` with metadata, merged: finalizers by value, conditions
    /// by type, the ingress as a whole.
    static ServiceSnapshot patched(ServiceSnapshot service, ServicePatch patch, long version) {
        Meta meta = service.meta();
        Set<String> finalizers = new TreeSet<>(meta.finalizers());
        switch (patch.finalizer()) {
            case KEEP -> {}
            case ADD -> {
                if (finalizers.add(ServicePatch.FINALIZER) && meta.deleting()) {
                    throw new Refusal(
                            Reason.INVALID,
                            "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted");
                }
            }
            case REMOVE -> finalizers.remove(ServicePatch.FINALIZER);
        }
        Status status = status(service.status(), patch);
        if (service.type() != ServiceSnapshot.Type.LOAD_BALANCER && !status.ingress().isEmpty()) {
            throw new Refusal(
                    Reason.INVALID,
                    "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is \"LoadBalancer\"");
        }
        Meta after =
                new Meta(
                        meta.uid(),
                        meta.generation(),
                        String.valueOf(version),
                        meta.deleting(),
                        finalizers,
                        meta.annotations());
        return with(service, after, status);
    }

    static ServiceSnapshot with(ServiceSnapshot service, Meta meta, Status status) {
        return new ServiceSnapshot(
                service.key(),
                meta,
                service.type(),
                service.loadBalancerClass(),
                service.ports(),
                service.policy(),
                service.healthCheckNodePort(),
                service.ipFamilies(),
                service.affinity(),
                service.sourceRanges(),
                service.loadBalancerIp(),
                status);
    }

    private static Status status(Status before, ServicePatch patch) {
        List<Condition> conditions = new ArrayList<>();
        for (Condition old : before.conditions()) {
            Condition kept =
                    patch.conditions().stream()
                            .filter(condition -> condition.type().equals(old.type()))
                            .findFirst()
                            .orElse(old);
            if (!patch.conditionsRemoved().contains(old.type())) {
                conditions.add(kept);
            }
        }
        for (Condition fresh : patch.conditions()) {
            if (before.conditions().stream().noneMatch(old -> old.type().equals(fresh.type()))) {
                conditions.add(fresh);
            }
        }
        return switch (patch.ingress()) {
            case ServicePatch.KeepIngress() -> new Status(before.ingress(), conditions);
            case ServicePatch.ReplaceIngress(var ingress) -> new Status(ingress, conditions);
        };
    }
}
