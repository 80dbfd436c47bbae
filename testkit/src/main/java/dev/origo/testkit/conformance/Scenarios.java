package dev.origo.testkit.conformance;

import static dev.origo.testkit.conformance.Scenario.edit;
import static dev.origo.testkit.conformance.Scenario.happens;
import static dev.origo.testkit.conformance.Scenario.scenario;

import dev.origo.desire.NodeEligibility;
import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.Affinity;
import dev.origo.model.Carrier;
import dev.origo.model.Code;
import dev.origo.model.IpFamily;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.Protocol;
import dev.origo.model.ServicePort;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.TrafficPolicy;
import dev.origo.testkit.Stage;
import dev.origo.testkit.conformance.Outcome.Gone;
import dev.origo.testkit.conformance.Outcome.MayReplace;
import dev.origo.testkit.conformance.Outcome.Refused;
import dev.origo.testkit.conformance.Scenario.Act;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// What is asked of every provider.
public final class Scenarios {

    private static final Act TO_LOCAL = edit("externalTrafficPolicy: Local", Scenarios::local);
    private static final Act TO_CLUSTER =
            edit("externalTrafficPolicy: Cluster", Scenarios::cluster);
    private static final Act DELETE =
            new Act(
                    "the user deletes it",
                    bench -> bench.world().delete(Stage.SERVICE),
                    new Gone());

    private Scenarios() {}

