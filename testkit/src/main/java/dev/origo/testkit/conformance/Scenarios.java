package dev.origo.testkit.conformance;

import static dev.origo.testkit.conformance.Scenario.edit;
import static dev.origo.testkit.conformance.Scenario.happens;
import static dev.origo.testkit.conformance.Scenario.scenario;

import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.Affinity;
import dev.origo.model.Carrier;
import dev.origo.model.Code;
import dev.origo.model.IpFamily;
import dev.origo.model.Protocol;
import dev.origo.testkit.Stage;
import dev.origo.testkit.conformance.Outcome.Gone;
import dev.origo.testkit.conformance.Outcome.MayReplace;
import dev.origo.testkit.conformance.Outcome.Refused;
import dev.origo.testkit.conformance.Scenario.Act;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What is asked of every provider: what users write here, what befalls a Service in
/// [LifeScenarios].
public final class Scenarios {

    private static final Act TO_LOCAL = edit("externalTrafficPolicy: Local", Drafts::local);
    private static final Act TO_CLUSTER = edit("externalTrafficPolicy: Cluster", Drafts::cluster);
    static final Act DELETE =
            new Act(
                    "the user deletes it",
                    bench -> bench.world().delete(Stage.SERVICE),
                    new Gone());

    private Scenarios() {}

