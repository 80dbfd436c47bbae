package dev.origo.app.dev;

import dev.origo.dataplane.DataPlane;
import dev.origo.spi.Tasks;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What `origo dev` works on: the world, and how people reach it.
///
/// Thread rule: one thread; close it last.
public final class DevEnvironment implements AutoCloseable {
    private final DevWorld world;
    private final DataPlane dataPlane;
    private final Tasks tasks;
    private final PrintStream out;
    private final Path kubeconfig;
    private Optional<Page> page = Optional.empty();

    private DevEnvironment(DevWorld world, DataPlane dataPlane, Tasks tasks, PrintStream out)
            throws IOException {
        this.world = world;
        this.dataPlane = dataPlane;
        this.tasks = tasks;
        this.out = out;
        this.kubeconfig = Files.createTempFile("origo-dev-", ".kubeconfig");
        Files.writeString(kubeconfig, world.kubernetes().kubeconfig());
    }

    /// Starts the world and writes its kubeconfig into a temporary file.
    ///
    /// @param endpointUrl of the AWS emulator to use; empty for the embedded AWS
    /// @param dataPlane carries the controller's balancers
    /// @throws IOException where a port or a file cannot be had
    public static DevEnvironment open(
            String endpointUrl, Tasks tasks, DataPlane dataPlane, PrintStream out)
            throws IOException {
        DevWorld world = DevWorld.open(endpointUrl, tasks, text -> out.println("  # " + text));
        return new DevEnvironment(world, dataPlane, tasks, out);
    }

    public String kubeconfig() {
        return kubeconfig.toString();
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

    /// Plays the tutorials. The answer is whether every row holds.
    public boolean play() {
        return new Tutorial(world, dataPlane, tasks, out).play();
    }

    /// Starts the page and says how to reach everything.
    ///
    /// @param port of the page; 0 for any
    /// @throws IOException where the port is taken
    public void serve(int port) throws IOException {
        String line = "export KUBECONFIG=" + kubeconfig;
        Page started = Page.start(port, world, new Look(world, dataPlane), line);
        page = Optional.of(started);
        out.println("Kubernetes:  " + line);
        out.println("AWS:         export AWS_ENDPOINT_URL=" + world.cloud().endpointUrl());
        out.println("Page:        " + started.url());
        out.println(
                "Try:         kubectl create deployment web --image=registry.k8s.io/echoserver:1.10 --port=8080");
        out.println(
                "             kubectl expose deployment web --port=80 --target-port=8080 --type=LoadBalancer");
        out.println("Ctrl-C ends it.");
        out.flush();
    }

    @Override
    public void close() throws IOException {
        page.ifPresent(Page::close);
        world.close();
        Files.deleteIfExists(kubeconfig);
    }
}
