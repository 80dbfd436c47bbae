package dev.origo.app.dev;

import dev.origo.embedded.nodes.Addresses;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// What people type, done, and printed as they would type it.
///
/// Thread rule: one task.
final class Shell {
    static final Duration SOON = Duration.ofSeconds(20);

    private final Api api;
    private final Lab lab;
    private final Look look;
    private final PrintStream out;
    private final String services;
    private final String deployments;
    private final String pods;

    Shell(DevWorld world, Lab lab, Look look, PrintStream out) {
        this.api = world.api();
        String namespace = world.cluster().namespace();
        services = Api.services(namespace);
        deployments = Api.deployments(namespace);
        pods = Api.pods(namespace);
        this.lab = lab;
        this.look = look;
        this.out = out;
    }

    void apply(String service) {
        api.post(services, service);
    }

    void deleteService(String name) {
        api.delete(services + "/" + name);
    }

    void deleteDeployment(String name) {
        api.delete(deployments + "/" + name);
    }

    void deletePod(String name) {
        api.delete(pods + "/" + name);
    }

    /// Returns when the Service, and so its balancer, is gone.
    void remove(String name) {
        deleteService(name);
        lab.eventually("no " + name, SOON, look::services, names -> !names.contains(name));
    }

    void create(String name, int replicas, String speaks) {
        api.post(deployments, Manifests.deployment(name, replicas, speaks));
        out.printf(
                "  $ kubectl create deployment %s --image=registry.k8s.io/echoserver:1.10 --replicas=%d%n",
                name, replicas);
        lab.eventually(
                "pods of " + name, SOON, () -> look.pods(name), pods -> pods.size() == replicas);
    }

    void expose(String name, String deployment, String type) {
        api.post(services, Manifests.service(name, deployment, type));
        out.printf(
                "  $ kubectl expose deployment %s --name=%s --port=80 --target-port=8080 --type=%s%n",
                deployment, name, type);
        lab.eventually("endpoints of " + name, SOON, () -> look.endpoints(name), n -> n > 0);
    }

    void patch(String name, String patch) {
        api.patch(services + "/" + name, patch);
        out.printf("  $ kubectl patch svc %s -p '%s'%n", name, patch);
    }

    void scale(String name, int replicas) {
        api.patch(deployments + "/" + name, "{\"spec\":{\"replicas\":%d}}".formatted(replicas));
    }

    void step(String command, String answer) {
        out.printf("  $ %s%n      %s%n", command, answer);
    }

    JsonNode service(String name) {
        return api.get(services + "/" + name);
    }

    List<Integer> nodePorts(String name) {
        return Views.items(service(name).at("/spec/ports"))
                .map(p -> p.path("nodePort").asInt())
                .toList();
    }

    String address(String name) {
        return lab.eventually(
                "EXTERNAL-IP of " + name,
                SOON,
                () -> pendingOr(service(name)),
                a -> !a.equals("<pending>"));
    }

    static String pendingOr(JsonNode service) {
        return service.at("/status/loadBalancer/ingress/0/ip").asString("<pending>");
    }

    static String ask(String from, String to, int port) throws IOException {
        InetAddress source = Addresses.loopback(from).orElse(Lab.OUTSIDE);
        return Lab.seen(Lab.get(source, to, port, "/"));
    }

    static String asked(String node, int port) {
        try {
            return ask("127.0.0.77", node, port);
        } catch (IOException e) {
            throw new Unproven("%s:%d: %s".formatted(node, port, e.getMessage()));
        }
    }

    /// Through a balancer, whose listener may only be about to open.
    String balanced(String name, String address, int port) {
        return Lab.seen(
                lab.eventually(
                        "an answer of " + name,
                        SOON,
                        () -> answer(address, port),
                        a -> !a.isEmpty()));
    }

    static String answer(String address, int port) {
        try {
            return Lab.get(Lab.OUTSIDE, address, port, "/");
        } catch (IOException e) {
            throw new Unproven("%s:%d: %s".formatted(address, port, e.getMessage()));
        }
    }

    /// Nodes that answer on a port.
    Set<String> answering(int port) {
        Set<String> answering = new TreeSet<>();
        for (String node : look.nodeAddresses()) {
            try {
                ask("127.0.0.77", node, port);
                answering.add(node);
            } catch (IOException _) {
                // it does not
            }
        }
        return answering;
    }
}
