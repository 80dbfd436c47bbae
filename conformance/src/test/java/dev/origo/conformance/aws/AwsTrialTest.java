package dev.origo.conformance.aws;

import dev.origo.model.Protocol;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.TrafficPolicy;
import dev.origo.testkit.Fault;
import dev.origo.testkit.Stage;
import dev.origo.testkit.Trial;
import dev.origo.testkit.Trial.Peace;
import dev.origo.testkit.World;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The whole controller on AWS is killed, refused and left without an answer at every single call
/// of every change.
class AwsTrialTest {
    private final AwsStage nodes = new AwsStage();

    @TestFactory
    Stream<DynamicContainer> create() {
        return of("create", _ -> {}, w -> w.create(Stage.SERVICE, AwsStage.web()));
    }

    @TestFactory
    Stream<DynamicContainer> addAndRemoveAPort() {
        return of(
                "add and remove a port",
                AwsTrialTest::web,
                w -> w.update(Stage.SERVICE, d -> d.withPorts(Protocol.TCP, 443, 8080)));
    }

    @TestFactory
    Stream<DynamicContainer> addANode() {
        return of("add a node", AwsTrialTest::web, w -> w.node(nodes.node(3)));
    }

    @TestFactory
    Stream<DynamicContainer> removeANode() {
        return of("remove a node", AwsTrialTest::web, w -> w.deleteNode("node-2"));
    }

    @TestFactory
    Stream<DynamicContainer> flipToLocal() {
        return of(
                "flip to Local",
                AwsTrialTest::web,
                w -> w.update(Stage.SERVICE, d -> d.withPolicy(TrafficPolicy.LOCAL)));
    }

    @TestFactory
    Stream<DynamicContainer> flipToCluster() {
        return of(
                "flip to Cluster",
                w -> w.create(Stage.SERVICE, AwsStage.web().withPolicy(TrafficPolicy.LOCAL)),
                w -> w.update(Stage.SERVICE, d -> d.withPolicy(TrafficPolicy.CLUSTER)));
    }

    @TestFactory
    Stream<DynamicContainer> changeTheScheme() {
        return of(
                "change the scheme",
                AwsTrialTest::web,
                w ->
                        w.update(
                                Stage.SERVICE,
                                d -> d.withAnnotation("origo.dev/scheme", "internal")));
    }

    @TestFactory
    Stream<DynamicContainer> narrowTheSourceRanges() {
        return of(
                "narrow the source ranges",
                AwsTrialTest::web,
                w -> w.update(Stage.SERVICE, d -> d.withSourceRanges("203.0.113.0/24")));
    }

    @TestFactory
    Stream<DynamicContainer> changeTheType() {
        return of(
                "change the type",
                AwsTrialTest::web,
                w -> w.update(Stage.SERVICE, d -> d.withType(ServiceSnapshot.Type.CLUSTER_IP)));
    }

    @TestFactory
    Stream<DynamicContainer> delete() {
        return of("delete", AwsTrialTest::web, w -> w.delete(Stage.SERVICE));
    }

    private static void web(World world) {
        world.create(Stage.SERVICE, AwsStage.web());
    }

    private Stream<DynamicContainer> of(
            String name, Consumer<World> prepare, Consumer<World> change) {
        Trial trial = new Trial(name, prepare, change);
        Peace peace = trial.inPeace(nodes);
        return Stream.of(Fault.values())
                .map(fault ->
                        DynamicContainer.dynamicContainer(
                                name + ", " + fault,
                                Trial.disturbances(peace, List.of(fault)).stream()
                                        .map(disturbed ->
                                                DynamicTest.dynamicTest(
                                                        name + ": " + disturbed.name(),
                                                        () ->
                                                                trial.disturbed(
                                                                        nodes, disturbed,
                                                                        peace)))));
    }
}
