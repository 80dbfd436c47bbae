package dev.origo.loop;

import static dev.origo.testing.Samples.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.desire.AnnotationRegistry;
import dev.origo.desire.Desire;
import dev.origo.model.OwnerId;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Claim;
import dev.origo.reconcile.Memory;
import dev.origo.reconcile.Next;
import dev.origo.reconcile.ReconcileObserver;
import dev.origo.reconcile.Reconciler;
import dev.origo.reconcile.ServicePatch;
import dev.origo.spi.Annotations;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.spi.Step;
import dev.origo.testing.FakeKubernetes;
import dev.origo.testing.FakeProvider;
import dev.origo.testing.Samples;
import dev.origo.testing.VirtualTimeTasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// When Services are looked at; what a look does is the reconciler's.
class ControllerTest {
    private static final ServiceKey WEB = new ServiceKey("ns", "web");
    private static final Duration AUDIT = Duration.ofMinutes(10);

    private final VirtualTimeTasks tasks = new VirtualTimeTasks();
    private final FakeKubernetes cluster = new FakeKubernetes();
    private final FakeProvider cloud = new FakeProvider();
    private final List<String> looks = new ArrayList<>();
    private final List<String> audits = new ArrayList<>();
    private final Memory<String> memory = new Memory<>();
    private final Controller<String, FakeProvider.Set> controller =
            new Controller<>(
                    new Reconciler.Parts<>(
                            cluster,
                            cloud,
                            new Desire(
                                    cloud.capabilities(),
                                    new AnnotationRegistry(
                                            new Annotations(
                                                    List.of(), List.of(), List.of(), List.of())),
                                    _ -> Optional.empty()),
                            new Claim(Set.of(Samples.CLASS), false),
                            Samples.CLUSTER,
                            memory,
                            tasks,
                            new Looks(),
                            false),
                    new Controller.Pace(4, AUDIT, Duration.ofSeconds(1)),
                    new Audits());

    private final class Looks implements ReconcileObserver {
        @Override
        public void planned(Run run, List<? extends Step> wave) {}

        @Override
        public void reconciled(Run run, Next next, Duration took) {
            looks.add(run.service().name());
        }

        @Override
        public void crashed(Run run, RuntimeException bug) {
            looks.add(run.service().name() + " crashed");
        }
    }

    private final class Audits implements Controller.AuditObserver {
        @Override
        public void audited(int owners, int orphans, Duration took) {
            audits.add("%d owners, %d orphans".formatted(owners, orphans));
        }

        @Override
        public void auditFailed(CloudException e) {
            audits.add("failed");
        }
    }

    private void started(String... names) {
        for (String name : names) {
            cluster.put(service().named("ns", name, name + "-uid"));
        }
        cluster.nodes.add(Samples.node("node-1", Map.of()));
        controller.start();
        // Long enough for the looks at the targets' health that follow a creation.
        tasks.advance(Duration.ofSeconds(30));
    }

    private void clear() {
        looks.clear();
        audits.clear();
        cloud.calls.clear();
    }

    private static OwnerId owner(String name) {
        return new OwnerId(Samples.CLUSTER, new ServiceKey("ns", name), name + "-uid");
    }

    private void cloudFailsAt(String call) {
        cloud.before =
                said -> {
                    if (said.equals(call)) {
                        throw new CloudException(call, new CloudFailure.Unknown("500"));
                    }
                };
    }

    @Test
    void theFirstAuditComesBeforeAnyService() {
        started("web", "api");
        assertThat(cloud.calls.getFirst()).isEqualTo("observeAll");
        assertThat(cloud.balancers).containsOnlyKeys(owner("web"), owner("api"));
    }

    @Test
    void whatTheFirstAuditFoundIsNotReadAgain() {
        cloud.balancers.put(owner("web"), "balancer of 1");
        started("web");
        assertThat(cloud.calls).containsExactly("observeAll");
        assertThat(audits).containsExactly("1 owners, 0 orphans");
    }

