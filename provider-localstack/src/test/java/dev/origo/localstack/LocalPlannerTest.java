package dev.origo.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.dataplane.Balancer;
import dev.origo.dataplane.DataPlane;
import dev.origo.dataplane.Placed;
import dev.origo.embedded.aws.AwsSettings;
import dev.origo.model.Carrier;
import dev.origo.model.Code;
import dev.origo.model.Desired;
import dev.origo.model.Ingress;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.PortPath;
import dev.origo.model.Problem;
import dev.origo.model.Settings;
import dev.origo.spi.Plan;
import dev.origo.spi.Provisioning;
import dev.origo.spi.TargetHealth;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is planned, on the record of a strict account.
final class LocalPlannerTest {
    private final Books books = new Books();
    private final Specs wanted = Specs.of(books.node);

    @AfterEach
    void close() {
        books.close();
    }

    private static Desired present(LoadBalancerSpec spec) {
        return new Desired.Present(spec);
    }

    private static Desired absent() {
        return new Desired.Absent(Specs.OWNER);
    }

    private LocalObserved brought(Specs specs) {
        return books.bring(present(specs.spec()), books.observe());
    }

    private static Provisioning ready(String address) {
        return new Provisioning.Ready(
                List.of(new Ingress(new Ingress.Ip(address, false), List.of())));
    }

    @Test
    void theRecordComesFirstThenItIsCarried() {
        LocalObserved made = brought(wanted);

        assertThat(books.waves.getLast()).matches("carry \\S+");
        assertThat(books.waves.subList(0, books.waves.size() - 1))
                .noneMatch(wave -> wave.contains("carry"));
        assertThat(made.carried()).hasSize(1);
        assertThat(books.last.problems()).isEmpty();
    }

    @Test
    void aProvisionedBalancerIsReadyOnceItIsCarried() {
        assertThat(books.planner.provisioning(wanted.spec(), books.observe()))
                .isEqualTo(new Provisioning.Absent());

        LocalObserved made = brought(wanted);
        LocalObserved onRecord = made.without(made.carried().firstKey());

        assertThat(books.planner.provisioning(wanted.spec(), onRecord))
                .isEqualTo(new Provisioning.Pending("waiting for the data plane"));
        assertThat(books.planner.provisioning(wanted.spec(), made)).isEqualTo(ready("127.77.0.1"));
    }

    @Test
    void whatIsStillBeingMadeIsNotCarried() {
        slowly();

        LocalObserved made = brought(wanted);

        assertThat(made.carried()).isEmpty();
        assertThat(books.planner.provisioning(wanted.spec(), made))
                .isEqualTo(new Provisioning.Pending("provisioning"));
    }

    /// An endpoint that came back empty makes it again; until then connections go on.
    @Test
    void whatIsMadeAgainStaysCarriedMeanwhile() {
        LocalObserved made = brought(wanted);
        books.bring(absent(), made);
        slowly();

        LocalObserved again =
                books.bring(
                        present(wanted.spec("127.77.0.1")),
                        new LocalObserved(
                                books.observe().aws(), made.carried(), TargetHealth.NONE));

        assertThat(again.carried()).isEqualTo(made.carried());
        assertThat(books.waves).isNotEmpty().noneMatch(wave -> wave.contains("drop"));
    }

    /// As after a restart of this process.
    @Test
    void whatIsOnRecordAndNotCarriedIsCarried() {
        LocalObserved made = brought(wanted);
        LocalObserved restarted = made.without(made.carried().firstKey());

        Plan<LocalStep> plan = books.planner.plan(present(wanted.spec()), restarted);

        assertThat(plan.wave())
                .singleElement()
                .isEqualTo(
                        new LocalStep.Carry(
                                Specs.OWNER, made.carried().values().iterator().next().balancer()));
    }

    @Test
    void aChangeOfTheWayIsCarriedWithoutARecordOfIt() {
        LocalObserved made = brought(wanted.carrier(Carrier.NONE));

        books.bring(present(wanted.carrier(Carrier.PROXY_PROTOCOL_V1).spec()), made);

        assertThat(books.waves).singleElement().asString().startsWith("carry ");
    }

    @Test
    void goesWithTheRecordAtOnce() {
        LocalObserved made = brought(wanted);

        LocalObserved gone = books.bring(absent(), made);

        assertThat(books.waves.getFirst()).contains("delete load balancer").contains("drop ");
        assertThat(books.planner.isAbsent(gone)).isTrue();
        assertThat(books.planner.isAbsent(made)).isFalse();
    }

    @Test
    void goesWhereTheEndpointForgotIt() {
        LocalObserved made = brought(wanted);
        LocalObserved forgotten =
                new LocalObserved(
                        books.bring(absent(), made).aws(), made.carried(), TargetHealth.NONE);

        assertThat(books.planner.isAbsent(forgotten)).isFalse();
        books.bring(absent(), forgotten);

        assertThat(books.waves).singleElement().asString().startsWith("drop ");
    }

