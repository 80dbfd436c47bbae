package dev.origo.testkit.conformance;

import static dev.origo.testkit.conformance.Scenario.edit;
import static dev.origo.testkit.conformance.Scenario.happens;
import static dev.origo.testkit.conformance.Scenario.scenario;

import dev.origo.desire.NodeEligibility;
import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.Code;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceSnapshot;
import dev.origo.testkit.Stage;
import dev.origo.testkit.conformance.Outcome.Gone;
import dev.origo.testkit.conformance.Outcome.MayReplace;
import dev.origo.testkit.conformance.Outcome.Refused;
import dev.origo.testkit.conformance.Scenario.Act;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What befalls a Service, and how it ends.
final class LifeScenarios {
    private LifeScenarios() {}

    static List<Scenario> sameAgain() {
        return List.of(
                scenario(
                        "idempotence: nothing changes, nothing is called",
                        Set.of(),
                        Drafts::local,
                        happens("nothing for a while", LifeScenarios::nothingIsCalled)),
                scenario(
                        "idempotence: audits change nothing",
                        Set.of(),
                        Drafts::local,
                        happens("two audits", LifeScenarios::auditsWriteNothing)),
                scenario(
                        "idempotence: a restart changes nothing",
                        Set.of(),
                        Drafts::local,
                        happens("a restart", LifeScenarios::restartWritesNothing)),
                scenario(
                        "idempotence: two changes at once end as the last one",
                        Set.of(),
                        Drafts::local,
                        happens(
                                "there and back",
                                bench -> {
                                    bench.world().update(Stage.SERVICE, Drafts::cluster);
                                    bench.world().update(Stage.SERVICE, Drafts::local);
                                })));
    }

    static List<Scenario> nodes() {
        return List.of(
                scenario(
                        "nodes: one comes and one goes",
                        Set.of(),
                        Drafts::local,
                        happens("node 3", bench -> bench.world().node(bench.cloud().node(3))),
                        happens(
                                "node 1 goes",
                                bench -> bench.world().deleteNode(bench.cloud().node(1).name()))),
                scenario(
                        "nodes: all at once are others",
                        Set.of(),
                        Drafts::plain,
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
                        Drafts::plain,
                        happens(
                                "none",
                                bench -> {
                                    for (int n = 1; n <= 2; n++) {
                                        bench.world().deleteNode(bench.cloud().node(n).name());
                                    }
                                }),
                        happens("one", bench -> bench.world().node(bench.cloud().node(1)))));
    }

    static List<Scenario> eligibility() {
        return List.of(
                scenario(
                        "nodes: the exclude label takes one out",
                        Set.of(),
                        Drafts::plain,
                        happens("labelled", bench -> label(bench, true)),
                        happens("label gone", bench -> label(bench, false))),
                scenario(
                        "nodes: the autoscaler's taint takes one out",
                        Set.of(),
                        Drafts::plain,
                        happens("tainted", LifeScenarios::taint)),
                scenario(
                        "nodes: one follows while the Service is refused",
                        Set.of(),
                        Drafts::plain,
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

    static List<Scenario> ends() {
        return List.of(
                scenario(
                        "end: another type",
                        Set.of(),
                        Drafts::local,
                        edit(
                                "type ClusterIP",
                                d -> d.withType(ServiceSnapshot.Type.CLUSTER_IP),
                                new Gone())),
                scenario(
                        "end: deleted while it is made",
                        Set.of(),
                        Drafts::plain,
                        Scenarios.DELETE,
                        new Act(
                                "created and deleted within a second",
                                LifeScenarios::createdAndDeleted,
                                new Gone())),
                scenario(
                        "end: one of the same name comes after it",
                        Set.of(),
                        Drafts::plain,
                        Scenarios.DELETE,
                        new Act(
                                "created again",
                                bench -> bench.create(bench.draft()),
                                new MayReplace())),
                scenario(
                        "end: deleted while the process is dead",
                        Set.of(),
                        Drafts::plain,
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
                        Drafts::plain,
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
}
