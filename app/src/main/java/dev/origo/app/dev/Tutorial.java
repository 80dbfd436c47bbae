package dev.origo.app.dev;

import dev.origo.dataplane.DataPlane;
import dev.origo.spi.Tasks;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// The two Kubernetes tutorials "Using Source IP" and "Connecting Applications with Services",
/// played with real connections. A row is proven by what was answered, or it is not.
///
/// Source: https://kubernetes.io/docs/tutorials/services/source-ip/ and
/// https://kubernetes.io/docs/tutorials/services/connect-applications-service/
///
/// Thread rule: one task, once.
final class Tutorial {
    private static final Duration OUT = Duration.ofSeconds(10);

    private final Shell shell;
    private final Lab lab;
    private final Look look;
    private final PrintStream out;
    private final List<String> failed = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private int proven;

    Tutorial(DevWorld world, DataPlane dataPlane, Tasks tasks, PrintStream out) {
        this.lab = new Lab(tasks);
        this.look = new Look(world, dataPlane, world.cluster().namespace());
        this.shell = new Shell(world, lab, look, out);
        this.out = out;
    }

    /// Plays it. The answer is whether every row holds.
    boolean play() {
        out.println();
        out.println("Using Source IP");
        shell.create("source-ip-app", 1, "");
        shell.create("client", 1, "");
        row("K1", "ClusterIP: the pod sees the client pod", this::clusterIp);
        row("K2", "NodePort, policy Cluster: the pod sees a node", this::nodePortCluster);
        row(
                "K3",
                "NodePort, policy Local: only nodes with an endpoint answer, with the client",
                this::nodePortLocal);
        row("L1", "LoadBalancer: EXTERNAL-IP goes from pending to an address", this::allocate);
        row("L2", "policy Cluster: the pod sees a node, not the client", this::balancedCluster);
        row("L3", "policy Local: the health check moves to healthCheckNodePort", this::toLocal);
        row("L4", "nodes without an endpoint answer 503 and leave within 10 s", this::nodesLeave);
        row("L5", "the pod sees the client's real address", this::balancedLocal);
        row(
                "L6",
                "a balancer that ends connections tells the client in a header",
                this::proxyHeader);
        row("L7", "a balancer that forwards packets keeps the source", this::packets);
        row(
                "L8",
                "without the Deployment no node is healthy; without the Service nothing is left",
                this::remove);
        out.println();
        out.println("Connecting Applications with Services");
        shell.create("my-nginx", 2, "80=http,443=https");
        row("C1", "two ports on one balancer, node ports stay", this::twoPorts);
        row("C2", "NodePort to LoadBalancer and back", this::typeChange);
        row("C3", "HTTPS passes through untouched", this::https);
        row("C4", "endpoints and health follow the pods", this::podsFollow);
        row("C5", "nodes are open for what the balancer needs, and no more", this::nodesOpen);
        shell.remove("my-nginx"); // where the account goes on, none of ours stays
        out.println();
        out.printf(
                "%d rows proven, %d not%s%s%n",
                proven,
                failed.size(),
                failed.isEmpty() ? "" : ": " + failed,
                skipped.isEmpty() ? "" : "; skipped: " + skipped);
        return failed.isEmpty();
    }

    /// What a row does; the answer is what proves it.
    private interface Proof {
        String show() throws IOException;
    }

    private void row(String id, String title, Proof proof) {
        out.printf("%n%s  %s%n", id, title);
        try {
            String shown = proof.show();
            proven++;
            out.printf("  [ok] %s%n", shown);
        } catch (Skipped e) {
            skipped.add(id);
            out.printf("  [skipped] %s%n", e.getMessage());
        } catch (Unproven | IOException e) {
            failed.add(id);
            out.printf("  [NOT PROVEN] %s%n", e.getMessage());
        }
    }

    // --- Using Source IP