    @Test
    void aReplacedBalancerStaysWhileItsAddressIsPublished() {
        LocalObserved old = brought(wanted);
        LoadBalancerSpec published = wanted.internal().spec("127.77.0.1");

        LocalObserved both = books.bring(present(published), old);

        assertThat(both.carried()).hasSize(2);
        assertThat(books.planner.provisioning(published, both)).isEqualTo(ready("127.77.0.2"));

        LocalObserved replaced = books.bring(present(wanted.internal().spec("127.77.0.2")), both);

        assertThat(replaced.carried()).hasSize(1);
        assertThat(books.waves.getFirst()).contains("delete load balancer");
    }

    /// As after a restart of this process while clients are still sent to the old one.
    @Test
    void aPredecessorStaysThoughNothingIsCarriedYet() {
        LocalObserved old = brought(wanted);
        String address = DataPlane.addressOf(old.carried().firstKey()).getHostAddress();
        LocalObserved both = books.bring(present(wanted.internal().spec("127.77.0.1")), old);
        LocalObserved restarted =
                new LocalObserved(both.aws(), Collections.emptySortedMap(), TargetHealth.NONE);

        Desired internal = present(wanted.internal().spec(address));

        LocalStep first = onlyStep(internal, restarted);
        Balancer predecessor = old.carried().firstEntry().getValue().balancer();
        assertThat(first).isEqualTo(new LocalStep.Carry(Specs.OWNER, predecessor));

        Placed placed =
                new Placed(
                        predecessor.id(),
                        DataPlane.addressOf(predecessor.id()),
                        List.of(),
                        List.of());
        assertThat(onlyStep(internal, restarted.with(predecessor, placed)))
                .isInstanceOf(LocalStep.Carry.class)
                .isNotEqualTo(first);
    }

    private LocalStep onlyStep(Desired desired, LocalObserved observed) {
        List<LocalStep> wave = books.planner.plan(desired, observed).wave();
        assertThat(wave).hasSize(1);
        return wave.getFirst();
    }

    /// As after a restart of this process in the middle of a change: clients wait for the old way.
    @Test
    void whatIsPublishedIsCarriedBeforeAnythingChanges() {
        LocalObserved made = brought(wanted);
        String address = DataPlane.addressOf(made.carried().firstKey()).getHostAddress();
        LocalObserved restarted = made.without(made.carried().firstKey());

        books.bring(present(wanted.carrier(Carrier.NONE).spec(address)), restarted);

        assertThat(books.waves.getFirst()).matches("carry \\S+");
        assertThat(books.waves).hasSizeGreaterThan(1);
    }

    @Test
    void aKeptServiceIsCarriedAsItIsOnRecord() {
        LocalObserved made = brought(wanted);
        Desired kept = new Desired.Kept(Specs.OWNER, List.of(books.node), Settings.NONE);

        assertThat(books.planner.plan(kept, made)).isEqualTo(Plan.of(List.of()));
        assertThat(books.planner.plan(kept, made.without(made.carried().firstKey())).wave())
                .singleElement()
                .isInstanceOf(LocalStep.Carry.class);
    }

    @Test
    void aPortThatIsTakenIsToldAndNeitherStopsAChangeNorTheEnd() {
        Problem taken = Problem.error(Code.CLOUD_REJECTED, "port 7080 is taken");
        books.findings = List.of(new Placed.Finding(Specs.PORT, taken));
        LocalObserved made = brought(wanted);
        assertThat(books.last.problems()).containsExactly(taken);

        books.bring(present(wanted.carrier(Carrier.NONE).spec()), made);
        assertThat(books.last.problems()).containsExactly(taken);

        LocalObserved gone = books.bring(absent(), made);
        assertThat(books.planner.isAbsent(gone)).isTrue();
    }

    @Test
    void theHealthIsTheDataPlanes() {
        TargetHealth health = new TargetHealth(0, 1, Map.of("i-1", "Target.Timeout"), 0);
        LocalObserved made =
                new LocalObserved(books.observe().aws(), Collections.emptySortedMap(), health);

        assertThat(books.planner.health(made)).isEqualTo(health);
    }

    @Test
    void packetsKeepTheClientOnlyBetweenLoopbackAddresses() {
        LoadBalancerSpec elsewhere =
                Specs.of(Specs.node("kind", "kind://docker/kind/kind", "172.18.0.2")).spec();

        assertThat(books.planner.paths(wanted.spec(), books.observe()))
                .allMatch(PortPath::keepsSource)
                .isNotEmpty();
        assertThat(books.planner.paths(elsewhere, books.observe()))
                .noneMatch(PortPath::keepsSource)
                .isNotEmpty();
    }

    private void slowly() {
        books.aws.settings(
                books.aws.settings().with(AwsSettings.Delay.PROVISIONING, Duration.ofMinutes(1)));
    }
}
