package dev.origo.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.desire.AnnotationRegistry;
import dev.origo.desire.Desire;
import dev.origo.model.Condition;
import dev.origo.model.HealthCheck;
import dev.origo.model.OwnerId;
import dev.origo.model.Protocol;
import dev.origo.model.ServicePort;
import dev.origo.model.ServiceSnapshot;
import dev.origo.spi.Annotations;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import dev.origo.spi.Step;
import dev.origo.spi.TargetHealth;
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
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What one look at a Service does to it and to its balancer.
class ReconcilerTest {
    private final VirtualTimeTasks tasks = new VirtualTimeTasks();
    private final FakeKubernetes cluster = new FakeKubernetes();
    private final FakeProvider cloud = new FakeProvider();
    private final List<String> planned = new ArrayList<>();
    private Memory<String> memory = new Memory<>();
    private Reconciler<String, FakeProvider.Set> reconciler = started();

    private Reconciler<String, FakeProvider.Set> started() {
        return started(false);
    }

    private Reconciler<String, FakeProvider.Set> started(boolean planOnly) {
        memory = new Memory<>();
        return new Reconciler<>(
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
                        new NoObserver(),
                        planOnly));
    }

    private final class NoObserver implements ReconcileObserver {
        @Override
        public void planned(Run run, List<? extends Step> wave) {
            wave.forEach(step -> planned.add(step.describe()));
        }

        @Override
        public void reconciled(Run run, Next next, Duration took) {}

        @Override
        public void crashed(Run run, RuntimeException bug) {
            throw new AssertionError(bug);
        }
    }

    @BeforeEach
    void aServiceAndANode() {
        cluster.put(Samples.service());
        cluster.nodes.add(Samples.node("node-1", Map.of()));
    }

    private Next look() {
        return reconciler.reconcile(Samples.KEY);
    }

    private void edit(UnaryOperator<Samples.Service> change) {
        cluster.put(change.apply(Samples.Service.of(shown())));
    }

    private ServiceSnapshot shown() {
        return cluster.service(Samples.KEY).orElseThrow();
    }

    private String reason(String type) {
        return shown().status().conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .map(Condition::reason)
                .findFirst()
                .orElse("");
    }

    private List<String> failureEvents() {
        return cluster.events.stream()
                .filter(event -> event.reason().equals("SyncLoadBalancerFailed"))
                .map(Event::message)
                .toList();
    }

    private void everyWriteFails(CloudFailure failure) {
        cloud.before =
                call -> {
                    if (call.startsWith("set")) {
                        throw new CloudException("cloud:Set", failure);
                    }
                };
    }

    @Test
    void aPlanGoesOnBehindAPredecessorThatItLeavesStanding() {
        OwnerId predecessor = new OwnerId(Samples.CLUSTER, Samples.KEY, "the-uid-before");
        reconciler = started(true);
        memory.put(predecessor, "balancer of 1");

        Next next = look();

        assertThat(next).isEqualTo(new Next.Done());
        assertThat(planned).containsExactly("set ", "set balancer of 1");
        assertThat(cloud.calls).noneMatch(call -> call.startsWith("set"));
    }

    // --- failures that pass by themselves most of the time

    record Lasting(CloudFailure failure, String reason, String event) {
        @Override
        public String toString() {
            return reason + " by " + failure.getClass().getSimpleName();
        }
    }

    static List<Lasting> lasting() {
        String throttled = "the cloud lets calls through only slowly (ORIGO-3001";
        return List.of(
                new Lasting(
                        new CloudFailure.Conflict("sg-1 has a dependent object"),
                        "CloudConflict",
                        "cloud:Set is refused again and again: in use, or being changed (ORIGO-3003"),
                new Lasting(
                        new CloudFailure.NotFound("tg-1"),
                        "CloudObjectNotFound",
                        "cloud:Set is refused again and again: what it names is not there (ORIGO-3004"),
                new Lasting(new CloudFailure.Throttled(Duration.ZERO), "CloudThrottled", throttled),
                new Lasting(
                        new CloudFailure.Postponed(Duration.ofSeconds(10)),
                        "CloudThrottled",
                        throttled));
    }

    @ParameterizedTest
    @MethodSource("lasting")
    void aPassingFailureIsToldOnceWhenItHasLasted(Lasting row) {
        everyWriteFails(row.failure());
        look();
        tasks.jump(Patience.LASTING.minusNanos(1));
        look();
        assertThat(reason(Conditions.PROVISIONED)).isEmpty();
        assertThat(failureEvents()).isEmpty();
        tasks.jump(Duration.ofNanos(1));
        for (int i = 0; i < 3; i++) {
            look();
            tasks.jump(Duration.ofMinutes(1));
        }
        assertThat(reason(Conditions.PROVISIONED)).isEqualTo(row.reason());
        assertThat(failureEvents())
                .singleElement()
                .asString()
                .startsWith("Error syncing load balancer: " + row.event());
    }

    @Test
    void aFailureThatIsOverIsNoLongerTold() {
        everyWriteFails(new CloudFailure.Conflict("in use"));
        look();
        tasks.jump(Patience.LASTING);
        look();
        cloud.before = _ -> {};
        look();
        assertThat(reason(Conditions.PROVISIONED)).isEqualTo("Provisioned");
    }

    @Test
    void aFailureAfterASuccessIsANewOne() {
        everyWriteFails(new CloudFailure.Conflict("in use"));
        look();
        cloud.before = _ -> {};
        look();
        cluster.nodes.add(Samples.node("node-2", Map.of()));
        everyWriteFails(new CloudFailure.Conflict("in use"));
        tasks.jump(Patience.LASTING);
        look();
        assertThat(failureEvents()).isEmpty();
    }

    @Test
    void aDeletionThatIsStuckIsToldAndKeepsTheFinalizer() {
        look();
        edit(Samples.Service::deleting);
        everyWriteFails(new CloudFailure.Conflict("sg-1 has a dependent object"));
        look();
        tasks.jump(Patience.LASTING);
        look();
        assertThat(reason(Conditions.PROVISIONED)).isEqualTo("CloudConflict");
        assertThat(failureEvents()).hasSize(1);
        assertThat(shown().meta().finalizers()).contains(ServicePatch.FINALIZER);
        cloud.before = _ -> {};
        look();
        assertThat(shown().meta().finalizers()).isEmpty();
        assertThat(shown().status().conditions()).isEmpty();
    }

    // --- health

    private void nobodyReachesKubeProxy() {
        cloud.probe = new HealthCheck.Http(Desire.KUBE_PROXY_HEALTH_PORT, "/healthz");
        cloud.health = new TargetHealth(0, 1, Map.of("i-1", "Target.FailedHealthChecks"), 0);
    }

    private List<String> healthPortEvents() {
        return cluster.events.stream()
                .filter(event -> event.reason().equals("HealthPortUnreachable"))
                .map(Event::message)
                .toList();
    }

    @Test
    void aHealthPortThatNoNodeOpensIsToldOnceWhenItHasLasted() {
        nobodyReachesKubeProxy();
        look();
        assertThat(reason(Conditions.SERVING)).isEqualTo("NotLookedAt");
        look();
        tasks.jump(Looks.SILENT.minusNanos(1));
        look();
        assertThat(reason(Conditions.SERVING)).isEqualTo("NoHealthyTarget");
        tasks.jump(Duration.ofNanos(1));
        look();
        look();
        assertThat(reason(Conditions.SERVING)).isEqualTo("HealthPortUnreachable");
        assertThat(healthPortEvents())
                .singleElement()
                .asString()
                .contains("ORIGO-4006")
                .contains("origo.dev/health-check: traffic-port");
    }

    @Test
    void aHealthPortThatOpensForAMomentIsNoLastingOne() {
        nobodyReachesKubeProxy();
        look();
        look();
        cloud.health = new TargetHealth(1, 1, Map.of(), 0);
        tasks.jump(Duration.ofSeconds(20));
        look();
        nobodyReachesKubeProxy();
        tasks.jump(Duration.ofSeconds(20));
        look();
        assertThat(healthPortEvents()).isEmpty();
    }

    @Test
    void aRestartTellsOnOfTheHealthPortUntilItOpens() {
        nobodyReachesKubeProxy();
        look();
        look();
        tasks.jump(Looks.SILENT);
        look();
        reconciler = started();
        look();
        assertThat(reason(Conditions.SERVING)).isEqualTo("HealthPortUnreachable");
        assertThat(healthPortEvents()).hasSize(1);
        cloud.health = new TargetHealth(1, 1, Map.of(), 0);
        look();
        assertThat(reason(Conditions.SERVING)).isEqualTo("Healthy");
    }

    @Test
    void withPolicyLocalNoHealthyNodeIsCalledExpected() {
        edit(service -> service.local(Samples.HEALTH_CHECK_NODE_PORT));
        cloud.health = new TargetHealth(0, 1, Map.of("i-1", "Target.FailedHealthChecks"), 0);
        look();
        look();
        assertThat(shown().status().conditions())
                .filteredOn(condition -> condition.type().equals(Conditions.SERVING))
                .singleElement()
                .extracting(Condition::message)
                .asString()
                .startsWith("0 of 1 nodes healthy; not: i-1 (Target.FailedHealthChecks); expected");
    }

    // --- a Service that is refused

    private void breakAnAnnotation() {
        edit(service -> service.annotated(Map.of("origo.dev/scheme", "nonsense")));
    }

    @Test
    void aRefusedServiceFollowsTheNodesAfterARestart() {
        look();
        breakAnAnnotation();
        look();
        reconciler = started();
        cluster.nodes.add(Samples.node("node-2", Map.of()));
        assertThat(look()).isEqualTo(new Next.WaitForChange("ORIGO-1002"));
        assertThat(cloud.balancers).containsEntry(Samples.OWNER, "balancer of 2");
        cluster.nodes.clear();
        look();
        assertThat(cloud.balancers).containsEntry(Samples.OWNER, "balancer of 0");
        assertThat(reason(Conditions.ACCEPTED)).isEqualTo("InvalidAnnotationValue");
    }

    @Test
    void aRefusedServiceThatNeverHadABalancerCostsNoCall() {
        breakAnAnnotation();
        look();
        assertThat(cloud.calls).isEmpty();
        assertThat(shown().meta().finalizers()).isEmpty();
    }

    @Test
    void aRefusedServiceWhoseBalancerIsGoneGetsNoOther() {
        look();
        breakAnAnnotation();
        reconciler = started();
        cloud.balancers.clear();
        look();
        assertThat(cloud.balancers).isEmpty();
    }

    // --- ports that are not served

    record Unserved(String name, boolean everything, List<ServicePort> ports, String errors) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Unserved> unserved() {
        ServicePort sctp = Samples.port(Protocol.SCTP, 99);
        ServicePort tcp = Samples.port(Protocol.TCP, 80);
        ServicePort udp = Samples.port(Protocol.UDP, 53);
        String unsupported = "99 origo.dev/UnsupportedProtocol";
        return List.of(
                new Unserved("SCTP last", true, List.of(tcp, sctp), "[80 , " + unsupported + "]"),
                new Unserved("SCTP first", true, List.of(sctp, tcp), "[" + unsupported + ", 80 ]"),
                new Unserved("SCTP alone", true, List.of(sctp), "[" + unsupported + "]"),
                new Unserved(
                        "two that are carried, but not together",
                        false,
                        List.of(udp, tcp),
                        "[53 , 80 MixedProtocolNotSupported]"));
    }

    @ParameterizedTest
    @MethodSource("unserved")
    void thePortsThatAreNotServedAreMarkedUntilTheyGo(Unserved row) {
        cloud.capabilities = Samples.capabilities(cloud.capabilities.carriers(), row.everything());
        reconciler = started();
        look();
        edit(service -> service.ports(row.ports().toArray(ServicePort[]::new)));
        look();
        assertThat(portErrors()).isEqualTo(row.errors());
        assertThat(reason(Conditions.PORTS_ERROR)).isEqualTo(reason(Conditions.ACCEPTED));
        edit(service -> service.ports(Samples.port(Protocol.TCP, 80)));
        look();
        assertThat(portErrors()).isEqualTo("[]");
        assertThat(reason(Conditions.PORTS_ERROR)).isEmpty();
    }

    private String portErrors() {
        return shown().status().ingress().getFirst().ports().stream()
                .map(port -> port.port() + " " + port.error())
                .toList()
                .toString();
    }
}
