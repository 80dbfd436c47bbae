package dev.origo.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.kube.FakeApiServer.Answer;
import dev.origo.kube.FakeApiServer.Call;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.KubernetesException;
import dev.origo.reconcile.KubernetesException.Kind;
import dev.origo.reconcile.ServicePatch;
import dev.origo.reconcile.ServicePatch.FinalizerChange;
import dev.origo.reconcile.ServicePatch.KeepIngress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedKubernetesTest {
    private static final String SERVICES = "/api/v1/services";
    private static final String NODES = "/api/v1/nodes";
    private static final Duration SYNC_MAX = Duration.ofSeconds(30);
    private static final ServicePatch REMOVE =
            new ServicePatch(FinalizerChange.REMOVE, new KeepIngress(), List.of(), Set.of());

    @TempDir Path directory;
    private final ManualTasks tasks = new ManualTasks();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final FakeApiServer server = new FakeApiServer();
    private ClusterConnection cluster;
    private WatchedKubernetes kubernetes;

    @BeforeEach
    void connect() {
        server.list(SERVICES, "Service", service("web", "1", "a"));
        server.list(NODES, "Node", node("n1", "1", "a"));
        cluster = server.connect(directory);
        kubernetes = new WatchedKubernetes(cluster, tasks);
    }

    @AfterEach
    void close() {
        kubernetes.close();
        cluster.close();
        server.close();
    }

    @Test
    void readsWhatWasListed() throws Exception {
        start();
        assertThat(kubernetes.services())
                .extracting(s -> s.key().toString())
                .containsExactly("shop/web");
        assertThat(kubernetes.nodes()).extracting(n -> n.name()).containsExactly("n1");
        assertThat(kubernetes.service(new ServiceKey("shop", "none"))).isEmpty();
    }

    @Test
    void followsChangesInOrder() throws Exception {
        start();
        server.send(SERVICES, "ADDED", service("api", "101", "a"));
        assertThat(next()).isEqualTo("shop/api");
        server.send(SERVICES, "MODIFIED", service("web", "102", "b"));
        assertThat(next()).isEqualTo("shop/web");
        assertThat(web().meta().annotations()).containsEntry("a", "b");
        server.send(SERVICES, "DELETED", service("web", "103", "b"));
        assertThat(next()).isEqualTo("shop/web");
        assertThat(kubernetes.services()).hasSize(1);
    }

    @Test
    void keepsQuietAboutWhatDoesNotMatterButShowsIt() throws Exception {
        start();
        server.send(SERVICES, "MODIFIED", service("web", "101", "a"));
        server.send(SERVICES, "ADDED", service("zzz", "102", "a"));
        assertThat(next()).isEqualTo("shop/zzz");
        assertThat(web().meta().resourceVersion()).isEqualTo("101");
        server.send(NODES, "MODIFIED", node("n1", "103", "a"));
        server.send(NODES, "MODIFIED", node("n1", "104", "b"));
        assertThat(next()).isEqualTo("nodes");
        assertThat(heard).isEmpty();
    }

    @Test
    void listsAnewEveryFewHoursAndFindsWhatTheWatchMissed() throws Exception {
        start();
        server.list(SERVICES, "Service", service("new", "300", "a"));
        tasks.advance(Watched.RELIST_EVERY.multipliedBy(2));
        assertThat(nextTwo()).containsExactlyInAnyOrder("shop/new", "shop/web");
        assertThat(kubernetes.service(new ServiceKey("shop", "web"))).isEmpty();
        assertThat(kubernetes.service(new ServiceKey("shop", "new"))).isPresent();
    }

    @Test
    void tellsHowItsWatchesAre() throws Exception {
        assertThat(kubernetes.health()).noneMatch(WatchHealth::watching);
        tasks.advance(Duration.ofMinutes(3));
        assertThat(kubernetes.health()).noneMatch(h -> h.alive(Duration.ofMinutes(2)));
        start();
        server.send(SERVICES, "ADDED", service("api", "101", "a"));
        assertThat(next()).isEqualTo("shop/api");
        WatchHealth services = kubernetes.health().getFirst();
        assertThat(services.kind()).isEqualTo("services");
        assertThat(services.watching()).isTrue();
        assertThat(services.alive(Duration.ZERO)).isTrue();
    }

    @Test
    void saysWhichRbacIsMissingAtStart() {
        server.answer("GET " + NODES, Answer.status(403, "nodes is forbidden"));
        assertThatThrownBy(() -> kubernetes.start(new Listener(), SYNC_MAX))
                .isInstanceOf(KubernetesException.class)
                .hasMessageContaining(": 403 nodes is forbidden; the RBAC verbs")
                .hasMessageContaining("'list' and 'watch'")
                .hasMessageContaining("context fake")
                .extracting(e -> ((KubernetesException) e).kind())
                .isEqualTo(Kind.FORBIDDEN);
    }

    @Test
    void saysWhatKeptItFromStartingInTime() {
        server.answer("GET " + NODES, Answer.status(500, "etcd is down"));
        assertThatThrownBy(() -> kubernetes.start(new Listener(), Duration.ofMillis(500)))
                .isInstanceOf(KubernetesException.class)
                .hasMessageContaining("not listed within PT0.5S")
                .hasMessageContaining(server.url());
    }

    @Test
    void patchesTheStatusWithoutReadingItFirst() throws Exception {
        start();
        String path = "/api/v1/namespaces/shop/services/web/status";
        server.answer("PATCH " + path, Answer.ok("{}"));
        int reads = server.calls("GET").size();
        kubernetes.patch(web(), REMOVE);
        assertThat(server.calls("PATCH"))
                .containsExactly(
                        new Call(
                                "PATCH",
                                path,
                                "application/strategic-merge-patch+json",
                                StatusPatch.json(web(), REMOVE)));
        assertThat(server.calls("GET")).hasSize(reads);
    }

    @Test
    void triesAWriteOnce() throws Exception {
        start();
        server.answer(
                "PATCH /api/v1/namespaces/shop/services/web/status", Answer.status(503, "later"));
        assertThatThrownBy(() -> kubernetes.patch(web(), REMOVE))
                .isInstanceOf(KubernetesException.class)
                .hasMessageContaining("cannot patch services/status")
                .hasMessageContaining("503 later");
        assertThat(server.calls("PATCH")).hasSize(1);
    }

    private void start() throws InterruptedException {
        kubernetes.start(new Listener(), SYNC_MAX);
        assertThat(nextTwo()).containsExactlyInAnyOrder("shop/web", "nodes");
    }

    private ServiceSnapshot web() {
        return kubernetes.service(new ServiceKey("shop", "web")).orElseThrow();
    }

    private List<String> nextTwo() throws InterruptedException {
        String first = next();
        return List.of(first, next());
    }

    private String next() throws InterruptedException {
        return String.valueOf(heard.poll(20, TimeUnit.SECONDS));
    }

    private static String service(String name, String version, String annotation) {
        return Objects.serviceJson(
                "\"name\":\"%s\",\"namespace\":\"shop\",\"uid\":\"u-%s\",\"resourceVersion\":\"%s\",\"annotations\":{\"a\":\"%s\"}"
                        .formatted(name, name, version, annotation),
                "");
    }

    private static String node(String name, String version, String label) {
        return Objects.nodeJson(
                "\"name\":\"%s\",\"resourceVersion\":\"%s\",\"labels\":{\"l\":\"%s\"}"
                        .formatted(name, version, label),
                "");
    }

    private final class Listener implements ChangeListener {
        @Override
        public void serviceChanged(ServiceKey key) {
            heard.add(key.toString());
        }

        @Override
        public void nodesChanged() {
            heard.add("nodes");
        }
    }
}
