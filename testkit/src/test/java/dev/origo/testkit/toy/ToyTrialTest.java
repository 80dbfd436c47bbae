package dev.origo.testkit.toy;

import dev.origo.model.Protocol;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.TrafficPolicy;
import dev.origo.testkit.Fault;
import dev.origo.testkit.Stage;
import dev.origo.testkit.Trial;
import dev.origo.testkit.Trial.Peace;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The reconciler is killed, refused and left without an answer at every single call.
class ToyTrialTest {
    private static final List<Trial> TRIALS =
            List.of(
                    new Trial("create", _ -> {}, w -> w.create(Stage.SERVICE, ToyStage.web())),
                    new Trial(
                            "add and remove a port",
                            w -> w.create(Stage.SERVICE, ToyStage.web()),
                            w ->
                                    w.update(
                                            Stage.SERVICE,
                                            d -> d.withPorts(Protocol.TCP, 443, 8080))),
                    new Trial(
                            "add a node",
                            w -> w.create(Stage.SERVICE, ToyStage.web()),
                            w -> w.node(ToyStage.node(3))),
                    new Trial(
                            "remove a node",
                            w -> w.create(Stage.SERVICE, ToyStage.web()),
                            w -> w.deleteNode("node-2")),
                    new Trial(
                            "flip the policy",
                            w -> w.create(Stage.SERVICE, ToyStage.web()),
                            w -> w.update(Stage.SERVICE, d -> d.withPolicy(TrafficPolicy.LOCAL))),
                    new Trial(
                            "change the scheme",
                            w -> w.create(Stage.SERVICE, ToyStage.web()),
                            w ->
                                    w.update(
                                            Stage.SERVICE,
                                            d -> d.withAnnotation("origo.dev/scheme", "internal"))),
                    new Trial(
                            "change the type",
                            w -> w.create(Stage.SERVICE, ToyStage.web()),
                            w ->
                                    w.update(
                                            Stage.SERVICE,
                                            d -> d.withType(ServiceSnapshot.Type.CLUSTER_IP))),
                    new Trial(
                            "delete",
                            w -> w.create(Stage.SERVICE, ToyStage.web()),
                            w -> w.delete(Stage.SERVICE)));

    @TestFactory
    Stream<DynamicContainer> endsAsInPeace() {
        return TRIALS.stream().map(ToyTrialTest::container);
    }

    private static DynamicContainer container(Trial trial) {
        Peace peace = trial.inPeace(new ToyStage());
        return DynamicContainer.dynamicContainer(
                trial.name(),
                Trial.disturbances(peace, List.of(Fault.values())).stream()
                        .map(disturbed ->
                                DynamicTest.dynamicTest(
                                        trial.name() + ": " + disturbed.name(),
                                        () -> trial.disturbed(new ToyStage(), disturbed, peace))));
    }
}