    /// All of them, in the order of reports.
    public static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        all.addAll(allocation());
        all.addAll(LifeScenarios.sameAgain());
        all.addAll(policies());
        all.addAll(clientAddresses());
        all.addAll(ports());
        all.addAll(LifeScenarios.nodes());
        all.addAll(LifeScenarios.eligibility());
        all.addAll(sourceRanges());
        all.addAll(shapes());
        all.addAll(LifeScenarios.ends());
        return all;
    }

    private static List<Scenario> allocation() {
        return List.of(
                scenario(
                        "allocation: policy Cluster, checked on 10256",
                        Set.of(),
                        Drafts::plain,
                        DELETE),
                scenario(
                        "allocation: policy Local, checked on its own port",
                        Set.of(),
                        Drafts::local,
                        DELETE),
                scenario("allocation: internal", Set.of(), Drafts.scheme("internal"), DELETE),
                scenario(
                        "allocation: internet-facing",
                        Set.of(),
                        Drafts.scheme("internet-facing"),
                        DELETE),
                scenario(
                        "allocation: UDP",
                        Set.of(Need.UDP),
                        d -> d.withPorts(Protocol.UDP, 53),
                        DELETE),
                scenario(
                        "allocation: TCP and UDP on different ports",
                        Set.of(Need.UDP, Need.MIXED_PROTOCOLS),
                        d -> d.withPorts(List.of(Drafts.tcp(80, 0), Drafts.udp(53, 0))),
                        DELETE),
                scenario(
                        "allocation: TCP and UDP on one port",
                        Set.of(Need.UDP, Need.MIXED_PROTOCOLS),
                        d -> d.withPorts(List.of(Drafts.tcp(53, 30_053), Drafts.udp(53, 30_053))),
                        DELETE),
                scenario(
                        "allocation: a name of the user's",
                        Set.of(),
                        Drafts.annotated("origo.dev/name", "shop-front"),
                        DELETE),
                scenario(
                        "allocation: the health check on the traffic port by wish",
                        Set.of(),
                        Drafts.annotated("origo.dev/health-check", "traffic-port"),
                        edit(
                                "back to the contract",
                                d -> d.withAnnotations(Map.of()),
                                new MayReplace()),
                        DELETE));
    }

    private static List<Scenario> policies() {
        return List.of(
                scenario("policy: Cluster to Local", Set.of(), Drafts::cluster, TO_LOCAL),
                scenario("policy: Local to Cluster", Set.of(), Drafts::local, TO_CLUSTER),
                scenario(
                        "policy: Cluster to Local and back",
                        Set.of(),
                        Drafts::cluster,
                        TO_LOCAL,
                        TO_CLUSTER),
                scenario(
                        "policy: Local to Cluster and back",
                        Set.of(),
                        Drafts::local,
                        TO_CLUSTER,
                        TO_LOCAL),
                scenario(
                        "policy: a switch while a node comes",
                        Set.of(),
                        Drafts::cluster,
                        happens(
                                "both",
                                bench -> {
                                    bench.world().node(bench.cloud().node(3));
                                    bench.world().update(Stage.SERVICE, Drafts::local);
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
                            Drafts.clientAddress(carrier),
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
                            Drafts.clientAddress(Carrier.NONE),
                            edit(header.toString(), Drafts.clientAddress(header), new MayReplace()),
                            edit("none", Drafts.clientAddress(Carrier.NONE), new MayReplace())));
        }
        scenarios.add(
                scenario(
                        "client address: an impossible wish changes nothing",
                        Set.of(Need.PACKET),
                        Drafts::plain,
                        edit(
                                "a word that nobody knows",
                                Drafts.annotated("origo.dev/client-address", "telepathy"),
                                new Refused(Code.INVALID_ANNOTATION_VALUE)),
                        edit("no wish", d -> d.withAnnotations(Map.of()))));
        return scenarios;
    }

    private static List<Scenario> ports() {
        return List.of(
                scenario(
                        "ports: one is added",
                        Set.of(),
                        Drafts::plain,
                        edit("port 8080", d -> d.withPorts(Protocol.TCP, 80, 443, 8080))),
                scenario(
                        "ports: one is removed",
                        Set.of(),
                        Drafts::plain,
                        edit("no port 443", d -> d.withPorts(Protocol.TCP, 80))),
                scenario(
                        "ports: all are others",
                        Set.of(),
                        Drafts::plain,
                        edit("ports 1000 and 1001", d -> d.withPorts(Protocol.TCP, 1000, 1001))),
                scenario(
                        "ports: another node port",
                        Set.of(),
                        d -> d.withPorts(List.of(Drafts.tcp(80, 30_080), Drafts.tcp(443, 30_443))),
                        edit(
                                "node port 30081",
                                d ->
                                        d.withPorts(
                                                List.of(
                                                        Drafts.tcp(80, 30_081),
                                                        Drafts.tcp(443, 30_443))))),
                scenario(
                        "ports: two change places",
                        Set.of(),
                        d -> d.withPorts(List.of(Drafts.tcp(80, 30_080), Drafts.tcp(443, 30_443))),
                        edit(
                                "node ports crossed",
                                d ->
                                        d.withPorts(
                                                List.of(
                                                        Drafts.tcp(80, 30_443),
                                                        Drafts.tcp(443, 30_080))))),
                scenario(
                        "ports: none to send to is refused, what stands is kept",
                        Set.of(),
                        Drafts::plain,
                        edit(
                                "allocateLoadBalancerNodePorts: false, and a new port",
                                d ->
                                        new ServiceDraft(
                                                d.type(),
                                                d.loadBalancerClass(),
                                                List.of(Drafts.tcp(8080, 0)),
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
                        Drafts.annotated("origo.dev/source-ranges", "203.0.113.0/24"),
                        edit("none", d -> d.withAnnotations(Map.of()))));
    }

    private static List<Scenario> shapes() {
        return List.of(
                scenario(
                        "families: IPv6",
                        Set.of(Need.IPV6),
                        d -> d.withIpFamilies(Drafts.families(IpFamily.IPV4, IpFamily.IPV6)),
                        DELETE),
                scenario(
                        "families: the second one comes later",
                        Set.of(Need.IPV6),
                        Drafts::plain,
                        edit(
                                "IPv4 and IPv6",
                                d ->
                                        d.withIpFamilies(
                                                Drafts.families(IpFamily.IPV4, IpFamily.IPV6)),
                                new MayReplace())),
                scenario(
                        "affinity: clients keep to one backend",
                        Set.of(Need.CLIENT_IP_AFFINITY),
                        d -> d.withAffinity(Drafts.clientIp()),
                        edit("none", d -> d.withAffinity(new Affinity.None())),
                        edit("again", d -> d.withAffinity(Drafts.clientIp()))),
                scenario(
                        "address: the one that the Service asks for",
                        Set.of(Need.REQUESTED_IP),
                        d -> d.withLoadBalancerIp("192.0.2.77"),
                        happens("nothing", Scenarios::requestedIsPublished)),
                scenario(
                        "scheme: internet-facing to internal",
                        Set.of(),
                        Drafts.scheme("internet-facing"),
                        edit("internal", Drafts.scheme("internal"), new MayReplace()),
                        DELETE),
                scenario(
                        "scheme: a crash between two balancers",
                        Set.of(),
                        Drafts.scheme("internet-facing"),
                        new Act(
                                "internal, and a kill as soon as two stand",
                                Scenarios::killedBetweenTwo,
                                new MayReplace()),
                        DELETE));
    }

    private static void requestedIsPublished(Bench bench) {
        bench.require(
                bench.world().addresses(Stage.SERVICE).contains(bench.web().loadBalancerIp()),
                "published is " + bench.world().addresses(Stage.SERVICE));
    }

    private static void killedBetweenTwo(Bench bench) {
        bench.world().update(Stage.SERVICE, Drafts.scheme("internal"));
        bench.world()
                .simulation()
                .runUntil(() -> bench.standing().size() == 2, Duration.ofMinutes(2));
        bench.restart();
    }
}
