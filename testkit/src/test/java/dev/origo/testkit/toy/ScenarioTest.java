package dev.origo.testkit.toy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.kube.KubernetesModel.Told;
import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.Condition;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Next;
import dev.origo.reconcile.ServicePatch;
import dev.origo.testkit.Crossing;
import dev.origo.testkit.Disturbance;
import dev.origo.testkit.Fault;
import dev.origo.testkit.Replica;
import dev.origo.testkit.World;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a user sees of core, on the toy cloud.
class ScenarioTest {
    private static final String WEB = "default/web";

    private final ToyStage stage = new ToyStage();
    private final World world = stage.open(11);

    @AfterEach
    void close() {
        world.close();
    }

    private Replica started() {
        Replica replica = stage.boot(world);
        world.settle();
        return replica;
    }

    private void createWeb() {
        world.create(WEB, ToyStage.web());
        world.settle();
    }

    private List<Crossing> callsOf(Runnable change) {
        int before = world.traffic().crossings().size();
        change.run();
        world.settle();
        return world.traffic().cloudCallsSince(before);
    }

    private List<Crossing> writesOf(Runnable change) {
        return callsOf(change).stream().filter(Crossing::write).toList();
    }

    private List<String> events() {
        return world.kubernetes().events().stream().map(Told::event).map(e -> e.reason()).toList();
    }

    private String reason(String type) {
        return world.service(WEB).status().conditions().stream()
                .filter(condition -> condition.type().equals("origo.dev/" + type))
                .map(Condition::reason)
                .findFirst()
                .orElse("");
    }

    private String partsOfWeb() {
        return world.dump()
                .lines()
                .filter(line -> line.startsWith("part"))
                .map(line -> line.replaceAll("part Mark\\[[^\\]]*\\] ", ""))
                .map(line -> line.replaceAll("Http.*?\\] \\[", "["))
                .toList()
                .toString();
    }

    @Test
    void publishesAnAddressAndTellsOfIt() {
        started();
        createWeb();

        world.checkConverged();
        assertThat(world.service(WEB).meta().finalizers()).contains(ServicePatch.FINALIZER);
        assertThat(events())
                .containsExactly("EnsuringLoadBalancer", "SourceNatByNode", "EnsuredLoadBalancer");
        assertThat(reason("Accepted")).isEqualTo("Accepted");
        assertThat(reason("Provisioned")).isEqualTo("Provisioned");
        assertThat(reason("Serving")).isEqualTo("Healthy");
    }

    @Test
    void touchesOnlyServicesOfItsClass() {
        started();
        Map<String, ServiceDraft> drafts =
                Map.of(
                        "default/other", ToyStage.web().withClass("example.com/other"),
                        "default/unclassed", ToyStage.web().withClass(""),
                        "default/inner", ToyStage.web().withType(ServiceSnapshot.Type.CLUSTER_IP));
        List<Crossing> calls = callsOf(() -> drafts.forEach(world::create));

        assertThat(calls).isEmpty();
        for (String key : drafts.keySet()) {
            assertThat(world.service(key).meta().finalizers()).isEmpty();
            assertThat(world.service(key).status().conditions()).isEmpty();
        }
    }

    @Test
    void leavesTheFinalizerOfForeignServices() {
        started();
        ServiceDraft other =
                ToyStage.web()
                        .withClass("example.com/other")
                        .withFinalizers(Set.of(ServicePatch.FINALIZER));
        world.create("default/other", other);
        world.create("default/changed", other);
        world.settle();
        world.delete("default/other");
        world.update("default/changed", d -> d.withType(ServiceSnapshot.Type.CLUSTER_IP));
        world.settle();

        assertThat(world.service("default/other").meta().finalizers())
                .containsExactly(ServicePatch.FINALIZER);
        assertThat(world.service("default/changed").meta().finalizers())
                .containsExactly(ServicePatch.FINALIZER);
    }

    @Test
    void releasesAServiceThatChangesItsType() {
        started();
        createWeb();
        world.update(WEB, d -> d.withType(ServiceSnapshot.Type.NODE_PORT));
        world.settle();

        world.checkEmpty();
        assertThat(world.service(WEB).meta().finalizers()).isEmpty();
        assertThat(world.service(WEB).status().ingress()).isEmpty();
        assertThat(world.service(WEB).status().conditions()).isEmpty();
    }

