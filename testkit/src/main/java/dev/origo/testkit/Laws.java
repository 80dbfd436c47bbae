package dev.origo.testkit;

import dev.origo.embedded.kube.KubernetesModel;
import dev.origo.model.ClusterId;
import dev.origo.model.Condition;
import dev.origo.model.Ingress;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Claim;
import dev.origo.reconcile.Conditions;
import dev.origo.reconcile.ServicePatch;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/// The laws that must hold in a [World] whatever happens, and what excuses from them.
///
/// Thread rule: as [Simulation].
final class Laws implements KubernetesModel.Watcher {
    /// The UID under which a provider keeps what all Services share; audits remove it when none is
    /// left.
    private static final String SHARED = "shared";

    /// Lines of the trace that a broken law is told with.
    private static final int TAIL = 80;

    private final Simulation simulation;
    private final KubernetesModel model;
    private final SimulatedCloud cloud;
    private final Traffic traffic;
    private final Capacity capacity;
    private final List<Replica> replicas;
    private final Set<String> foreignLines = new HashSet<>();
    private final Set<String> unprotected = new HashSet<>();
    private final Set<String> struck = new HashSet<>();
    private final Set<ServiceKey> keys = new HashSet<>();
    private ClusterId cluster = Blueprint.CLUSTER;
    private Claim claim = new Claim(Set.of(), false);
    private int lagUntilAudit;

    Laws(
            Simulation simulation,
            KubernetesModel model,
            SimulatedCloud cloud,
            Traffic traffic,
            List<Replica> replicas) {
        this.simulation = simulation;
        this.model = model;
        this.cloud = cloud;
        this.traffic = traffic;
        this.replicas = replicas;
        this.capacity = new Capacity(simulation, model, cloud);
        model.watch(this);
        traffic.afterCloudWrite(_ -> checkOwned());
        traffic.afterCloudWrite(this::checkPublished);
        traffic.afterCloudWrite(this::checkCapacity);
        traffic.afterCloudWrite(_ -> checkQueues());
    }

    @Override
    public void service(ServiceSnapshot service, boolean gone) {
        keys.add(service.key());
    }

    @Override
    public void node(NodeSnapshot node, boolean gone) {}

    /// From now on everything that the cloud holds is someone else's.
    void beginHere() {
        foreignLines.clear();
        foreignLines.addAll(cloud.dump().lines().toList());
    }

    void started(Blueprint blueprint) {
        cluster = blueprint.cluster();
        claim = blueprint.planOnly() ? claim : blueprint.claim();
    }

    /// Someone took the finalizer off.
    void unprotected(ServiceSnapshot service) {
        unprotected.add(service.meta().uid());
    }

    void struckByHand(ServiceSnapshot service) {
        struck.add(service.meta().uid());
        var _ = capacity.lost(service);
    }

    void readsLag(boolean lag) {
        if (lag) {
            lagUntilAudit = Integer.MAX_VALUE;
        } else if (lagUntilAudit == Integer.MAX_VALUE) {
            lagUntilAudit = Replica.audits(replicas) + 2;
        }
    }

    private boolean isLagging() {
        return Replica.audits(replicas) < lagUntilAudit;
    }

    void checkConverged() {
        SortedMap<String, List<String>> owned = cloud.owned(cluster);
        Set<String> wanting = new HashSet<>();
        for (ServiceSnapshot service : model.services()) {
            String uid = service.meta().uid();
            boolean keeps =
                    service.meta().finalizers().contains(ServicePatch.FINALIZER)
                            && owned.containsKey(uid);
            if (keeps || isWanted(service)) {
                wanting.add(uid);
                checkServed(service);
            }
            if (isWanted(service)) {
                checkAsWanted(service);
            }
        }
        for (Map.Entry<String, List<String>> left : owned.entrySet()) {
            require(
                    left.getKey().equals(SHARED) || wanting.contains(left.getKey()),
                    "left in the cloud of %s: %s".formatted(left.getKey(), left.getValue()));
        }
        int most = model.services().size();
        for (Replica r : replicas.stream().filter(Replica::isSettled).toList()) {
            require(r.remembered() <= most, "%d owners remembered".formatted(r.remembered()));
        }
        checkQueues();
        struck.clear();
        lagUntilAudit = 0;
    }

    /// Whether it asks for a balancer from us, and nothing is wrong with what it asks for.
    private boolean isWanted(ServiceSnapshot service) {
        boolean refused =
                service.status().conditions().stream()
                        .anyMatch(condition ->
                                condition.type().equals(Conditions.ACCEPTED)
                                        && condition.status() == Condition.Status.FALSE);
        return claim.of(service) == Claim.Verdict.OURS && !refused;
    }

