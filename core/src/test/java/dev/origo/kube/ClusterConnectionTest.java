package dev.origo.kube;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.kube.FakeApiServer.Answer;
import dev.origo.reconcile.KubernetesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterConnectionTest {
    @TempDir Path directory;

    @Test
    void namesTheFileThatIsNotThere() {
        String file = directory.resolve("none").toString();
        assertThatThrownBy(() -> ClusterConnection.connect(new ClusterAccess(file, "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no kubeconfig " + file);
    }

    @Test
    void namesTheFileThatIsNoKubeconfig() throws IOException {
        Path file = Files.writeString(directory.resolve("broken"), "contexts: {not: a list}");
        assertThatThrownBy(() -> ClusterConnection.connect(new ClusterAccess(file.toString(), "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kubeconfig " + file + " cannot be read");
    }

    @Test
    void namesTheContextThatIsNotThereAndThoseThatAre() {
        try (FakeApiServer server = new FakeApiServer();
                ClusterConnection cluster = server.connect(directory)) {
            String file = directory.resolve("kubeconfig").toString();
            assertThat(cluster.where())
                    .isEqualTo(server.url() + "/ (context fake of " + file + ")");
            assertThatThrownBy(() -> ClusterConnection.connect(new ClusterAccess(file, "prod")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(file + " has no context 'prod'; it has [fake]");
        }
    }

    @Test
    void asksForAContextWhereNoneIsCurrent() throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("k"),
                        "contexts: [{name: b, context: {}}, {name: a, context: {}}]");
        assertThatThrownBy(() -> ClusterConnection.connect(new ClusterAccess(file.toString(), "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + " has no current context; name one of [a, b]");
    }

    @Test
    void saysWhichKeysCanBeUsed() throws IOException {
        String rubbish = Base64.getEncoder().encodeToString("no PEM".getBytes(UTF_8));
        Path file =
                Files.writeString(
                        directory.resolve("k"),
                        """
                        clusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}]
                        users: [{name: a, user: {client-certificate-data: %1$s, client-key-data: %1$s}}]
                        contexts: [{name: a, context: {cluster: a, user: a}}]
                        current-context: a
                        """
                                .formatted(rubbish));
        assertThatThrownBy(() -> ClusterConnection.connect(new ClusterAccess(file.toString(), "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(context a of " + file + ") cannot be used")
                .hasMessageContaining("openssl ec")
                .hasMessageNotContaining(rubbish);
    }

    @Test
    void readsTheClustersIdentity() {
        try (FakeApiServer server = new FakeApiServer();
                ClusterConnection cluster = server.connect(directory)) {
            server.answer(
                    "GET /api/v1/namespaces/kube-system",
                    Answer.ok("{\"kind\":\"Namespace\",\"metadata\":{\"uid\":\"abc\"}}"));
            assertThat(cluster.clusterUid()).isEqualTo("abc");
        }
    }

    @Test
    void namesContextAndUrlOfAnApiServerThatDoesNotAnswer() {
        FakeApiServer server = new FakeApiServer();
        try (ClusterConnection cluster = server.connect(directory)) {
            server.close();
            assertThatThrownBy(cluster::clusterUid)
                    .isInstanceOf(KubernetesException.class)
                    .hasMessageContaining("cannot get namespaces at " + server.url())
                    .hasMessageContaining("context fake of");
        }
    }
}