    /// All of them, in the order of reports.
    public static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        all.addAll(allocation());
        all.addAll(sameAgain());
        all.addAll(policies());
        all.addAll(clientAddresses());
        all.addAll(ports());
        all.addAll(nodes());
        all.addAll(sourceRanges());
        all.addAll(shapes());
        all.addAll(ends());
        return all;
    }

    private static List<Scenario> allocation() {
        return List.of(
                scenario(
                        "allocation: policy Cluster, checked on 10256",
                        Set.of(),
                        Scenarios::plain,
                        DELETE),
                scenario(
                        "allocation: policy Local, checked on its own port",
                        Set.of(),
                        Scenarios::local,
                        DELETE),
                scenario("allocation: internal", Set.of(), scheme("internal"), DELETE),
                scenario(
                        "allocation: internet-facing", Set.of(), scheme("internet-facing"), DELETE),
                scenario(
                        "allocation: UDP",
                        Set.of(Need.UDP),
                        d -> d.withPorts(Protocol.UDP, 53),
                        DELETE),
                scenario(
                        "allocation: TCP and UDP on different ports",
                        Set.of(Need.UDP, Need.MIXED_PROTOCOLS),
                        d -> d.withPorts(List.of(tcp(80, 0), udp(53, 0))),
                        DELETE),
                scenario(
                        "allocation: TCP and UDP on one port",
                        Set.of(Need.UDP, Need.MIXED_PROTOCOLS),
                        d -> d.withPorts(List.of(tcp(53, 30_053), udp(53, 30_053))),
                        DELETE),
                scenario(
                        "allocation: a name of the user's",
                        Set.of(),
                        annotated("origo.dev/name", "shop-front"),
                        DELETE),
                scenario(
                        "allocation: the health check on the traffic port by wish",
                        Set.of(),
                        annotated("origo.dev/health-check", "traffic-port"),
                        edit(
                                "back to the contract",
                                d -> d.withAnnotations(Map.of()),
                                new MayReplace()),
                        DELETE));
    }

    private static List<Scenario> sameAgain() {
        return List.of(
                scenario(
                        "idempotence: nothing changes, nothing is called",
                        Set.of(),
                        Scenarios::local,
                        happens("nothing for a while", Scenarios::nothingIsCalled)),
                scenario(
                        "idempotence: audits change nothing",
                        Set.of(),
                        Scenarios::local,
                        happens("two audits", Scenarios::auditsWriteNothing)),
                scenario(
                        "idempotence: a restart changes nothing",
                        Set.of(),
                        Scenarios::local,
                        happens("a restart", Scenarios::restartWritesNothing)),
                scenario(
                        "idempotence: two changes at once end as the last one",
                        Set.of(),
                        Scenarios::local,
                        happens(
                                "there and back",
                                bench -> {
                                    bench.world().update(Stage.SERVICE, Scenarios::cluster);
                                    bench.world().update(Stage.SERVICE, Scenarios::local);
                                })));
    }

    private static List<Scenario> policies() {
        return List.of(
                scenario("policy: Cluster to Local", Set.of(), Scenarios::cluster, TO_LOCAL),
                scenario("policy: Local to Cluster", Set.of(), Scenarios::local, TO_CLUSTER),
                scenario(
                        "policy: Cluster to Local and back",
                        Set.of(),
                        Scenarios::cluster,
                        TO_LOCAL,
                        TO_CLUSTER),
                scenario(
                        "policy: Local to Cluster and back",
                        Set.of(),
                        Scenarios::local,
                        TO_CLUSTER,
                        TO_LOCAL),
                scenario(
                        "policy: a switch while a node comes",
                        Set.of(),
                        Scenarios::cluster,
                        happens(
                                "both",
                                bench -> {
                                    bench.world().node(bench.cloud().node(3));
                                    bench.world().update(Stage.SERVICE, Scenarios::local);
                                })),
                scenario(
                        "policy: a switch of UDP",
                        Set.of(Need.UDP),
                        d -> d.withPorts(Protocol.UDP, 53),
                        TO_LOCAL,
                        TO_CLUSTER));
    }

    private static List<Scenario> clientAddresses() {
        List<Scenario> scenarios = new ArrayList<>();
        for (Carrier carrier : Carrier.values()) {
            scenarios.add(
                    scenario(
                            "client address: " + carrier,
                            Set.of(Need.of(carrier)),
                            clientAddress(carrier),
                            DELETE));
        }
        for (Carrier header :
                List.of(
                        Carrier.PROXY_PROTOCOL_V1,
                        Carrier.PROXY_PROTOCOL_V2,
                        Carrier.FORWARDED_HEADER)) {
            scenarios.add(
                    scenario(
                            "client address: none to %s and back".formatted(header),
                            Set.of(Need.NO_CARRIER, Need.of(header)),
                            clientAddress(Carrier.NONE),
                            edit(header.toString(), clientAddress(header), new MayReplace()),
                            edit("none", clientAddress(Carrier.NONE), new MayReplace())));
        }
        scenarios.add(
                scenario(
                        "client address: an impossible wish changes nothing",
                        Set.of(Need.PACKET),
                        Scenarios::plain,
                        edit(
                                "a word that nobody knows",
                                annotated("origo.dev/client-address", "telepathy"),
                                new Refused(Code.INVALID_ANNOTATION_VALUE)),
                        edit("no wish", d -> d.withAnnotations(Map.of()))));
        return scenarios;
    }

    private static List<Scenario> ports() {
        return List.of(
                scenario(
                        "ports: one is added",
                        Set.of(),
                        Scenarios::plain,
                        edit("port 8080", d -> d.withPorts(Protocol.TCP, 80, 443, 8080))),
                scenario(
                        "ports: one is removed",
                        Set.of(),
                        Scenarios::plain,
                        edit("no port 443", d -> d.withPorts(Protocol.TCP, 80))),
                scenario(
                        "ports: all are others",
                        Set.of(),
                        Scenarios::plain,
                        edit("ports 1000 and 1001", d -> d.withPorts(Protocol.TCP, 1000, 1001))),
                scenario(
                        "ports: another node port",
                        Set.of(),
                        d -> d.withPorts(List.of(tcp(80, 30_080), tcp(443, 30_443))),
                        edit(
                                "node port 30081",
                                d -> d.withPorts(List.of(tcp(80, 30_081), tcp(443, 30_443))))),
                scenario(
                        "ports: two change places",
                        Set.of(),
                        d -> d.withPorts(List.of(tcp(80, 30_080), tcp(443, 30_443))),
                        edit(
                                "node ports crossed",
                                d -> d.withPorts(List.of(tcp(80, 30_443), tcp(443, 30_080))))),
                scenario(
                        "ports: none to send to is refused, what stands is kept",
                        Set.of(),
                        Scenarios::plain,
                        edit(
                                "allocateLoadBalancerNodePorts: false, and a new port",
                                d ->
                                        new ServiceDraft(
                                                d.type(),
                                                d.loadBalancerClass(),
                                                List.of(tcp(8080, 0)),
                                                d.policy(),
                                                d.ipFamilies(),
                                                d.affinity(),
                                                d.sourceRanges(),
                                                d.loadBalancerIp(),
                                                false,
                                                d.annotations(),
                                                d.finalizers()),
                                new Refused(Code.NODE_PORT_MISSING))));
    }

    private static List<Scenario> nodes() {
        return List.of(
                scenario(
                        "nodes: one comes and one goes",
                        Set.of(),
                        Scenarios::local,
                        happens("node 3", bench -> bench.world().node(bench.cloud().node(3))),
                        happens(
                                "node 1 goes",
                                bench -> bench.world().deleteNode(bench.cloud().node(1).name()))),
                scenario(
                        "nodes: all at once are others",
                        Set.of(),
                        Scenarios::plain,
                        happens(
                                "3 and 4 for 1 and 2",
                                bench -> {
                                    for (int n = 3; n <= 4; n++) {
                                        bench.world().node(bench.cloud().node(n));
                                    }
                                    for (int n = 1; n <= 2; n++) {
                                        bench.world().deleteNode(bench.cloud().node(n).name());
                                    }
                                })),
                scenario(
                        "nodes: the last one goes and comes back",
                        Set.of(),
                        Scenarios::plain,
                        happens(
                                "none",
                                bench -> {
                                    for (int n = 1; n <= 2; n++) {
                                        bench.world().deleteNode(bench.cloud().node(n).name());
                                    }
                                }),
                        happens("one", bench -> bench.world().node(bench.cloud().node(1)))),
                scenario(
                        "nodes: the exclude label takes one out",
                        Set.of(),
                        Scenarios::plain,
                        happens("labelled", bench -> label(bench, true)),
                        happens("label gone", bench -> label(bench, false))),
                scenario(
                        "nodes: the autoscaler's taint takes one out",
                        Set.of(),
                        Scenarios::plain,
                        happens("tainted", Scenarios::taint)),
                scenario(
                        "nodes: one follows while the Service is refused",
                        Set.of(),
                        Scenarios::plain,
                        edit(
                                "a bad range",
                                d -> d.withSourceRanges("10.0.0.0/33"),
                                new Refused(Code.INVALID_SOURCE_RANGE)),
                        happens(
                                "mended after node 3 came",
                                bench -> {
                                    bench.world().node(bench.cloud().node(3));
                                    bench.world().settle();
                                    bench.world()
                                            .update(Stage.SERVICE, ServiceDraft::withSourceRanges);
                                })));
    }

    private static List<Scenario> sourceRanges() {
        Set<Need> ranges = Set.of(Need.SOURCE_RANGES);
        return List.of(
                scenario(
                        "source ranges: from the start",
                        ranges,
                        d -> d.withSourceRanges("203.0.113.0/24", "198.51.100.0/24"),
                        DELETE),
                scenario(
                        "source ranges: narrowed, moved, opened",
                        ranges,
                        d -> d.withSourceRanges("203.0.113.0/24", "198.51.100.0/24"),
                        edit("one less", d -> d.withSourceRanges("203.0.113.0/24")),
                        edit("another", d -> d.withSourceRanges("192.0.2.0/24")),
                        edit("everyone", ServiceDraft::withSourceRanges)),
                scenario(
                        "source ranges: by the annotation",
                        ranges,
                        annotated("origo.dev/source-ranges", "203.0.113.0/24"),
                        edit("none", d -> d.withAnnotations(Map.of()))));
    }

    private static List<Scenario> shapes() {
        return List.of(
                scenario(
                        "families: IPv6",
                        Set.of(Need.IPV6),
                        d -> d.withIpFamilies(families(IpFamily.IPV4, IpFamily.IPV6)),
                        DELETE),
                scenario(
                        "families: the second one comes later",
                        Set.of(Need.IPV6),
                        Scenarios::plain,
                        edit(
                                "IPv4 and IPv6",
                                d -> d.withIpFamilies(families(IpFamily.IPV4, IpFamily.IPV6)),
                                new MayReplace())),
                scenario(
                        "affinity: clients keep to one backend",
                        Set.of(Need.CLIENT_IP_AFFINITY),
                        d -> d.withAffinity(clientIp()),
                        edit("none", d -> d.withAffinity(new Affinity.None())),
                        edit("again", d -> d.withAffinity(clientIp()))),
                scenario(
                        "address: the one that the Service asks for",
                        Set.of(Need.REQUESTED_IP),
                        d -> d.withLoadBalancerIp("192.0.2.77"),
                        happens("nothing", Scenarios::requestedIsPublished)),
                scenario(
                        "scheme: internet-facing to internal",
                        Set.of(),
                        scheme("internet-facing"),
                        edit("internal", scheme("internal"), new MayReplace()),
                        DELETE),
                scenario(
                        "scheme: a crash between two balancers",
                        Set.of(),
                        scheme("internet-facing"),
                        new Act(
                                "internal, and a kill as soon as two stand",
                                Scenarios::killedBetweenTwo,
                                new MayReplace()),
                        DELETE));
    }

    private static List<Scenario> ends() {
        return List.of(
                scenario(
                        "end: another type",
                        Set.of(),
                        Scenarios::local,
                        edit(
                                "type ClusterIP",
                                d -> d.withType(ServiceSnapshot.Type.CLUSTER_IP),
                                new Gone())),
                scenario(
                        "end: deleted while it is made",
                        Set.of(),
                        Scenarios::plain,
                        DELETE,
                        new Act(
                                "created and deleted within a second",
                                Scenarios::createdAndDeleted,
                                new Gone())),
                scenario(
                        "end: one of the same name comes after it",
                        Set.of(),
                        Scenarios::plain,
                        DELETE,
                        new Act(
                                "created again",
                                bench -> bench.create(bench.draft()),
                                new MayReplace())),
                scenario(
                        "end: deleted while the process is dead",
                        Set.of(),
                        Scenarios::plain,
                        new Act(
                                "killed, deleted, started",
                                bench -> {
                                    bench.world().replicas().getLast().kill();
                                    bench.world().delete(Stage.SERVICE);
                                    bench.boot();
                                },
                                new Gone())),
                scenario(
                        "end: the finalizer was taken by hand",
                        Set.of(),
                        Scenarios::plain,
                        new Act(
                                "stripped while the process is dead, and deleted",
                                bench -> {
                                    bench.world().replicas().getLast().kill();
                                    bench.world().strip(Stage.SERVICE);
                                    bench.world().delete(Stage.SERVICE);
                                    bench.boot();
                                    bench.world().settle();
                                    bench.audit();
                                },
                                new Gone())));
    }

    // --- deeds

    private static void nothingIsCalled(Bench bench) {
        int start = bench.crossings();
        bench.world().simulation().advance(Duration.ofMinutes(5));
        bench.require(bench.callsSince(start).isEmpty(), "called: " + bench.callsSince(start));
    }

    private static void auditsWriteNothing(Bench bench) {
        int start = bench.crossings();
        bench.audit();
        bench.require(bench.callsSince(start).isEmpty(), "written: " + bench.callsSince(start));
    }

    private static void restartWritesNothing(Bench bench) {
        int start = bench.crossings();
        bench.restart();
        bench.world().settle();
        bench.require(bench.callsSince(start).isEmpty(), "written: " + bench.callsSince(start));
    }

    private static void requestedIsPublished(Bench bench) {
        bench.require(
                bench.world().addresses(Stage.SERVICE).contains(bench.web().loadBalancerIp()),
                "published is " + bench.world().addresses(Stage.SERVICE));
    }

    private static void killedBetweenTwo(Bench bench) {
        bench.world().update(Stage.SERVICE, scheme("internal"));
        bench.world()
                .simulation()
                .runUntil(() -> bench.standing().size() == 2, Duration.ofMinutes(2));
        bench.restart();
    }

    private static void createdAndDeleted(Bench bench) {
        bench.create(bench.draft());
        bench.world().simulation().advance(Duration.ofMillis(700));
        bench.world().delete(Stage.SERVICE);
    }

    private static void label(Bench bench, boolean excluded) {
        NodeSnapshot node = bench.cloud().node(2);
        Map<String, String> labels = new TreeMap<>(node.labels());
        if (excluded) {
            labels.put(NodeEligibility.EXCLUDE_LABEL, "");
        }
        bench.world()
                .node(
                        new NodeSnapshot(
                                node.name(),
                                node.providerId(),
                                node.internalIps(),
                                labels,
                                node.taints(),
                                false));
    }

    private static void taint(Bench bench) {
        NodeSnapshot node = bench.cloud().node(2);
        bench.world()
                .node(
                        new NodeSnapshot(
                                node.name(),
                                node.providerId(),
                                node.internalIps(),
                                node.labels(),
                                Set.of(NodeEligibility.AUTOSCALER_TAINT),
                                false));
    }

    // --- what users write

    private static ServiceDraft plain(ServiceDraft draft) {
        return draft;
    }

    private static ServiceDraft local(ServiceDraft draft) {
        return draft.withPolicy(TrafficPolicy.LOCAL);
    }

    private static ServiceDraft cluster(ServiceDraft draft) {
        return draft.withPolicy(TrafficPolicy.CLUSTER);
    }

    private static UnaryOperator<ServiceDraft> annotated(String key, String value) {
        return draft -> draft.withAnnotation(key, value);
    }

    private static UnaryOperator<ServiceDraft> scheme(String scheme) {
        return annotated("origo.dev/scheme", scheme);
    }

    private static UnaryOperator<ServiceDraft> clientAddress(Carrier carrier) {
        return annotated("origo.dev/client-address", carrier.toString());
    }

    private static ServicePort tcp(int port, int nodePort) {
        return new ServicePort("t" + port, Protocol.TCP, port, nodePort);
    }

    private static ServicePort udp(int port, int nodePort) {
        return new ServicePort("u" + port, Protocol.UDP, port, nodePort);
    }

    private static Affinity clientIp() {
        return new Affinity.ClientIp(Affinity.ClientIp.TIMEOUT_DEFAULT);
    }

    private static SequencedSet<IpFamily> families(IpFamily... families) {
        return new LinkedHashSet<>(List.of(families));
    }
}
