package dev.origo.testkit;

import dev.origo.embedded.kube.KubernetesModel;
import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.Ingress;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.ServicePatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// A cluster and a cloud under one simulation, with the processes that live on them, and the laws
/// that must hold whatever happens.
///
/// Thread rule: as [Simulation]; the methods here are the driver's.
public final class World implements AutoCloseable {
    /// Longer than every backoff, poll and lease together.
    public static final Duration SETTLE_MAX = Duration.ofMinutes(40);

    private final Simulation simulation;
    private final KubernetesModel model = new KubernetesModel();
    private final SimulatedCloud cloud;
    private final Traffic traffic;
    private final ApiOutage outage;
    private final Laws laws;
    private final List<Replica> replicas = new ArrayList<>();
    private boolean differ;

    public World(Simulation simulation, SimulatedCloud cloud) {
        this.simulation = simulation;
        this.cloud = cloud;
        this.traffic = new Traffic(simulation, cloud);
        this.outage = new ApiOutage(simulation);
        this.laws = new Laws(simulation, model, cloud, traffic, replicas);
        cloud.connect(traffic);
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
        laws.beginHere();
    }

    /// Starts a process.
    public Replica start(Blueprint blueprint) {
        laws.started(blueprint);
        String name = "p" + (replicas.size() + 1);
        SimulatedTasks tasks = differ ? simulation.skewedProcess(name) : simulation.process(name);
        Replica replica =
                Replica.start(
                        tasks,
                        new Ties(
                                model,
                                traffic,
                                new SimulatedKubernetes.Checks(outage, laws::checkRelease)),
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
        laws.unprotected(service(key));
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
        laws.struckByHand(service);
    }

    /// What was just made may be missing from what the cloud lists, or is not any more: until two
    /// audits have looked after that, a finalizer may go before such an object.
    public void readsLag(boolean lag) {
        laws.readsLag(lag);
    }

    /// Audits that have ended well.
    int audits() {
        return Replica.audits(replicas);
    }

    // --- time

    /// Lets time pass until the leading process has nothing left to do, and checks the laws that
    /// hold then.
    public void settle() {
        if (!simulation.runUntil(this::isQuiet, SETTLE_MAX)) {
            laws.require(false, "not quiet within %s\n%s".formatted(SETTLE_MAX, dump()));
        }
        laws.checkForeign();
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
    /// as the Service wants it; others have nothing. No process remembers or has to do more than
    /// there are Services.
    public void checkConverged() {
        laws.checkConverged();
    }

    /// The cloud holds what it held at the beginning, and nothing else.
    public void checkEmpty() {
        laws.checkEmpty();
    }

    /// Calls to the cloud until nothing is left to do, up to the last write, are within the budget.
    void requireCost(Budget.Cost allowed, Runnable change) {
        int start = traffic.crossings().size();
        change.run();
        settle();
        List<Crossing> calls = traffic.cloudCallsToLastWriteSince(start);
        laws.require(
                allowed.allows(Budget.Cost.of(calls)),
                "costs more than %s calls (writes)%n%s".formatted(allowed, calls));
    }
}
