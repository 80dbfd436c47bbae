package dev.origo.app.dev;

import dev.origo.dataplane.DataPlane;
import dev.origo.kube.ClusterAccess;
import dev.origo.spi.Tasks;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;

/// What `origo dev` works on: the world, and how people reach it.
///
/// Thread rule: one thread; close it last.
public final class DevEnvironment implements AutoCloseable {
    private final DevWorld world;
    private final DataPlane dataPlane;
    private final Tasks tasks;
    private final PrintStream out;
    private Optional<Page> page = Optional.empty();

    private DevEnvironment(DevWorld world, DataPlane dataPlane, Tasks tasks, PrintStream out) {
        this.world = world;
        this.dataPlane = dataPlane;
        this.tasks = tasks;
        this.out = out;
    }

    /// Which cluster and which cloud; those of this process where it does not say.
    ///
    /// @param endpointUrl of an AWS emulator; empty for the embedded AWS
    public record Where(Optional<ClusterAccess> cluster, String endpointUrl) {
        /// Both in this process.
        public static final Where HERE = new Where(Optional.empty(), "");
    }

    /// Starts the world. What it makes in a cluster or an account of others is taken away by
    /// [#leave] and [#close].
    ///
    /// @param dataPlane carries the controller's balancers
    /// @throws IOException where a port or a file cannot be had
    /// @throws IllegalArgumentException where the cluster's kubeconfig cannot be used
    /// @throws dev.origo.reconcile.KubernetesException where the cluster does not answer
    public static DevEnvironment open(
            Where where, Tasks tasks, DataPlane dataPlane, PrintStream out) throws IOException {
        DevWorld world = DevWorld.open(where, tasks, text -> out.println("  # " + text));
        return new DevEnvironment(world, dataPlane, tasks, out);
    }

    /// How the controller reaches the cluster.
    public ClusterAccess access() {
        return world.cluster().access();
    }

    public String region() {
        return DevCloud.REGION;
    }

    /// Empty where it is to be found.
    public String vpc() {
        return world.cloud().vpc();
    }

    public String endpointUrl() {
        return world.cloud().endpointUrl();
    }

    /// Whether Services without a class are to be served.
    public boolean servesUnclassed() {
        return world.servesUnclassed();
    }

    /// Why the tutorials cannot be played; empty where they can.
    public Optional<String> unplayable() {
        return world.hasOurNodes()
                ? Optional.empty()
                : Optional.of(
                        "%s has nodes of its own, %s, whose pods cannot be looked into"
                                .formatted(world.cluster().where(), world.nodeNames()));
    }

    /// Plays the tutorials. The answer is whether every row holds.
    public boolean play() {
        out.println("Kubernetes:  " + (isEmbedded() ? "in this process" : where()));
        out.println("AWS:         " + endpointUrl());
        try {
            world.settle();
            return new Tutorial(world, dataPlane, tasks, out).play();
        } catch (Unproven e) { // outside of the rows
            out.println("The tutorials end here: " + e.getMessage());
            return false;
        }
    }

    private boolean isEmbedded() {
        return world.cluster().isEmbedded();
    }

    private String where() {
        return "%s, namespace %s".formatted(world.cluster().where(), world.cluster().namespace());
    }

    /// Starts the page and says how to reach everything.
    ///
    /// @param port of the page; 0 for any
    /// @throws IOException where the port is taken
    public void serve(int port) throws IOException {
        String kubernetes =
                isEmbedded()
                        ? "export KUBECONFIG=" + access().kubeconfig()
                        : world.cluster().where();
        Page started = Page.start(port, world, dataPlane, kubernetes);
        page = Optional.of(started);
        out.println("Kubernetes:  " + kubernetes);
        out.println("AWS:         export AWS_ENDPOINT_URL=" + endpointUrl());
        out.println("Page:        " + started.url());
        if (!servesUnclassed()) {
            out.println(
                    "Services:    only those of loadBalancerClass origo.dev/local: a cloud runs the nodes");
        }
        out.println(
                "Try:         kubectl create deployment web --image=registry.k8s.io/echoserver:1.10 --port=8080");
        out.println(
                "             kubectl expose deployment web --port=80 --target-port=8080 --type=LoadBalancer");
        out.println("Ctrl-C ends it.");
        out.flush();
    }

    /// Takes away what is ours in a cluster of others. The controller has to run still, since
    /// Services wait for it.
    public void leave() {
        world.leave();
    }

    @Override
    public void close() {
        page.ifPresent(Page::close);
        world.close();
    }
}