    @Test
    void aFailedAuditStillHasEveryServiceLookedAt() {
        cloudFailsAt("observeAll");
        started("web");
        assertThat(audits).containsExactly("failed");
        assertThat(cloud.balancers).containsKey(owner("web"));
    }

    @Test
    void anAuditThatMeetsABugStopsNeitherTheQueueNorTheNextAudit() {
        cloud.before =
                call -> {
                    if (call.equals("observeAll")) {
                        throw new IllegalStateException("bug");
                    }
                };
        started();
        cluster.put(service().named("ns", "web", "web-uid"));
        controller.serviceChanged(WEB);
        tasks.settle();
        assertThat(cloud.balancers).containsKey(owner("web"));
        cloud.before = _ -> {};
        tasks.advance(AUDIT.multipliedBy(2));
        assertThat(audits).contains("1 owners, 0 orphans");
        assertThat(tasks.bugs()).isNotEmpty();
    }

    @Test
    void nodeChangesWithinAMomentAreOneLookAtEachService() {
        started("web", "api");
        clear();
        for (int i = 0; i < 50; i++) {
            cluster.nodes.add(Samples.node("late-" + i, Map.of()));
            controller.nodesChanged();
            tasks.advance(Duration.ofMillis(15));
        }
        assertThat(looks).isEmpty();
        tasks.advance(Duration.ofMillis(400));
        assertThat(looks).containsExactly("api", "web");
        assertThat(cloud.calls).containsExactly("set balancer of 51", "set balancer of 51");
    }

    @Test
    void aNodeChangeAfterTheMomentIsAnotherOne() {
        started("web");
        clear();
        controller.nodesChanged();
        tasks.advance(Duration.ofMillis(1001));
        controller.nodesChanged();
        tasks.advance(Duration.ofMillis(1001));
        assertThat(looks).containsExactly("web", "web");
    }

    @Test
    void nodeChangesDoNotTouchServicesOfOthers() {
        cluster.put(
                service()
                        .named("ns", "other", "other-uid")
                        .typed(ServiceSnapshot.Type.LOAD_BALANCER, "example.com/other"));
        started("web");
        clear();
        controller.nodesChanged();
        tasks.advance(Duration.ofSeconds(2));
        assertThat(looks).containsExactly("web");
    }

    @Test
    void aChangedServiceIsLookedAtOnceRunning() {
        controller.serviceChanged(WEB);
        started();
        clear();
        cluster.put(service().named("ns", "web", "web-uid"));
        controller.serviceChanged(WEB);
        tasks.settle();
        assertThat(looks).containsExactly("web");
    }

    @Test
    void aSteadyStateMakesOneSharedReadAnAudit() {
        started("web");
        clear();
        tasks.advance(Duration.ofMinutes(9));
        assertThat(cloud.calls).isEmpty();
        tasks.advance(Duration.ofMinutes(2));
        assertThat(cloud.calls).containsExactly("observeAll");
        assertThat(looks).containsExactly("web");
    }

    @Test
    void auditsComeAtTheIntervalAndUpToATenthLater() {
        started();
        clear();
        tasks.advance(Duration.ofHours(10));
        assertThat(audits.size()).isBetween(54, 60);
    }

    @Test
    void anAuditRepairsWhatWasDeletedByHand() {
        started("web");
        cloud.balancers.clear();
        tasks.advance(AUDIT.multipliedBy(2));
        assertThat(cloud.balancers).containsKey(owner("web"));
    }

    @Test
    void anOrphanIsDestroyed() {
        cloud.balancers.put(owner("gone"), "balancer of 3");
        started("web");
        assertThat(audits).containsExactly("1 owners, 1 orphans");
        assertThat(cloud.balancers).containsOnlyKeys(owner("web"));
    }

    @Test
    void theBalancerOfAnEarlierServiceOfThatNameIsDestroyed() {
        var earlier = new OwnerId(Samples.CLUSTER, WEB, "earlier-uid");
        cloud.balancers.put(earlier, "balancer of 1");
        started("web");
        assertThat(cloud.balancers).containsOnlyKeys(owner("web"));
    }

