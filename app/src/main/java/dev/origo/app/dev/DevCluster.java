package dev.origo.app.dev;

import dev.origo.embedded.kubeapi.KubernetesApi;
import dev.origo.embedded.kubeapi.Settings;
import dev.origo.kube.ClusterAccess;
import dev.origo.kube.ClusterConnection;
import dev.origo.spi.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Where the Services are: in an API server of this process, or in a cluster of others.
///
/// Thread rule: any thread; close it last.
final class DevCluster implements AutoCloseable {
    /// Names of machines that no cloud runs. Source: the clusters' own providers; minikube and
    /// Docker Desktop give none.
    private static final Pattern LOCAL = Pattern.compile("|(kind|k3s|k3d|minikube)://.*");

    private static final String NAMESPACE = "origo-dev";

    private final ClusterConnection connection;
    private final ClusterAccess access;
    private final Optional<KubernetesApi> own;

    private DevCluster(
            ClusterConnection connection, ClusterAccess access, Optional<KubernetesApi> own) {
        this.connection = connection;
        this.access = access;
        this.own = own;
    }

    /// In this process. Its kubeconfig is a temporary file.
    ///
    /// @throws IOException where a port or a file cannot be had
    static DevCluster embedded(Tasks tasks) throws IOException {
        KubernetesApi kubernetes = KubernetesApi.start(Settings.usual(tasks));
        Path kubeconfig = Files.createTempFile("origo-dev-", ".kubeconfig");
        Files.writeString(kubeconfig, kubernetes.kubeconfig());
        ClusterAccess access = new ClusterAccess(kubeconfig.toString(), "");
        return new DevCluster(ClusterConnection.connect(access), access, Optional.of(kubernetes));
    }

    /// Of others.
    ///
    /// @throws IllegalArgumentException naming the file or context that is missing or unreadable
    /// @throws dev.origo.reconcile.KubernetesException where it does not answer
    static DevCluster given(ClusterAccess access) {
        ClusterConnection connection = ClusterConnection.connect(access);
        connection.clusterUid();
        return new DevCluster(connection, access, Optional.empty());
    }

    Api api() {
        return new Api(connection.objects());
    }

    ClusterAccess access() {
        return access;
    }

    String where() {
        return connection.where();
    }

    boolean isEmbedded() {
        return own.isPresent();
    }

    /// Where people make their things, and the tutorial its own.
    String namespace() {
        return isEmbedded() ? "default" : NAMESPACE;
    }

    /// Whether no cloud runs these nodes, so that nobody else serves Services without a class.
    static boolean areLocal(Stream<JsonNode> nodes) {
        return nodes.map(node -> node.at("/spec/providerID").asString(""))
                .allMatch(id -> LOCAL.matcher(id).matches());
    }

    @Override
    public void close() {
        connection.close();
        own.ifPresent(kubernetes -> {
            kubernetes.close();
            Path.of(access.kubeconfig()).toFile().delete();
        });
    }
}