    @Test
    void keepsOtherPeoplesFinalizers() {
        started();
        world.create(WEB, ToyStage.web().withFinalizers(Set.of("example.com/mine")));
        world.settle();
        world.delete(WEB);
        world.settle();

        world.checkEmpty();
        assertThat(world.service(WEB).meta().finalizers()).containsExactly("example.com/mine");
        assertThat(events()).endsWith("DeletingLoadBalancer", "DeletedLoadBalancer");
    }

    @Test
    void removesTheBalancerOfAServiceWhoseFinalizerWasStripped() {
        started();
        createWeb();
        world.strip(WEB);
        world.delete(WEB);
        world.settle();

        world.checkEmpty();
    }

    @Test
    void givesANewServiceOfTheSameNameItsOwnBalancer() {
        started();
        createWeb();
        List<String> before = world.addresses(WEB);
        world.strip(WEB);
        world.delete(WEB);
        world.create(WEB, ToyStage.web());
        world.settle();

        world.checkConverged();
        assertThat(world.addresses(WEB)).hasSize(1).isNotEqualTo(before);
    }

    @Test
    void waitsForTheChangeOfARefusedServiceAndRecovers() {
        Replica replica = started();
        world.create(WEB, ToyStage.web().withPorts(Protocol.SCTP, 80));
        world.settle();
        world.simulation().advance(Duration.ofMinutes(9));

        assertThat(reason("Accepted")).isEqualTo("UnsupportedProtocol");
        assertThat(replica.reconciled())
                .extracting(Replica.Reconciled::next)
                .hasSize(1)
                .allMatch(Next.WaitForChange.class::isInstance);

        world.update(WEB, d -> d.withPorts(Protocol.TCP, 80));
        world.settle();
        world.checkConverged();
        assertThat(reason("Accepted")).isEqualTo("Accepted");
    }

    @Test
    void followsNodesTheExcludeLabelAndTheAutoscalersTaint() {
        started();
        createWeb();
        NodeSnapshot node = ToyStage.node(2);
        record Row(NodeSnapshot node, String parts) {}
        String both = "[443 -> 30001 [node-1, node-2], 80 -> 30000 [node-1, node-2]]";
        String one = "[443 -> 30001 [node-1], 80 -> 30000 [node-1]]";
        for (Row row :
                List.of(
                        new Row(with(node, "ToBeDeletedByClusterAutoscaler", ""), one),
                        new Row(node, both),
                        new Row(with(node, "", "true"), one),
                        new Row(with(node, "", "false"), both),
                        new Row(with(node, "node.kubernetes.io/not-ready", ""), both))) {
            world.node(row.node());
            world.settle();
            assertThat(partsOfWeb()).as("%s", row.node()).isEqualTo(row.parts());
        }
        world.deleteNode("node-2");
        world.settle();
        assertThat(partsOfWeb()).isEqualTo(one);
    }

    @Test
    void aRefusedServiceFollowsTheNodesAfterARestart() {
        Replica first = started();
        createWeb();
        world.update(WEB, d -> d.withAnnotation("origo.dev/scheme", "nonsense"));
        world.settle();
        first.kill();
        world.node(ToyStage.node(3));
        world.deleteNode("node-1");
        started();

        assertThat(reason("Accepted")).isEqualTo("InvalidAnnotationValue");
        assertThat(partsOfWeb())
                .isEqualTo("[443 -> 30001 [node-2, node-3], 80 -> 30000 [node-2, node-3]]");
        world.checkConverged();
    }

    @Test
    void tellsOfADeletionThatIsStuckAndEndsItWhenItCan() {
        started();
        createWeb();
        world.traffic()
                .disturb((crossing, done) ->
                        !done && crossing.action().equals("DeleteBalancer")
                                ? Optional.of(Fault.IN_USE)
                                : Optional.empty());
        world.delete(WEB);
        world.simulation().advance(Duration.ofMinutes(12));

        assertThat(reason("Provisioned")).isEqualTo("CloudConflict");
        assertThat(events()).containsOnlyOnce("SyncLoadBalancerFailed");
        world.traffic().disturb(Disturbance.NONE);
        world.settle();
        world.checkEmpty();
    }