    private String clusterIp() throws IOException {
        shell.expose("clusterip", "source-ip-app", "ClusterIP");
        String client = look.podAddress("client");
        String clusterIp = shell.service("clusterip").at("/spec/clusterIP").asString("");
        String node = look.nodeAddresses().getFirst();
        String mode =
                Lab.get(Lab.OUTSIDE, node, 10249, "/proxyMode").lines().reduce("", (_, l) -> l);
        shell.step("curl http://%s:10249/proxyMode".formatted(node), mode);
        String seen = Shell.ask(client, clusterIp, 80);
        shell.step("kubectl exec client -- wget -qO- " + clusterIp, "client_address=" + seen);
        return proven(
                seen.equals(client),
                "the pod sees %s, the client pod's own address".formatted(seen));
    }

    private String nodePortCluster() throws IOException {
        shell.expose("nodeport", "source-ip-app", "NodePort");
        int port = shell.service("nodeport").at("/spec/ports/0/nodePort").asInt();
        Set<String> seen = new TreeSet<>();
        for (String node : look.nodeAddresses()) {
            String client =
                    lab.eventually(
                            "an answer of " + node,
                            Shell.SOON,
                            () -> Shell.asked(node, port),
                            _ -> true);
            shell.step("curl -s %s:%d".formatted(node, port), "client_address=" + client);
            seen.add(client);
        }
        return proven(
                look.nodeAddresses().containsAll(seen),
                "the pod sees nodes (%s), never 127.0.0.77".formatted(String.join(", ", seen)));
    }

    private String nodePortLocal() throws IOException {
        shell.patch("nodeport", "{\"spec\":{\"externalTrafficPolicy\":\"Local\"}}");
        int port = shell.service("nodeport").at("/spec/ports/0/nodePort").asInt();
        Set<String> home = look.nodesOf("source-ip-app");
        lab.eventually(
                "policy Local on the nodes", Shell.SOON, () -> shell.answering(port), home::equals);
        for (String node : look.nodeAddresses()) {
            boolean answers = home.contains(node);
            String seen = answers ? Shell.ask("127.0.0.77", node, port) : "";
            shell.step(
                    "curl -s %s:%d".formatted(node, port),
                    answers
                            ? "client_address=" + seen
                            : "refused here; the real kube-proxy drops the packets");
            if (answers && !seen.equals("127.0.0.77")) {
                throw new Unproven("the pod sees " + seen);
            }
        }
        return "only %s answers, and the pod sees 127.0.0.77".formatted(String.join(", ", home));
    }

    private String allocate() {
        shell.expose("loadbalancer", "source-ip-app", "LoadBalancer");
        shell.step(
                "kubectl get svc loadbalancer",
                "EXTERNAL-IP " + Shell.pendingOr(shell.service("loadbalancer")));
        String address = shell.address("loadbalancer");
        shell.step("kubectl get svc loadbalancer", "EXTERNAL-IP " + address);
        return "published " + address;
    }

    private String balancedCluster() {
        String address = shell.address("loadbalancer");
        String seen = shell.balanced("loadbalancer", address, 80);
        shell.step("curl " + address, "client_address=" + seen);
        return proven(look.nodeAddresses().contains(seen), "the pod sees the node " + seen);
    }

    private String toLocal() {
        shell.patch("loadbalancer", "{\"spec\":{\"externalTrafficPolicy\":\"Local\"}}");
        int port = shell.service("loadbalancer").at("/spec/healthCheckNodePort").asInt(0);
        shell.step(
                "kubectl get svc loadbalancer -o yaml | grep -i healthCheckNodePort",
                "healthCheckNodePort: " + port);
        String check = "HTTP /healthz on " + port;
        lab.eventually(
                "health check on record",
                Shell.SOON,
                () -> look.onRecord().checks(),
                checks -> checks.equals(Set.of(check)));
        return "the balancer's target groups check " + check;
    }

