package dev.origo.testkit;

import dev.origo.embedded.kube.KubernetesModel;
import dev.origo.model.Ingress;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceSnapshot;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What Services are served at what they publish: whatever a Service wants and has, it keeps, until
/// it wants it no longer.
///
/// Thread rule: as [Simulation].
final class Capacity implements KubernetesModel.Watcher {
    /// How long someone may still act on what a Service wanted before: longer than watches, clients
    /// and processes are late together.
    private static final Duration LATE_MAX = Duration.ofMinutes(5);

    private final Simulation simulation;
    private final KubernetesModel model;
    private final SimulatedCloud cloud;
    private final Map<String, Ledger> ledgers = new HashMap<>();

    Capacity(Simulation simulation, KubernetesModel model, SimulatedCloud cloud) {
        this.simulation = simulation;
        this.model = model;
        this.cloud = cloud;
        model.watch(this);
    }

    /// What one Service wants now, what of it it has, and until when what it once wanted may go.
    private static final class Ledger {
        private Set<String> wanted = Set.of();
        private final Set<String> kept = new TreeSet<>();
        private final Map<String, Long> loose = new HashMap<>();

        void wants(Set<String> now, long looseUntil) {
            wanted.stream()
                    .filter(fact -> !now.contains(fact))
                    .forEach(fact -> {
                        kept.remove(fact);
                        loose.put(fact, looseUntil);
                    });
            wanted = now;
        }

        Set<String> lost(Set<String> served, long now) {
            Set<String> lost = new TreeSet<>(kept);
            lost.removeAll(served);
            loose.values().removeIf(until -> until < now);
            kept.clear();
            kept.addAll(wanted);
            kept.retainAll(served);
            kept.removeAll(loose.keySet());
            return lost;
        }
    }

    @Override
    public void service(ServiceSnapshot service, boolean gone) {
        boolean wants =
                service.type() == ServiceSnapshot.Type.LOAD_BALANCER && !service.meta().deleting();
        ledger(service)
                .wants(
                        wants && !gone ? cloud.wanted(service, model.nodes()) : Set.of(),
                        simulation.nanoTime() + LATE_MAX.toNanos());
    }

    @Override
    public void node(NodeSnapshot node, boolean gone) {
        model.services().forEach(service -> service(service, false));
    }

    /// What the Service wants, had when this was asked last, and has no longer.
    Set<String> lost(ServiceSnapshot service) {
        return ledger(service).lost(served(service), simulation.nanoTime());
    }

    /// What the Service is served at what it publishes.
    Set<String> served(ServiceSnapshot service) {
        Set<String> served = new TreeSet<>();
        for (Ingress ingress : service.status().ingress()) {
            served.addAll(cloud.served(ingress.address().text()));
        }
        return served;
    }

    private Ledger ledger(ServiceSnapshot service) {
        return ledgers.computeIfAbsent(service.meta().uid(), _ -> new Ledger());
    }
}
