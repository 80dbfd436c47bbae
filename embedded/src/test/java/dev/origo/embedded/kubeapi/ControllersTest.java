package dev.origo.embedded.kubeapi;

import static dev.origo.embedded.kubeapi.Cluster.DEPLOYMENTS;
import static dev.origo.embedded.kubeapi.Cluster.PODS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ControllersTest {
    private static final Duration START = Duration.ofMillis(300);
    private static final Duration STOP = Duration.ofSeconds(1);

    private final Cluster cluster = new Cluster();

    @BeforeEach
    void begin() {
        cluster.deployment("web", 3);
        cluster.service(
                "web",
                "\"selector\":{\"app\":\"web\"},\"ports\":[{\"port\":80,\"targetPort\":\"http\"}]");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void putsPodsOnReadyNodesInTurn() {
        assertThat(cluster.texts("Pod", "spec.nodeName"))
                .containsExactlyInAnyOrder("n1", "n1", "n2");
        assertThat(cluster.texts("Pod", "status.podIP"))
                .containsExactlyInAnyOrder("10.244.1.2", "10.244.1.3", "10.244.2.2");
        assertThat(cluster.texts("Pod", "status.hostIP")).containsOnly("127.0.10.1", "127.0.10.2");
    }

    @Test
    void callsPodsReadyAfterAMoment() {
        assertThat(endpoints())
                .allMatch(e -> e.endsWith("ready=false serving=false terminating=false"));
        assertThat(cluster.get(DEPLOYMENTS + "/web").text("status.readyReplicas")).isEmpty();
        cluster.tasks.advance(START);
        assertThat(endpoints())
                .containsExactlyInAnyOrder(
                        "10.244.1.2 n1 z ready=true serving=true terminating=false",
                        "10.244.1.3 n1 z ready=true serving=true terminating=false",
                        "10.244.2.2 n2 z ready=true serving=true terminating=false");
        assertThat(cluster.get(DEPLOYMENTS + "/web").text("status.readyReplicas")).isEqualTo("3");
        assertThat(cluster.texts("Pod", "status.phase")).containsOnly("Running");
    }

    @Test
    void resolvesNamesOfPorts() {
        assertThat(Json.string(cluster.api.list("EndpointSlice").getFirst().path("ports")))
                .isEqualTo("[{\"name\":\"\",\"protocol\":\"TCP\",\"port\":8080}]");
    }

    @Test
    void aPodThatIsDeletedStillServesForAWhileAndIsReplaced() {
        cluster.tasks.advance(START);
        String first = cluster.texts("Pod", "metadata.name").getFirst();
        cluster.delete(PODS + "/" + first);
        assertThat(endpoints())
                .filteredOn(e -> e.endsWith("ready=false serving=true terminating=true"))
                .hasSize(1);
        assertThat(cluster.texts("Pod", "metadata.name")).hasSize(4).contains(first);
        cluster.tasks.advance(STOP);
        assertThat(cluster.texts("Pod", "metadata.name")).hasSize(3).doesNotContain(first);
        assertThat(endpoints()).hasSize(3).allMatch(e -> e.contains("ready=true"));
    }

    @Test
    void aLongNameIsCutForItsPods() {
        cluster.deployment("x".repeat(250), 1);
        assertThat(cluster.texts("Pod", "metadata.name"))
                .filteredOn(name -> name.startsWith("xxx"))
                .singleElement()
                .matches(name -> name.length() == 63);
    }

    @Test
    void scalesDownToNothing() {
        cluster.tasks.advance(START);
        cluster.patch(DEPLOYMENTS + "/web", Patches.MERGE, "{\"spec\":{\"replicas\":0}}");
        cluster.tasks.advance(STOP);
        assertThat(cluster.texts("Pod", "metadata.name")).isEmpty();
        assertThat(endpoints()).isEmpty();
    }

    @Test
    void replacesPodsOfAnOldTemplateWithoutAGap() {
        cluster.tasks.advance(START);
        Set<String> old = new HashSet<>(cluster.texts("Pod", "metadata.name"));
        cluster.patch(
                DEPLOYMENTS + "/web",
                Patches.STRATEGIC,
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"echo:2\"}]}}}}");
        assertThat(endpoints()).filteredOn(e -> e.contains("ready=true")).hasSize(3);
        cluster.tasks.advance(START);
        assertThat(endpoints()).filteredOn(e -> e.contains("ready=true")).hasSize(3);
        cluster.tasks.advance(STOP);
        assertThat(cluster.texts("Pod", "metadata.name"))
                .hasSize(3)
                .doesNotContainAnyElementsOf(old);
        assertThat(cluster.get(DEPLOYMENTS + "/web").text("status.updatedReplicas")).isEqualTo("3");
    }

    @Test
    void podsOfANodeThatIsNotReadyAreNotReady() {
        cluster.tasks.advance(START);
        condition("n2", "False");
        assertThat(endpoints())
                .filteredOn(e -> e.contains("ready=false"))
                .hasSize(1)
                .allMatch(e -> e.contains(" n2 "));
        condition("n2", "True");
        assertThat(endpoints()).allMatch(e -> e.contains("ready=true"));
    }

    @Test
    void podsGoWithTheirNodeAndComeUpElsewhere() {
        cluster.delete("/api/v1/nodes/n1");
        assertThat(cluster.texts("Pod", "spec.nodeName")).containsExactly("n2", "n2", "n2");
        cluster.delete("/api/v1/nodes/n2");
        assertThat(cluster.texts("Pod", "status.phase"))
                .containsExactly("Pending", "Pending", "Pending");
        cluster.node("n3", "127.0.10.3", "False");
        cluster.node("n4", "127.0.10.4", "True");
        cluster.tasks.run();
        assertThat(cluster.texts("Pod", "spec.nodeName")).containsExactly("n4", "n4", "n4");
    }

    @Test
    void podsGoWithTheirDeploymentAndSlicesWithTheirService() {
        cluster.delete(DEPLOYMENTS + "/web");
        cluster.tasks.advance(STOP);
        assertThat(cluster.texts("Pod", "metadata.name")).isEmpty();
        cluster.delete(Cluster.SERVICES + "/web");
        assertThat(cluster.texts("EndpointSlice", "metadata.name")).isEmpty();
    }

    @Test
    void aNamespaceGoesWhenAllInItIsGone() {
        cluster.post(
                "/api/v1/namespaces",
                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"shop\"}}");
        String services = "/api/v1/namespaces/shop/services";
        cluster.post(services, Cluster.serviceBody("web", "\"ports\":[{\"port\":80}]"));
        cluster.patch(
                services + "/web", Patches.MERGE, "{\"metadata\":{\"finalizers\":[\"a/b\"]}}");
        cluster.delete("/api/v1/namespaces/shop");
        assertThat(cluster.get("/api/v1/namespaces/shop").text("status.phase"))
                .isEqualTo("Terminating");
        assertThat(
                        cluster.post(
                                        services,
                                        Cluster.serviceBody("x", "\"ports\":[{\"port\":80}]"))
                                .text("message"))
                .isEqualTo(
                        "services \"x\" is forbidden: unable to create new content in namespace shop because it is being terminated");
        cluster.patch(services + "/web", Patches.MERGE, "{\"metadata\":{\"finalizers\":null}}");
        assertThat(cluster.get("/api/v1/namespaces/shop").code()).isEqualTo(404);
    }

    @Test
    void listenersHearEachChangeInOrder() {
        List<String> heard = new ArrayList<>();
        cluster.api.onChange(change -> heard.add(change.kind() + (change.gone() ? " gone" : "")));
        cluster.service("x", "\"ports\":[{\"port\":80}]");
        cluster.delete(Cluster.SERVICES + "/x");
        assertThat(heard).containsExactly("Service", "Service gone");
    }

    private void condition(String node, String ready) {
        cluster.patch(
                "/api/v1/nodes/%s/status".formatted(node),
                Patches.STRATEGIC,
                "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"%s\"}]}}"
                        .formatted(ready));
    }

    private List<String> endpoints() {
        return cluster.api.list("EndpointSlice").stream()
                .flatMap(slice -> Json.stream(slice, "endpoints"))
                .map(e ->
                        "%s %s %s ready=%s serving=%s terminating=%s"
                                .formatted(
                                        Json.texts(e, "addresses").getFirst(),
                                        Json.text(e, "nodeName"),
                                        Json.text(e, "zone"),
                                        Json.text(e, "conditions.ready"),
                                        Json.text(e, "conditions.serving"),
                                        Json.text(e, "conditions.terminating")))
                .toList();
    }
}
