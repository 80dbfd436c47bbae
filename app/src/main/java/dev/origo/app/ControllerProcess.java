package dev.origo.app;

import dev.origo.guard.Guard;
import dev.origo.guard.RateLimits;
import dev.origo.kube.ChangeListener;
import dev.origo.kube.ClusterConnection;
import dev.origo.kube.WatchedKubernetes;
import dev.origo.loop.Controller;
import dev.origo.loop.Leadership;
import dev.origo.loop.VirtualTasks;
import dev.origo.model.ClusterId;
import dev.origo.model.ServiceKey;
import dev.origo.reconcile.Claim;
import dev.origo.reconcile.FencedKubernetes;
import dev.origo.reconcile.KubernetesException;
import dev.origo.spi.Provider;
import dev.origo.spi.ProviderConfig;
import dev.origo.spi.ProviderFactory;
import dev.origo.spi.ProviderRuntime;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One process of `origo run` from its first to its last moment: connect, fill the caches, be
/// ready, build the provider, lead, work, stop in order.
final class ControllerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerProcess.class);

    private static final Duration CACHES_FILLED_MAX = Duration.ofSeconds(60);
    private static final Duration NODES_TOGETHER = Duration.ofSeconds(1);
    private static final Duration LEASE_CALL_MAX = Duration.ofSeconds(5);

    private final RunOptions options;
    private final ProviderFactory factory;
    private final StopSignal stop;
    private final Claim claim;
    private final LiveParts parts;
    private final PrometheusMetrics metrics = new PrometheusMetrics(VersionCommand.version());
    private final VirtualTasks tasks = new VirtualTasks(this::bug);
    private final Drift drift = new Drift();
    private final Telemetry telemetry;
    private final RateLimits limits;
    private final WritePermit permit = new WritePermit();
    private final AtomicReference<ChangeListener> changes = new AtomicReference<>(nobody());

    ControllerProcess(RunOptions options, ProviderFactory factory, StopSignal stop) {
        this.options = options;
        limits = options.calls().limits();
        this.factory = factory;
        this.stop = stop;
        claim =
                new Claim(
                        options.classes().isEmpty()
                                ? Set.of(factory.defaultClass())
                                : Set.copyOf(options.classes()),
                        options.claimUnclassed());
        parts = new LiveParts(claim);
        telemetry = new Telemetry(metrics, drift, tasks.clock(), options.planOnly());
        metrics.show(parts);
    }

    /// Runs until the stop is asked for and all has ended.
    ///
    /// @throws CommandFailure if it cannot start
    void run() {
        try (tasks;
                HealthServer server = HealthServer.start(options.listen(), metrics, () -> parts);
                ClusterConnection cluster = connect()) {
            HeapKeeper.start(tasks);
            LOG.info(
                    "origo {} serves {} for {} at {}; answers on port {}",
                    VersionCommand.version(),
                    claim.classes(),
                    factory.id(),
                    cluster.where(),
                    server.port());
            try (WatchedKubernetes kubernetes = new WatchedKubernetes(cluster, tasks)) {
                ClusterId id = fill(cluster, kubernetes);
                work(cluster, controller(kubernetes, id));
            }
        }
    }

    private ClusterConnection connect() {
        try {
            return ClusterConnection.connect(options.cluster().access());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.clusterUnreachable(String.valueOf(e.getMessage()), e);
        }
    }

    private ClusterId fill(ClusterConnection cluster, WatchedKubernetes kubernetes) {
        try {
            ClusterId id = new ClusterId(options.cluster().clusterName(), cluster.clusterUid());
            parts.watching(kubernetes);
            kubernetes.start(new Forwarding(changes), CACHES_FILLED_MAX);
            parts.filled();
            LOG.info(
                    "ready: {} Services and {} nodes listed",
                    kubernetes.services().size(),
                    kubernetes.nodes().size());
            return id;
        } catch (KubernetesException e) {
            throw CommandFailure.clusterUnreachable(String.valueOf(e.getMessage()), e);
        }
    }

    private Controller<?, ?> controller(WatchedKubernetes kubernetes, ClusterId id) {
        Guard guard = new Guard(tasks, limits, permit, telemetry);
        Wiring wiring =
                new Wiring(
                        factory,
                        new Wiring.World(
                                new FencedKubernetes(kubernetes, permit), id, claim, tasks),
                        telemetry);
        Controller.Pace pace =
                new Controller.Pace(options.workers(), options.auditInterval(), NODES_TOGETHER);
        return wiring.controller(provider(id, guard), new Wiring.Manner(pace, options.planOnly()));
    }

    private Provider<?, ?> provider(ClusterId id, Guard guard) {
        try {
            return factory.create(
                    new ProviderConfig(id, options.provider().byName()),
                    new ProviderRuntime(guard, tasks));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.badOption(String.valueOf(e.getMessage()), e);
        }
    }

    private void work(ClusterConnection cluster, Controller<?, ?> controller) {
        changes.set(new Changed(controller, drift));
        if (!options.leaderElect()) {
            permit.grant(() -> !options.planOnly());
            parts.controlling(controller, () -> true);
            controller.start();
            stop.await();
            end(controller);
            return;
        }
        Leadership leadership =
                new Leadership(
                        cluster.lease(
                                options.leaseNamespace(), options.leaseName(), LEASE_CALL_MAX),
                        tasks,
                        Leadership.Terms.standard(identity()),
                        new Elections(controller));
        permit.grant(leadership::mayWrite);
        parts.controlling(controller, leadership::isLeader);
        leadership.start();
        stop.await();
        if (end(controller)) {
            release(leadership);
        }
    }

    /// Lets running work end. The answer is whether it did in time.
    private boolean end(Controller<?, ?> controller) {
        LOG.info("stops; {} reconciliations in flight may end", controller.load().inFlight());
        controller.stop();
        boolean idle = Wiring.awaitIdle(controller, tasks);
        permit.revoke();
        if (!idle) {
            LOG.warn("{} reconciliations did not end in time", controller.load().inFlight());
        }
        return idle;
    }

    private static void release(Leadership leadership) {
        try {
            leadership.stop();
        } catch (KubernetesException e) {
            LOG.warn("the lease could not be given back and has to run out: {}", e.getMessage());
        }
    }

    private String identity() {
        String host = System.getenv().getOrDefault("HOSTNAME", "origo");
        return "%s_%08x".formatted(host, (int) tasks.random().getAsLong());
    }

    private void bug(Throwable bug) {
        metrics.bug();
        LOG.error("ORIGO-5003: an error of Origo itself", bug);
    }

    private static ChangeListener nobody() {
        return new ChangeListener() {
            @Override
            public void serviceChanged(ServiceKey key) {}

            @Override
            public void nodesChanged() {}
        };
    }

    /// Passes changes on to whoever listens now: while the caches are being filled, nobody.
    private record Forwarding(AtomicReference<ChangeListener> listener) implements ChangeListener {
        @Override
        public void serviceChanged(ServiceKey key) {
            listener.get().serviceChanged(key);
        }

        @Override
        public void nodesChanged() {
            listener.get().nodesChanged();
        }
    }

    private record Changed(Controller<?, ?> controller, Drift drift) implements ChangeListener {
        @Override
        public void serviceChanged(ServiceKey key) {
            drift.serviceChanged(key);
            controller.serviceChanged(key);
        }

        @Override
        public void nodesChanged() {
            drift.allChanged();
            controller.nodesChanged();
        }
    }

    private final class Elections implements Leadership.Listener {
        private final Controller<?, ?> controller;

        private Elections(Controller<?, ?> controller) {
            this.controller = controller;
        }

        @Override
        public void elected() {
            LOG.info("leads: this process writes");
            drift.allChanged();
            controller.start();
        }

        @Override
        public void deposed() {
            LOG.warn("leads no more: this process stands by");
            controller.stop();
        }

        @Override
        public void leaseFailed(KubernetesException e) {
            telemetry.leaseFailed(e);
        }
    }
}