    @Test
    void aServiceThatLostTypeAndFinalizerWhileNobodyWatchedIsCleanedUp() {
        cloud.balancers.put(owner("was"), "balancer of 1");
        cluster.put(
                service().named("ns", "was", "was-uid").typed(ServiceSnapshot.Type.CLUSTER_IP, ""));
        started();
        assertThat(cloud.balancers).isEmpty();
    }

    @Test
    void aBalancerOfAnotherDeploymentsServiceIsLeftAlone() {
        cloud.balancers.put(owner("theirs"), "balancer of 9");
        cluster.put(
                service()
                        .named("ns", "theirs", "theirs-uid")
                        .finalized(ServicePatch.FINALIZER)
                        .typed(ServiceSnapshot.Type.LOAD_BALANCER, "origo.dev/other"));
        started();
        assertThat(cloud.balancers).containsEntry(owner("theirs"), "balancer of 9");
        assertThat(cloud.calls).containsExactly("observeAll");
    }

    @Test
    void nothingComesAfterAStop() {
        started("web");
        controller.nodesChanged();
        controller.stop();
        clear();
        tasks.advance(Duration.ofHours(1));
        controller.serviceChanged(WEB);
        controller.nodesChanged();
        tasks.advance(Duration.ofHours(1));
        assertThat(looks).isEmpty();
        assertThat(cloud.calls).isEmpty();
        assertThat(controller.isIdle()).isTrue();
        assertThat(controller.load().waiting()).isZero();
    }

    @Test
    void aStopDuringTheFirstAuditKeepsTheQueueClosedAndEmpty() {
        cloud.balancers.put(owner("web"), "balancer of 1");
        cloud.before = _ -> tasks.pause(Duration.ofSeconds(5));
        controller.start();
        tasks.advance(Duration.ofSeconds(1));
        controller.stop();
        cluster.put(service().named("ns", "web", "web-uid"));
        tasks.advance(Duration.ofHours(1));
        assertThat(looks).isEmpty();
        assertThat(audits).isEmpty();
        assertThat(controller.load().waiting()).isZero();
        assertThat(memory.owners()).isEmpty();
    }

    @Test
    void aSecondStartTrustsNothingOfTheFirst() {
        started("web");
        controller.stop();
        cloud.balancers.put(owner("web"), "changed by another leader");
        controller.start();
        tasks.advance(Duration.ofSeconds(30));
        assertThat(cloud.balancers).containsEntry(owner("web"), "balancer of 1");
    }

    @Test
    void aSecondStartWhoseAuditFailsReadsEachServiceAnew() {
        started("web");
        controller.stop();
        cloud.balancers.put(owner("web"), "changed by another leader");
        cloudFailsAt("observeAll");
        controller.start();
        tasks.advance(Duration.ofSeconds(30));
        assertThat(cloud.balancers).containsEntry(owner("web"), "balancer of 1");
    }

    @Test
    void aSecondStartWaitsForWhatTheFirstLeftInFlight() {
        cluster.put(service().named("ns", "web", "web-uid"));
        cloud.before =
                call -> {
                    if (call.startsWith("set")) {
                        tasks.pause(Duration.ofSeconds(8));
                    }
                };
        controller.start();
        tasks.advance(Duration.ofSeconds(1));
        controller.stop();
        controller.start();
        tasks.advance(Duration.ofSeconds(5));
        assertThat(cloud.calls).containsExactly("observeAll", "observe web", "set balancer of 0");
        tasks.advance(Duration.ofSeconds(5));
        assertThat(cloud.calls.get(3)).isEqualTo("observeAll");
    }

    @Test
    void aPaceWithoutWorkersOrWithTooManyAuditsIsRefused() {
        assertThatThrownBy(() -> new Controller.Pace(0, AUDIT, Duration.ZERO))
                .hasMessageContaining("0");
        assertThatThrownBy(() -> new Controller.Pace(1, Duration.ofMillis(999), Duration.ZERO))
                .hasMessageContaining("PT0.999S");
    }
}
