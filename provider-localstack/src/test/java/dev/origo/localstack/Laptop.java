package dev.origo.localstack;

import com.sun.net.httpserver.HttpServer;
import dev.origo.dataplane.Config;
import dev.origo.dataplane.DataPlane;
import dev.origo.embedded.aws.AwsEndpoint;
import dev.origo.embedded.aws.EmbeddedAws;
import dev.origo.loop.VirtualTasks;
import dev.origo.model.Backend;
import dev.origo.model.Desired;
import dev.origo.model.Ingress;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.spi.Plan;
import dev.origo.spi.ProviderConfig;
import dev.origo.spi.ProviderRuntime;
import dev.origo.spi.Provisioning;
import dev.origo.spi.TargetHealth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An endpoint, a node with an application that says whom it sees, the provider as the factory
/// makes it, and its data plane: all real, all on loopback.
final class Laptop implements AutoCloseable {
    static final String CLIENT = "127.0.0.77";
    static final String NODE = "127.0.1.1";
    private static final int WAVES_MAX = 17;
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final Duration LOOK = Duration.ofMillis(20);

    final VirtualTasks tasks = new VirtualTasks(Throwable::printStackTrace);
    final HttpServer application;
    DataPlane dataPlane = DataPlane.start(Config.DEFAULT);
    EmbeddedAws aws = Books.account(1);
    Backend node = Books.furnish(aws);
    LocalProvider provider;
    private AwsEndpoint endpoint;

    Laptop() throws IOException {
        endpoint = AwsEndpoint.start(aws, 0);
        application = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral(NODE), 0), 0);
        application.createContext(
                "/",
                exchange -> {
                    String header =
                            Optional.ofNullable(
                                            exchange.getRequestHeaders()
                                                    .getFirst("X-Forwarded-For"))
                                    .orElse("none");
                    String seen =
                            "peer %s, header %s"
                                    .formatted(
                                            exchange.getRemoteAddress()
                                                    .getAddress()
                                                    .getHostAddress(),
                                            header);
                    byte[] body = seen.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        application.start();
        provider = provider();
    }

    private LocalProvider provider() {
        ProviderConfig config =
                new ProviderConfig(
                        Specs.CLUSTER, Map.of("aws-endpoint-url", endpoint.uri().toString()));
        return (LocalProvider)
                new LocalstackProviderFactory(Map.<String, String>of()::get, () -> dataPlane)
                        .create(config, new ProviderRuntime(new Books.Straight(), tasks));
    }

    Specs specs() {
        return Specs.of(node).nodePort(application.getAddress().getPort());
    }

    /// This process ends and another one starts.
    void restart() {
        dataPlane.close();
        dataPlane = DataPlane.start(Config.DEFAULT);
        provider = provider();
    }

    /// The emulator ends and another one starts at the same port. Not even the ids are the same.
    void emulatorComesBackEmpty() throws IOException {
        int port = endpoint.port();
        endpoint.close();
        aws = Books.account(2);
        node = Books.furnish(aws);
        endpoint = AwsEndpoint.start(aws, port);
    }

    LocalObserved observe() {
        return provider.cloud().observe(Specs.OWNER);
    }

    LocalObserved bring(LoadBalancerSpec spec) {
        return bring(new Desired.Present(spec));
    }

    /// From what is observed, wave by wave, until nothing is left to do.
    LocalObserved bring(Desired desired) {
        LocalObserved result = observe();
        for (int wave = 0; wave < WAVES_MAX; wave++) {
            Plan<LocalStep> plan = provider.planner().plan(desired, result);
            if (plan.wave().isEmpty()) {
                return provider.cloud().poll(result).foldInto(result);
            }
            for (LocalStep step : plan.wave()) {
                result = provider.cloud().apply(step).foldInto(result);
            }
        }
        throw new IllegalStateException("no end of waves");
    }

    /// Where it is published.
    String address(LoadBalancerSpec spec, LocalObserved observed) {
        Provisioning provisioning = provider.planner().provisioning(spec, observed);
        if (provisioning instanceof Provisioning.Ready(List<Ingress> ingress)) {
            return ingress.getFirst().address().text();
        }
        throw new AssertionError("not ready: " + provisioning);
    }

    /// As `curl --interface 127.0.0.77`: what the application says.
    static String ask(String address) {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(CLIENT), 0));
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(
                    new InetSocketAddress(InetAddress.ofLiteral(address), Specs.PORT),
                    TIMEOUT_MILLIS);
            socket.getOutputStream()
                    .write(
                            "GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until health reads so.
    void await(LocalObserved observed, String health) {
        long end = tasks.nanoTime() + Duration.ofMillis(TIMEOUT_MILLIS).toNanos();
        String seen = "";
        while (tasks.nanoTime() < end) {
            TargetHealth looked = provider.cloud().poll(observed).foldInto(observed).health();
            seen =
                    "%d of %d healthy %s"
                            .formatted(looked.healthy(), looked.total(), looked.unhealthy());
            if (seen.equals(health)) {
                return;
            }
            tasks.pause(LOOK);
        }
        throw new AssertionError("last seen: " + seen);
    }

    @Override
    public void close() {
        application.stop(0);
        dataPlane.close();
        endpoint.close();
        tasks.close();
    }
}
