package dev.origo.testkit;

import dev.origo.embedded.kube.KubernetesModel;
import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.ClusterId;
import dev.origo.model.Condition;
import dev.origo.model.Ingress;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Claim;
import dev.origo.reconcile.Conditions;
import dev.origo.reconcile.ServicePatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/// A cluster and a cloud under one simulation, with the processes that live on them, and the laws
/// that must hold whatever happens.
///
/// Thread rule: as [Simulation]; the methods here are the driver's.
public final class World implements AutoCloseable {
    /// Longer than every backoff, poll and lease together.
    public static final Duration SETTLE_MAX = Duration.ofMinutes(40);

    /// The UID under which a provider keeps what all Services share; audits remove it when none is
    /// left.
    private static final String SHARED = "shared";

    /// Lines of the trace that a broken law is told with.
    private static final int TAIL = 80;

    private final Simulation simulation;
    private final KubernetesModel model = new KubernetesModel();
    private final SimulatedCloud cloud;
    private final Traffic traffic;
    private final ApiOutage outage;
    private final Capacity capacity;
    private final List<Replica> replicas = new ArrayList<>();
    private final Set<String> foreignLines = new HashSet<>();
    private final Set<String> unprotected = new HashSet<>();
    private final Set<String> struck = new HashSet<>();
    private ClusterId cluster = Blueprint.CLUSTER;
    private Claim claim = new Claim(Set.of(), false);
    private boolean differ;
    private int lagUntilAudit;

    public World(Simulation simulation, SimulatedCloud cloud) {
        this.simulation = simulation;
        this.cloud = cloud;
        this.traffic = new Traffic(simulation, cloud);
        this.outage = new ApiOutage(simulation);
        this.capacity = new Capacity(simulation, model, cloud);
        cloud.connect(traffic);
        traffic.afterCloudWrite(_ -> checkOwned());
        traffic.afterCloudWrite(this::checkPublished);
        traffic.afterCloudWrite(this::checkCapacity);
    }

    /// What ties a process to its worlds.
    record Ties(KubernetesModel model, Traffic traffic, SimulatedKubernetes.Checks checks) {}

    public Simulation simulation() {
        return simulation;
    }

    public KubernetesModel kubernetes() {
        return model;
    }

    public Traffic traffic() {
        return traffic;
    }

    /// From now on everything that the cloud holds is someone else's.
    public void beginsHere() {
        foreignLines.clear();
        foreignLines.addAll(cloud.dump().lines().toList());
    }

    /// Starts a process.
    public Replica start(Blueprint blueprint) {
        cluster = blueprint.cluster();
        claim = blueprint.planOnly() ? claim : blueprint.claim();
        String name = "p" + (replicas.size() + 1);
        SimulatedTasks tasks = differ ? simulation.skewedProcess(name) : simulation.process(name);
        Replica replica =
                Replica.start(
                        tasks,
                        new Ties(
                                model,
                                traffic,
                                new SimulatedKubernetes.Checks(outage, this::checkRelease)),
                        blueprint);
        replicas.add(replica);
        return replica;
    }

    /// Processes in the order of their start, the dead ones too.
    public List<Replica> replicas() {
        return List.copyOf(replicas);
    }

    /// From now on each process that starts has clocks of its own: the wall clock is off by up to a
    /// minute, the monotonic one begins anywhere and goes up to half a percent fast or slow. Source
    /// of the half percent: ten times what NTP takes for the worst drift of a healthy clock, RFC
    /// 5905
    public void clocksDiffer() {
        differ = true;
    }

    /// The API server does not answer one process; watches stand still by their lag only.
    public void apiAwayFor(Replica replica, Duration duration) {
        outage.beginFor(replica.tasks(), duration);
    }

    /// The API server answers nobody for a while; watches stand still by their lag only.
    public void apiAway(Duration duration) {
        outage.begin(duration);
    }

    // --- users

    public ServiceSnapshot create(String key, ServiceDraft draft) {
        simulation.tell("user creates " + key);
        return model.create(ServiceKey.parse(key), draft);
    }