    private String nodesLeave() throws IOException {
        long began = lab.now();
        int port = shell.service("loadbalancer").at("/spec/healthCheckNodePort").asInt(0);
        Set<String> home = look.nodesOf("source-ip-app");
        for (String node : look.nodeAddresses()) {
            String answer = Lab.get(Lab.OUTSIDE, node, port, "/healthz");
            boolean good = answer.startsWith("HTTP/1.1 200");
            shell.step(
                    "curl -i %s:%d/healthz".formatted(node, port),
                    answer.lines().findFirst().orElse(""));
            if (good != home.contains(node)) {
                throw new Unproven("node %s answers %s".formatted(node, answer));
            }
        }
        lab.eventually(
                "only nodes with endpoints healthy",
                OUT,
                () -> look.healthy("loadbalancer"),
                home::equals);
        return "after %.1f s only %s is healthy"
                .formatted(lab.seconds(began), String.join(", ", home));
    }

    private String balancedLocal() {
        needInstances();
        String address = shell.address("loadbalancer");
        String seen =
                lab.eventually(
                        "the client's address",
                        Shell.SOON,
                        () -> shell.balanced("loadbalancer", address, 80),
                        "127.0.0.77"::equals);
        shell.step("curl --interface 127.0.0.77 " + address, "client_address=" + seen);
        return "the pod sees 127.0.0.77, the client's real address";
    }

    private String proxyHeader() {
        shell.create("proxy-app", 1, "8080=http+proxy");
        shell.apply(
                Manifests.service("proxied", "proxy-app", "LoadBalancer")
                        .replace(
                                "\"annotations\":{}",
                                "\"annotations\":{\"origo.dev/client-address\":\"proxy-protocol-v2\"}"));
        String address = shell.address("proxied");
        String answer =
                lab.eventually(
                        "an answer through the PROXY protocol",
                        Shell.SOON,
                        () -> Shell.answer(address, 80),
                        text -> text.contains("PROXY HEADER RECEIVED"));
        String header =
                answer.lines()
                        .dropWhile(l -> !l.startsWith("PROXY HEADER"))
                        .skip(1)
                        .limit(4)
                        .reduce((a, b) -> a + ", " + b)
                        .orElse("");
        shell.step(
                "curl " + address,
                "client_address=%s; PROXY: %s".formatted(Lab.seen(answer), header));
        return proven(header.contains("127.0.0.77"), "the PROXY header names 127.0.0.77");
    }

    private String packets() {
        needInstances();
        JsonNode condition =
                lab.eventually(
                        "condition origo.dev/ClientAddress",
                        Shell.SOON,
                        () -> look.condition("loadbalancer", "origo.dev/ClientAddress"),
                        c -> c.path("status").asString("").equals("True"));
        shell.step("kubectl describe svc loadbalancer", condition.path("message").asString(""));
        return proven(
                condition.path("message").asString("").startsWith("Preserved: delivery forwards"),
                "delivery forwards, verdict Preserved");
    }

    private String remove() {
        shell.deleteDeployment("source-ip-app");
        lab.eventually("no healthy node", OUT, () -> look.healthy("loadbalancer"), Set::isEmpty);
        shell.step(
                "kubectl delete deployment source-ip-app",
                "no node is healthy, the balancer stays");
        for (String name : List.of("loadbalancer", "proxied", "nodeport", "clusterip")) {
            shell.deleteService(name);
        }
        nothingOnRecord();
        shell.step(
                "kubectl delete svc loadbalancer proxied nodeport clusterip",
                "nothing of them is left in the account");
        return "no load balancer, target group or security group of ours is left";
    }

    // --- Connecting Applications with Services

