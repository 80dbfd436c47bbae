package dev.origo.embedded.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.kube.ChangeListener;
import dev.origo.kube.ClusterAccess;
import dev.origo.kube.ClusterConnection;
import dev.origo.kube.WatchedKubernetes;
import dev.origo.loop.LeaseStore;
import dev.origo.loop.LeaseStore.LeaseRecord;
import dev.origo.loop.VirtualTasks;
import dev.origo.model.Condition;
import dev.origo.model.Ingress;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Event;
import dev.origo.reconcile.KubernetesException;
import dev.origo.reconcile.KubernetesException.Kind;
import dev.origo.reconcile.ServicePatch;
import dev.origo.reconcile.ServicePatch.FinalizerChange;
import dev.origo.reconcile.ServicePatch.KeepIngress;
import dev.origo.reconcile.ServicePatch.ReplaceIngress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Origo's own use of a cluster, through fabric8, against this server.
final class OrigoAgainstItTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final ServiceKey WEB = new ServiceKey("default", "web");

    @TempDir Path directory;
    private final ConcurrentLinkedQueue<Throwable> bugs = new ConcurrentLinkedQueue<>();
    private final VirtualTasks tasks = new VirtualTasks(bugs::add);
    private final BlockingQueue<KubernetesApi.Change> changes = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private KubernetesApi api;
    private ClusterConnection cluster;
    private WatchedKubernetes kubernetes;

    @BeforeEach
    void connect() throws Exception {
        api = KubernetesApi.start(Settings.usual(tasks));
        Path kubeconfig = directory.resolve("kubeconfig");
        Files.writeString(kubeconfig, api.kubeconfig());
        cluster = ClusterConnection.connect(new ClusterAccess(kubeconfig.toString(), ""));
        kubernetes = new WatchedKubernetes(cluster, tasks);
        kubernetes.start(
                new ChangeListener() {
                    @Override
                    public void serviceChanged(ServiceKey key) {
                        heard.add(key.toString());
                    }

                    @Override
                    public void nodesChanged() {
                        heard.add("nodes");
                    }
                },
                Duration.ofSeconds(30));
        hear("default/kubernetes");
        api.onChange(changes::add);
        api.create(
                Cluster.parsed(
                        Cluster.serviceBody(
                                "web",
                                "\"type\":\"LoadBalancer\",\"loadBalancerClass\":\"origo.dev/aws\",\"externalTrafficPolicy\":\"Local\",\"ports\":[{\"port\":80}]")));
        hear("default/web");
    }

    @AfterEach
    void close() {
        kubernetes.close();
        cluster.close();
        api.close();
        tasks.close();
        assertThat(bugs).isEmpty();
    }

    @Test
    void watchesServicesAndNodes() throws Exception {
        api.create(
                Cluster.parsed(
                        "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\"},\"status\":{\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"127.0.10.1\"}]}}"));
        hear("nodes");
        assertThat(kubernetes.nodes().getFirst().internalIps()).containsExactly("127.0.10.1");
        ServiceSnapshot service = web();
        assertThat(service.healthCheckNodePort()).isEqualTo(30087);
        assertThat(service.loadBalancerClass()).isEqualTo("origo.dev/aws");
        assertThat(kubernetes.health()).allMatch(watch -> watch.watching());
    }

    @Test
    void patchesStatusAndFinalizer() throws Exception {
        patch(ServicePatch.claim(condition("origo.dev/Accepted", Condition.Status.TRUE)));
        stored(s -> s.path("metadata").has("finalizers"));
        Ingress address = new Ingress(new Ingress.Ip("192.0.2.1", false), List.of());
        patch(
                new ServicePatch(
                        FinalizerChange.KEEP,
                        new ReplaceIngress(List.of(address)),
                        List.of(condition("origo.dev/Provisioned", Condition.Status.TRUE)),
                        Set.of("origo.dev/Accepted")));
        JsonNode service = stored(s -> Json.at(s, "status.loadBalancer").has("ingress"));
        assertThat(Json.string(service.path("status")))
                .isEqualTo(
                        """
                        {"loadBalancer":{"ingress":[{"ip":"192.0.2.1","ipMode":"Proxy"}]},\
                        "conditions":[{"type":"origo.dev/Provisioned","status":"True","reason":"Ok","message":"grüß dich",\
                        "lastTransitionTime":"2026-01-02T03:04:05Z"}]}\
                        """
                                .replace("ü", "\\u00FC")
                                .replace("ß", "\\u00DF"));
        assertThat(Json.texts(service, "metadata.finalizers"))
                .containsExactly(ServicePatch.FINALIZER);
        patch(
                new ServicePatch(
                        FinalizerChange.REMOVE,
                        new ReplaceIngress(List.of()),
                        List.of(),
                        Set.of()));
        service = stored(s -> !s.path("metadata").has("finalizers"));
        assertThat(Json.string(Json.at(service, "status.loadBalancer"))).isEqualTo("{}");
    }

    @Test
    void aPatchOfAServiceOfThePastIsGone() throws Exception {
        ServiceSnapshot old = web();
        try (var http = HttpClient.newHttpClient()) {
            http.send(
                    HttpRequest.newBuilder(URI.create(api.url() + Cluster.SERVICES + "/web"))
                            .DELETE()
                            .build(),
                    BodyHandlers.discarding());
        }
        hear("default/web");
        ServicePatch patch =
                new ServicePatch(
                        FinalizerChange.KEEP,
                        new KeepIngress(),
                        List.of(condition("A", Condition.Status.TRUE)),
                        Set.of());
        assertGone(old, patch);
        api.create(Cluster.parsed(Cluster.serviceBody("web", "\"ports\":[{\"port\":80}]")));
        assertGone(old, patch);
    }

    @Test
    void countsTheSameEventUp() throws Exception {
        kubernetes.event(web(), new Event(false, "Ensured", "all is well", "r1"));
        kubernetes.event(web(), new Event(false, "Ensured", "all is well", "r2"));
        JsonNode event = stored(e -> Json.number(e, "count") == 2);
        assertThat(Json.text(event, "involvedObject.name")).isEqualTo("web");
        assertThat(kubernetes.eventsLost()).isZero();
    }

    @Test
    void aLeaseHasOneWriter() {
        LeaseStore lease = cluster.lease("default", "leader", Duration.ofSeconds(10));
        assertThat(lease.read()).isEmpty();
        LeaseRecord first = lease.create(new LeaseRecord("a", 15, NOW, NOW, 0, ""));
        lease.replace(new LeaseRecord("a", 15, NOW, NOW.plusSeconds(1), 0, first.version()));
        assertThatThrownBy(
                        () -> lease.replace(new LeaseRecord("b", 15, NOW, NOW, 1, first.version())))
                .isInstanceOfSatisfying(
                        KubernetesException.class,
                        e -> assertThat(e.kind()).isEqualTo(Kind.CONFLICT));
        assertThat(lease.read().orElseThrow().renewed()).isEqualTo(NOW.plusSeconds(1));
    }

    @Test
    void aClusterHasItsUid() {
        assertThat(cluster.clusterUid())
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    }

    private ServiceSnapshot web() {
        return kubernetes.service(WEB).orElseThrow();
    }

    private void patch(ServicePatch patch) {
        kubernetes.patch(web(), patch);
    }

    private void assertGone(ServiceSnapshot old, ServicePatch patch) {
        assertThatThrownBy(() -> kubernetes.patch(old, patch))
                .isInstanceOfSatisfying(
                        KubernetesException.class, e -> assertThat(e.kind()).isEqualTo(Kind.GONE));
    }

    private static Condition condition(String type, Condition.Status status) {
        return new Condition(type, status, "Ok", "grüß dich", NOW, 0);
    }

    /// Waits until the listener was told of this.
    private void hear(String what) throws InterruptedException {
        String said = "";
        while (!said.equals(what)) {
            said = String.valueOf(heard.poll(20, TimeUnit.SECONDS));
            assertThat(said).as("waiting for " + what).isNotEqualTo("null");
        }
    }

    /// Waits for a change after which an object is as wanted.
    private JsonNode stored(Predicate<JsonNode> wanted) throws InterruptedException {
        while (true) {
            KubernetesApi.Change change = changes.poll(20, TimeUnit.SECONDS);
            assertThat(change).isNotNull();
            if (wanted.test(change.object())) {
                return change.object();
            }
        }
    }
}