    public void update(String key, UnaryOperator<ServiceDraft> edit) {
        simulation.tell("user changes " + key);
        model.update(ServiceKey.parse(key), edit);
    }

    public void delete(String key) {
        simulation.tell("user deletes " + key);
        model.delete(ServiceKey.parse(key));
    }

    /// Takes the shared finalizer off, as impatient users do.
    public void strip(String key) {
        Set<String> rest = new HashSet<>(service(key).meta().finalizers());
        rest.remove(ServicePatch.FINALIZER);
        unprotected.add(service(key).meta().uid());
        update(key, draft -> draft.withFinalizers(rest));
    }

    public void node(NodeSnapshot node) {
        simulation.tell("node %s as %s".formatted(node.name(), node));
        model.node(node);
    }

    public void deleteNode(String name) {
        simulation.tell("node %s goes".formatted(name));
        model.deleteNode(name);
    }

    public ServiceSnapshot service(String key) {
        return find(key).orElseThrow(() -> new AssertionError("there is no Service " + key));
    }

    public Optional<ServiceSnapshot> find(String key) {
        return model.service(ServiceKey.parse(key));
    }

    /// The addresses that a Service publishes.
    public List<String> addresses(String key) {
        return service(key).status().ingress().stream()
                .map(Ingress::address)
                .map(Ingress.Address::text)
                .toList();
    }

    /// Someone has deleted something of this Service's by hand: until an audit has put it right,
    /// what it publishes may not exist.
    public void struckByHand(ServiceSnapshot service) {
        struck.add(service.meta().uid());
        var _ = capacity.lost(service);
    }

    /// What was just made may be missing from what the cloud lists, or is not any more: until two
    /// audits have looked after that, a finalizer may go before such an object.
    public void readsLag(boolean lag) {
        if (lag) {
            lagUntilAudit = Integer.MAX_VALUE;
        } else if (lagUntilAudit == Integer.MAX_VALUE) {
            lagUntilAudit = audits() + 2;
        }
    }

    private boolean isLagging() {
        return audits() < lagUntilAudit;
    }

    /// Audits that have ended well.
    int audits() {
        return replicas.stream().mapToInt(Replica::audits).sum();
    }

    // --- time

    /// Lets time pass until the leading process has nothing left to do, and checks the laws that
    /// hold then.
    public void settle() {
        if (!simulation.runUntil(this::isQuiet, SETTLE_MAX)) {
            require(false, "not quiet within %s\n%s".formatted(SETTLE_MAX, dump()));
        }
        checkForeign();
    }

    private boolean isQuiet() {
        return replicas.stream().anyMatch(Replica::isSettled)
                && replicas.stream().filter(Replica::isAlive).allMatch(Replica::isIdle);
    }

    boolean isShared(String line) {
        return cloud.isShared(line);
    }

    /// Both worlds in words that do not depend on the way that led here.
    public String dump() {
        return model.dump() + cloud.dump();
    }

    @Override
    public void close() {
        simulation.close();
    }

    // --- laws

    /// A Service that wants a balancer has exactly one, which answers at what is published and is
    /// as the Service wants it; others have nothing.
    public void checkConverged() {
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

    /// The cloud holds what it held at the beginning, and nothing else.
    public void checkEmpty() {
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

    private void checkForeign() {
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

    /// Calls to the cloud until nothing is left to do, up to the last write, are within the budget.
    void requireCost(Budget.Cost allowed, Runnable change) {
        int start = traffic.crossings().size();
        change.run();
        settle();
        List<Crossing> calls = traffic.cloudCallsToLastWriteSince(start);
        require(
                allowed.allows(Budget.Cost.of(calls)),
                "costs more than %s calls (writes)%n%s".formatted(allowed, calls));
    }

    private void checkRelease(ServiceSnapshot service) {
        List<String> left = cloud.owned(cluster).getOrDefault(service.meta().uid(), List.of());
        require(
                left.isEmpty() || isLagging(),
                "the finalizer of %s goes before %s".formatted(service.key(), left));
    }

    private void require(boolean holds, String otherwise) {
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