    private String twoPorts() {
        shell.apply(Manifests.twoPorts("my-nginx", "NodePort"));
        List<Integer> before = shell.nodePorts("my-nginx");
        shell.patch("my-nginx", "{\"spec\":{\"type\":\"LoadBalancer\"}}");
        String address = shell.address("my-nginx");
        String seen = shell.balanced("my-nginx", address, 8080);
        shell.step("curl %s:8080".formatted(address), "client_address=" + seen);
        return proven(
                shell.nodePorts("my-nginx").equals(before),
                "8080 and 443 on %s, node ports %s as before".formatted(address, before));
    }

    private String typeChange() {
        shell.patch("my-nginx", "{\"spec\":{\"type\":\"NodePort\"}}");
        nothingOnRecord();
        shell.step(
                "kubectl edit svc my-nginx   # type: NodePort",
                "EXTERNAL-IP <none>, nothing left in the account");
        shell.patch("my-nginx", "{\"spec\":{\"type\":\"LoadBalancer\"}}");
        String address = shell.address("my-nginx");
        shell.step("kubectl edit svc my-nginx   # type: LoadBalancer", "EXTERNAL-IP " + address);
        return "released and allocated again at " + address;
    }

    private String https() {
        String address = shell.address("my-nginx");
        String answer =
                lab.eventually(
                        "an answer over TLS",
                        Shell.SOON,
                        () -> {
                            try {
                                return Lab.getTls(Lab.OUTSIDE, address, 443, "/");
                            } catch (IOException e) {
                                throw new Unproven(e.toString());
                            }
                        },
                        text -> text.startsWith("HTTP/1.1 200"));
        shell.step("curl -k https://" + address, "client_address=" + Lab.seen(answer));
        return proven(
                answer.contains("request_uri=https://"),
                "the pod ended TLS with its own certificate");
    }

    private String podsFollow() {
        shell.patch("my-nginx", "{\"spec\":{\"externalTrafficPolicy\":\"Local\"}}");
        shell.scale("my-nginx", 1);
        Set<String> one = followed("one pod", 1);
        shell.scale("my-nginx", 3);
        Set<String> three = followed("three pods", 3);
        String pod = look.pods("my-nginx").getFirst();
        shell.deletePod(pod);
        lab.eventually(
                "a new pod",
                Shell.SOON,
                () -> look.pods("my-nginx"),
                pods -> pods.size() == 3 && !pods.contains(pod));
        shell.step(
                "kubectl delete pod " + pod, "replaced; EndpointSlice has three addresses again");
        return "healthy nodes: %d, then %d, as the pods are".formatted(one.size(), three.size());
    }

    private Set<String> followed(String what, int pods) {
        lab.eventually(
                what, Shell.SOON, () -> look.pods("my-nginx"), names -> names.size() == pods);
        Set<String> home = look.nodesOf("my-nginx");
        lab.eventually(
                "health of " + what, Shell.SOON, () -> look.healthy("my-nginx"), home::equals);
        shell.step(
                "kubectl scale deployment my-nginx --replicas=%d".formatted(pods),
                "healthy: " + String.join(", ", home));
        return home;
    }

    private String nodesOpen() {
        Set<Integer> needed = new TreeSet<>(shell.nodePorts("my-nginx"));
        needed.add(shell.service("my-nginx").at("/spec/healthCheckNodePort").asInt());
        lab.eventually(
                "rules of the nodes' group", Shell.SOON, () -> look.portsOpen(), needed::equals);
        shell.step(
                "aws ec2 describe-security-groups # of the nodes", "from the balancers: " + needed);
        return "open are %s, for the balancers' own group".formatted(needed);
    }

    private void nothingOnRecord() {
        lab.eventually(
                "nothing on record",
                Shell.SOON,
                () -> look.onRecord().names("origo-"),
                List::isEmpty);
    }

    private void needInstances() {
        if (!look.hasInstances()) {
            throw new Skipped("needs instances; addresses as targets get no packets delivered");
        }
    }

    private static String proven(boolean holds, String what) {
        if (!holds) {
            throw new Unproven("it does not hold that " + what);
        }
        return what;
    }
}