    private static NodeSnapshot with(NodeSnapshot node, String taint, String exclude) {
        return new NodeSnapshot(
                node.name(),
                node.providerId(),
                node.internalIps(),
                exclude.isEmpty()
                        ? node.labels()
                        : Map.of(
                                "node.kubernetes.io/exclude-from-external-load-balancers", exclude),
                taint.isEmpty() ? Set.of() : Set.of(taint),
                false);
    }

    @Test
    void gathersNodeChangesIntoOne() {
        started();
        createWeb();
        List<Crossing> writes =
                writesOf(() -> {
                    for (int i = 3; i < 9; i++) {
                        world.node(ToyStage.node(i));
                    }
                });

        assertThat(writes).as("two at a time, and one change may come late").hasSizeBetween(2, 4);
    }

    @Test
    void makesNoCallWhileNothingChanges() {
        started();
        createWeb();

        assertThat(callsOf(() -> world.simulation().advance(Duration.ofMinutes(9)))).isEmpty();
        assertThat(writesOf(() -> world.simulation().advance(Duration.ofMinutes(60)))).isEmpty();
    }

    @Test
    void writesNothingAfterARestart() {
        Replica first = started();
        createWeb();
        first.kill();

        assertThat(callsOf(() -> stage.boot(world))).hasSize(1).noneMatch(Crossing::write);
    }

    @Test
    void worksOnServicesInParallelAndLetsABrokenOneDelayNobody() {
        started();
        world.traffic()
                .disturb((crossing, done) ->
                        !done && crossing.number() == 5
                                ? Optional.of(Fault.DENIED)
                                : Optional.empty());
        long begun = world.simulation().instant().toEpochMilli();
        for (int i = 0; i < 8; i++) {
            world.create("default/web-" + i, ToyStage.web());
        }
        world.simulation().advance(Duration.ofSeconds(20));
        long published =
                world.kubernetes().services().stream()
                        .filter(service -> !service.status().ingress().isEmpty())
                        .count();

        assertThat(published).isGreaterThanOrEqualTo(7);
        world.settle();
        world.checkConverged();
        assertThat(world.simulation().instant().toEpochMilli() - begun).isGreaterThan(20_000);
    }

    @Test
    void planModeWritesNothing() {
        Replica replica = world.start(Toy.blueprint(stage.cloud()).asPlanOnly());
        world.create(WEB, ToyStage.web());
        int before = world.traffic().crossings().size();
        world.simulation().advance(Duration.ofMinutes(30));

        assertThat(world.traffic().crossings().subList(before, world.traffic().crossings().size()))
                .noneMatch(Crossing::write);
        assertThat(world.kubernetes().events()).isEmpty();
        assertThat(replica.plans()).contains("create balancer INTERNET_FACING");
    }

    /// The right to write lapses between two renewals, and comes back with the second.
    @ParameterizedTest
    @ValueSource(ints = {9_600, 9_800, 10_000, 10_200, 10_400, 10_600, 10_800, 11_000, 11_200})
    void aLateRenewalOfTheLeaseLosesNoChange(int changeAfterMillis) {
        started();
        createWeb();
        world.apiAway(Duration.ofMillis(11_500));
        world.simulation().advance(Duration.ofMillis(changeAfterMillis));
        world.node(ToyStage.node(3));
        world.settle();

        assertThat(partsOfWeb()).contains("node-3");
    }

    @Test
    void aSecondReplicaTakesOverAndOnlyOneWrites() {
        Replica first = started();
        Replica second = stage.boot(world);
        createWeb();
        assertThat(second.isLeader()).isFalse();
        first.kill();
        world.update(WEB, d -> d.withPorts(Protocol.TCP, 80, 8080));
        world.settle();

        world.checkConverged();
        assertThat(second.isLeader()).isTrue();
        assertThat(partsOfWeb()).contains("8080");
    }

    @Test
    void aConflictingStatusWriteIsTriedAgain() {
        started();
        world.traffic()
                .disturb(
                        Disturbance.once(
                                world.traffic().crossings().size() + 1, Fault.IN_USE, false));
        createWeb();

        world.checkConverged();
        assertThat(world.kubernetes().service(ServiceKey.parse(WEB))).isPresent();
    }
}
