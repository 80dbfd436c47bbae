package dev.origo.testkit;

import dev.origo.desire.AnnotationRegistry;
import dev.origo.desire.Desire;
import dev.origo.guard.Guard;
import dev.origo.guard.RateLimits;
import dev.origo.loop.Controller;
import dev.origo.loop.Leadership;
import dev.origo.loop.WorkQueue;
import dev.origo.model.ServiceKey;
import dev.origo.reconcile.FencedKubernetes;
import dev.origo.reconcile.KubernetesException;
import dev.origo.reconcile.Memory;
import dev.origo.reconcile.Next;
import dev.origo.reconcile.ReconcileObserver;
import dev.origo.reconcile.Reconciler;
import dev.origo.spi.CloudException;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderRuntime;
import dev.origo.spi.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// One process of the controller in a simulated [World], wired as `origo run` wires it: guard,
/// provider, reconciler, queue, audits, lease.
///
/// Thread rule: as [Simulation].
public final class Replica {
    /// Tasks that only wait for their time when there is nothing to do.
    private static final Set<String> BACKGROUND = Set.of("lease", "audit");

    private static final WorkQueue.Load NOTHING =
            new WorkQueue.Load(0, 0, 0, Duration.ZERO, Duration.ZERO);

    private final SimulatedTasks tasks;
    private final SimulatedKubernetes kubernetes;
    private final Leadership leadership;
    private final List<Reconciled> reconciled = new ArrayList<>();
    private final List<String> plans = new ArrayList<>();
    private boolean caughtUp;
    private int audits;

    private Replica(SimulatedTasks tasks, SimulatedKubernetes kubernetes, SimulatedLease lease) {
        this.tasks = tasks;
        this.kubernetes = kubernetes;
        this.leadership =
                new Leadership(
                        lease, tasks, Leadership.Terms.standard(tasks.name()), new OnLease());
    }

    private Supplier<WorkQueue.Load> load = () -> NOTHING;
    private IntSupplier remembered = () -> 0;
    private Runnable elected = () -> {};
    private Runnable deposed = () -> {};

    /// One reconciliation, as the observer was told.
    public record Reconciled(ServiceKey key, Next next) {}

    static Replica start(SimulatedTasks tasks, World.Ties ties, Blueprint blueprint) {
        SimulatedKubernetes kubernetes =
                new SimulatedKubernetes(ties.model(), tasks, ties.traffic(), ties.checks());
        SimulatedLease lease =
                new SimulatedLease(tasks, ties, "origo-" + blueprint.cluster().name());
        Replica replica = new Replica(tasks, kubernetes, lease);
        Guard guard = new Guard(tasks, RateLimits.DEFAULT, replica.leadership::mayWrite, _ -> {});
        ties.traffic().fence(tasks, replica.leadership::mayWrite);
        Provider<?, ?> provider = blueprint.provider().apply(new ProviderRuntime(guard, tasks));
        replica.wire(blueprint, provider);
        return replica;
    }

    private <O, S extends Step> void wire(Blueprint blueprint, Provider<O, S> provider) {
        Desire desire =
                new Desire(
                        provider.capabilities(),
                        new AnnotationRegistry(blueprint.annotations()),
                        provider.planner()::wish);
        Memory<O> memory = new Memory<>();
        Controller<O, S> controller =
                new Controller<>(
                        new Reconciler.Parts<>(
                                new FencedKubernetes(kubernetes, leadership::mayWrite),
                                provider,
                                desire,
                                blueprint.claim(),
                                blueprint.cluster(),
                                memory,
                                tasks,
                                new OnReconcile(),
                                blueprint.planOnly()),
                        blueprint.pace(),
                        new OnAudit());
        load = controller::load;
        remembered = () -> memory.owners().size();
        elected = controller::start;
        deposed = controller::stop;
        tasks.start(
                "start",
                () -> {
                    kubernetes.start(
                            new SimulatedKubernetes.Listener(
                                    controller::serviceChanged, controller::nodesChanged));
                    leadership.start();
                });
    }

    public String name() {
        return tasks.name();
    }

    public SimulatedKubernetes kubernetes() {
        return kubernetes;
    }

    public boolean isLeader() {
        return leadership.isLeader();
    }

    public boolean isAlive() {
        return !tasks.isKilled();
    }

    /// Every reconciliation so far, in the order of their ends.
    public List<Reconciled> reconciled() {
        return List.copyOf(reconciled);
    }

    /// How many audits have ended well.
    int audits() {
        return audits;
    }

    static int audits(List<Replica> replicas) {
        return replicas.stream().mapToInt(Replica::audits).sum();
    }

    /// What plans said, one line per step.
    public List<String> plans() {
        return List.copyOf(plans);
    }

    SimulatedTasks tasks() {
        return tasks;
    }

    /// Lets it stand still for a while, as by SIGSTOP and SIGCONT.
    public void suspend(Duration duration) {
        tasks.suspend(duration);
    }

    /// Stops it as by SIGKILL: nothing more happens.
    public void kill() {
        tasks.kill();
    }

    /// Whether it leads, has seen an audit through and has nothing left to do before the next one.
    boolean isSettled() {
        return isAlive() && isLeader() && caughtUp && isIdle();
    }

    /// Keys that wait, are at work or are to be tried again.
    int queued() {
        WorkQueue.Load now = load.get();
        return now.waiting() + now.inFlight() + now.delayed();
    }

    /// Owners that are remembered.
    int remembered() {
        return remembered.getAsInt();
    }

    boolean isIdle() {
        return !tasks.hasWork(BACKGROUND);
    }

    private final class OnLease implements Leadership.Listener {
        @Override
        public void elected() {
            tasks.simulation().tell("elected");
            elected.run();
        }

        @Override
        public void deposed() {
            tasks.simulation().tell("deposed");
            caughtUp = false;
            deposed.run();
        }

        @Override
        public void leaseFailed(KubernetesException e) {
            tasks.simulation().tell("lease: " + e.getMessage());
        }
    }

    private final class OnReconcile implements ReconcileObserver {
        @Override
        public void planned(Run run, List<? extends Step> wave) {
            for (Step step : wave) {
                plans.add(step.describe());
                tasks.simulation().tell("plans %s: %s".formatted(run.service(), step.describe()));
            }
        }

        @Override
        public void reconciled(Run run, Next next, Duration took) {
            reconciled.add(new Reconciled(run.service(), next));
            tasks.simulation().tell("reconciled %s: %s".formatted(run.service(), next));
        }

        @Override
        public void crashed(Run run, RuntimeException bug) {
            tasks.bug("reconcile " + run.service(), bug);
        }
    }

    private final class OnAudit implements Controller.AuditObserver {
        @Override
        public void audited(int owners, int orphans, Duration took) {
            audits++;
            caughtUp = true;
            tasks.simulation().tell("audited %d owners, %d orphans".formatted(owners, orphans));
        }

        @Override
        public void auditFailed(CloudException e) {
            caughtUp = true;
            tasks.simulation().tell("audit failed: " + e.getMessage());
        }
    }
}
