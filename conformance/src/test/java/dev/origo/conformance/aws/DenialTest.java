package dev.origo.conformance.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.Condition;
import dev.origo.model.Protocol;
import dev.origo.model.TrafficPolicy;
import dev.origo.testkit.Crossing;
import dev.origo.testkit.Disturbance;
import dev.origo.testkit.Fault;
import dev.origo.testkit.Replica;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.Stage;
import dev.origo.testkit.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;

/// Each action of AWS that a change of a Service needs is denied: the Service names it, and once it
/// is granted all is as if it had never been missing.
class DenialTest {
    private static final long SEED = 9;

    /// Longer than the call needs to come, shorter than the retry after a denial.
    private static final Duration SOON = Duration.ofSeconds(40);

    private final AwsStage stage = new AwsStage();

    /// @param before what is in place when it comes
    record Change(
            String name, BiConsumer<World, AwsStage> before, BiConsumer<World, AwsStage> apply) {}

    /// Of a Service with policy Local.
    private static Change live(String name, BiConsumer<World, AwsStage> apply) {
        return new Change(name, (world, _) -> create(world), apply);
    }

    private static Change edited(String name, UnaryOperator<ServiceDraft> edit) {
        return live(name, (world, _) -> world.update(Stage.SERVICE, edit));
    }

    private static Change annotated(String name, String key, Function<AwsStage, String> value) {
        return live(
                name,
                (world, stage) ->
                        world.update(
                                Stage.SERVICE,
                                d -> d.withAnnotation("origo.dev/" + key, value.apply(stage))));
    }

    private static final List<Change> CHANGES =
            List.of(
                    new Change("create", (_, _) -> {}, (world, _) -> create(world)),
                    live("audit after a restart", DenialTest::restart),
                    edited("flip of the policy", d -> d.withPolicy(TrafficPolicy.CLUSTER)),
                    live("a node comes", (world, stage) -> world.node(stage.node(3))),
                    live("a node goes", (world, _) -> world.deleteNode("node-2")),
                    edited("another port", d -> d.withPorts(Protocol.TCP, 443, 8080)),
                    edited("another protocol", d -> d.withPorts(Protocol.UDP, 80, 443)),
                    edited("narrower ranges", d -> d.withSourceRanges("203.0.113.0/24")),
                    annotated("another scheme", "scheme", _ -> "internal"),
                    annotated("a tag", "aws-additional-resource-tags", _ -> "team=network"),
                    annotated(
                            "an attribute of the balancer",
                            "aws-attributes",
                            _ -> "load_balancing.cross_zone.enabled=true"),
                    annotated(
                            "an attribute of target groups",
                            "aws-target-group-attributes",
                            _ -> "deregistration_delay.timeout_seconds=60"),
                    annotated("another group", "aws-extra-security-groups", DenialTest::nodeGroup),
                    annotated("fewer subnets", "aws-subnets", DenialTest::subnet),
                    new Change(
                            "another certificate and a restart",
                            (world, stage) -> world.create(Stage.SERVICE, tls(stage, 2)),
                            (world, stage) -> {
                                world.update(Stage.SERVICE, _ -> tls(stage, 3));
                                restart(world, stage);
                            }),
                    live("delete", (world, _) -> world.delete(Stage.SERVICE)));

    private static void create(World world) {
        world.create(Stage.SERVICE, AwsStage.web().withPolicy(TrafficPolicy.LOCAL));
    }

    /// @param more number of the certificate beside the default one
    private static ServiceDraft tls(AwsStage stage, int more) {
        return AwsStage.web()
                .withPolicy(TrafficPolicy.LOCAL)
                .withAnnotation(
                        "origo.dev/aws-ssl-cert",
                        stage.certificate(1) + "," + stage.certificate(more));
    }

    private static void restart(World world, AwsStage stage) {
        world.replicas().forEach(Replica::kill);
        stage.boot(world);
    }

    private static String nodeGroup(AwsStage stage) {
        return stage.aws().ec2().describeSecurityGroups(_ -> {}).securityGroups().stream()
                .filter(group -> group.groupName().equals("nodes"))
                .map(SecurityGroup::groupId)
                .findFirst()
                .orElseThrow();
    }

    private static String subnet(AwsStage stage) {
        return stage.aws().ec2().describeSubnets(_ -> {}).subnets().getFirst().subnetId();
    }

    @TestFactory
    Stream<DynamicContainer> isNamedAndItsGrantEndsTheWait() {
        return CHANGES.stream()
                .map(change -> {
                    Peace peace = Simulation.driven(() -> inPeace(change));
                    return DynamicContainer.dynamicContainer(
                            change.name(),
                            peace.actions().stream()
                                    .map(action ->
                                            DynamicTest.dynamicTest(
                                                    change.name() + " without " + action,
                                                    () ->
                                                            Simulation.driven(() ->
                                                                    denied(
                                                                            change, action,
                                                                            peace)))));
                });
    }

    /// @param actions as IAM names them
    record Peace(SortedSet<String> actions, String dump) {}

    private Peace inPeace(Change change) {
        try (World world = begun(change)) {
            int before = world.traffic().crossings().size();
            change.apply().accept(world, stage);
            world.settle();
            SortedSet<String> actions =
                    world.traffic().cloudCallsSince(before).stream()
                            .map(DenialTest::permission)
                            .collect(Collectors.toCollection(TreeSet::new));
            return new Peace(actions, world.dump());
        }
    }

    private World begun(Change change) {
        World world = stage.open(SEED);
        world.beginsHere();
        stage.boot(world);
        world.settle();
        change.before().accept(world, stage);
        world.settle();
        return world;
    }

    private static String permission(Crossing crossing) {
        String family = crossing.api().equals("elb") ? "elasticloadbalancing" : crossing.api();
        return family + ":" + crossing.action();
    }

    private Peace denied(Change change, String action, Peace peace) {
        try (World world = begun(change)) {
            Disturbance denial =
                    (crossing, _) ->
                            crossing.isCloud() && permission(crossing).equals(action)
                                    ? Optional.of(Fault.DENIED)
                                    : Optional.empty();
            world.traffic().disturb(denial);
            change.apply().accept(world, stage);
            world.simulation().advance(SOON);

            assertThat(world.service(Stage.SERVICE).status().conditions())
                    .filteredOn(condition -> condition.status() == Condition.Status.FALSE)
                    .filteredOn(condition -> condition.reason().equals("PermissionDenied"))
                    .singleElement()
                    .extracting(Condition::message)
                    .asString()
                    .contains(action);

            world.traffic().disturb(Disturbance.NONE);
            world.settle();
            world.checkConverged();
            assertThat(world.dump()).isEqualTo(peace.dump());
            return peace;
        }
    }

    /// Needs subnets with IPv6, which the stage has not.
    private static final String OF_DUAL_STACK = "elasticloadbalancing:SetIpAddressType";

    @Test
    void everyActionOfThePolicyIsDeniedOnce() throws IOException {
        SortedSet<String> denied = new TreeSet<>(List.of(OF_DUAL_STACK));
        CHANGES.forEach(
                change -> denied.addAll(Simulation.driven(() -> inPeace(change)).actions()));
        String policy = Files.readString(Path.of("..", "docs", "how-to", "aws-iam-policy.json"));
        SortedSet<String> granted =
                Pattern.compile("\"(ec2|elasticloadbalancing):(?!CreateAction)[A-Z][A-Za-z]+\"")
                        .matcher(policy)
                        .results()
                        .map(found -> found.group().replace("\"", ""))
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(denied).isEqualTo(granted);
    }
}