    void checkEmpty() {
        Set<String> now = new HashSet<>(cloud.dump().lines().toList());
        now.removeAll(foreignLines);
        require(now.isEmpty(), "left in the cloud: " + now);
        checkForeign();
    }

    private void checkServed(ServiceSnapshot service) {
        String uid = service.meta().uid();
        require(
                cloud.balancers(cluster, uid) == 1,
                "%s has %d balancers".formatted(service.key(), cloud.balancers(cluster, uid)));
        require(!service.status().ingress().isEmpty(), service.key() + " publishes no address");
        for (Ingress ingress : service.status().ingress()) {
            String address = ingress.address().text();
            require(
                    cloud.behind(address).equals(Optional.of(uid)),
                    "%s publishes %s, behind which is %s"
                            .formatted(service.key(), address, cloud.behind(address)));
        }
    }

    /// The balancer is as the Service wants it, no more and no less.
    private void checkAsWanted(ServiceSnapshot service) {
        Set<String> wanted = new TreeSet<>(cloud.wanted(service, model.nodes()));
        Set<String> served = capacity.served(service);
        require(
                wanted.equals(served),
                "%s wants %s and has %s".formatted(service.key(), wanted, served));
    }

    void checkForeign() {
        Set<String> now = new HashSet<>(cloud.dump().lines().toList());
        for (String line : foreignLines) {
            require(now.contains(line), "someone else's object was touched: " + line);
        }
    }

    /// Whoever owns something in the cloud and lives has the finalizer, and no more than a balancer
    /// and its successor.
    private void checkOwned() {
        SortedMap<String, List<String>> owned = cloud.owned(cluster);
        for (ServiceSnapshot service : model.services()) {
            String uid = service.meta().uid();
            boolean safe =
                    service.meta().finalizers().contains(ServicePatch.FINALIZER)
                            || unprotected.contains(uid);
            require(
                    safe || isLagging() || !owned.containsKey(uid),
                    service.key() + " owns objects and has no finalizer");
            List<String> all = owned.getOrDefault(uid, List.of());
            long count = all.stream().filter(cloud::isBalancer).count();
            require(count <= 2, "%s owns %s".formatted(service.key(), all));
        }
    }

    /// No process has more to do than there are Services, those that were deleted, and what all of
    /// them share.
    private void checkQueues() {
        for (Replica r : replicas) {
            require(
                    r.queued() <= keys.size() + 1,
                    "%s has %d keys to do".formatted(r.name(), r.queued()));
        }
    }

    /// What is published answers, until the user wants it no longer.
    private void checkPublished(Crossing write) {
        if (!write.action().startsWith("Delete")) {
            return;
        }
        for (ServiceSnapshot service : model.services()) {
            String uid = service.meta().uid();
            boolean wanted =
                    service.type() == ServiceSnapshot.Type.LOAD_BALANCER
                            && service.meta().finalizers().contains(ServicePatch.FINALIZER)
                            && !service.meta().deleting()
                            && !struck.contains(uid);
            for (Ingress ingress : wanted ? service.status().ingress() : List.<Ingress>of()) {
                String address = ingress.address().text();
                require(
                        traffic.aside(() -> cloud.behind(address)).equals(Optional.of(uid)),
                        "%s publishes %s, which is gone after %s"
                                .formatted(service.key(), address, write));
            }
        }
    }

    /// What a Service wants and has, it keeps.
    private void checkCapacity(Crossing write) {
        for (ServiceSnapshot service : model.services()) {
            Set<String> lost = traffic.aside(() -> capacity.lost(service));
            require(lost.isEmpty(), "%s lost %s after %s".formatted(service.key(), lost, write));
        }
    }

    void checkRelease(ServiceSnapshot service) {
        List<String> left = cloud.owned(cluster).getOrDefault(service.meta().uid(), List.of());
        require(
                left.isEmpty() || isLagging(),
                "the finalizer of %s goes before %s".formatted(service.key(), left));
    }

    void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(
                    "seed %d: %s\n%s".formatted(simulation.seed(), otherwise, tail()));
        }
    }

    /// The end of the trace, without who merely ran.
    private String tail() {
        List<String> told =
                simulation.trace().lines().filter(line -> !line.endsWith(": runs")).toList();
        return "...\n"
                + String.join("\n", told.subList(Math.max(0, told.size() - TAIL), told.size()));
    }
}
