import dev.origo.embedded.kubeapi.KubernetesApi;
import dev.origo.embedded.kubeapi.Settings;
import dev.origo.loop.VirtualTasks;
import java.nio.file.Files;
import java.nio.file.Path;

/// Serves the embedded Kubernetes API until it is ended; writes its kubeconfig to the path given.
final class ServeKubernetes {
    public static void main(String[] arguments) throws Exception {
        try (var tasks = new VirtualTasks(Throwable::printStackTrace);
                var api = KubernetesApi.start(Settings.usual(tasks))) {
            Files.writeString(Path.of(arguments[0]), api.kubeconfig());
            Thread.currentThread().join();
        }
    }
}
