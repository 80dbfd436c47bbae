package dev.origo.kube;

import dev.origo.loop.LeaseStore;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// One cluster and the credentials to talk to it. Making it calls nobody.
///
/// Thread rule: any thread; close it last.
public final class ClusterConnection implements AutoCloseable {
    /// Well below what the reconciler may take for a Service.
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration WATCH_RETRY_FIRST = Duration.ofSeconds(1);
    private static final String NAMESPACE_DEFAULT = "default";

    private final KubernetesClient client;
    private final ExecutorService threads;
    private final String where;

    private ClusterConnection(Config config) {
        threads = Executors.newVirtualThreadPerTaskExecutor();
        where = describe(config);
        client =
                new KubernetesClientBuilder()
                        .withConfig(config)
                        .withKubernetesSerialization(KubernetesJson.JSON)
                        .withHttpClientFactory(new JdkHttpClientFactory())
                        .withTaskExecutor(threads)
                        .build();
    }

    /// Reads the kubeconfig, or the pod's service account.
    ///
    /// @throws IllegalArgumentException naming the file or context that is missing or unreadable
    public static ClusterConnection connect(ClusterAccess access) {
        Config config = config(access);
        checkContext(config, access);
        config.setRequestTimeout(Math.toIntExact(REQUEST_TIMEOUT.toMillis()));
        config.setConnectionTimeout(Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
        config.setWatchReconnectInterval(Math.toIntExact(WATCH_RETRY_FIRST.toMillis()));
        config.setWatchReconnectLimit(-1);
        // The work queue and the watches retry; a client that does as well multiplies.
        config.setRequestRetryBackoffLimit(0);
        // A plain HTTP watch of fabric8 8.0.0 breaks after an event with non-ASCII text and lists
        // anew.
        config.setOnlyHttpWatches(false);
        config.setUserAgent("origo");
        try {
            return new ClusterConnection(config);
        } catch (RuntimeException e) { // the library throws whatever its reader of keys throws
            throw new IllegalArgumentException(
                    "the client certificate or key of %s cannot be used: %s; a key is to be PKCS#8 or PKCS#1 if it is RSA, and SEC 1 (openssl ec -in KEY) if it is EC"
                            .formatted(describe(config), ApiServer.rootOf(e).getMessage()),
                    e);
        }
    }

    /// UID of the kube-system namespace, which tells clusters apart.
    ///
    /// @throws dev.origo.reconcile.KubernetesException naming context and URL
    public String clusterUid() {
        String body =
                api().send(
                                new ApiServer.Request(
                                        ApiServer.Verb.GET,
                                        "namespaces",
                                        "api/v1/namespaces/kube-system",
                                        REQUEST_TIMEOUT),
                                "",
                                "");
        return KubernetesJson.JSON.unmarshal(body, Namespace.class).getMetadata().getUid();
    }

    /// Namespace of the context, or of the pod; `default` where neither tells.
    public String namespace() {
        String namespace = ServiceMapper.text(client.getConfiguration().getNamespace());
        return namespace.isEmpty() ? NAMESPACE_DEFAULT : namespace;
    }

    /// The context and URL, for messages.
    public String where() {
        return where;
    }

    /// A lease of this cluster.
    ///
    /// @param callTimeout bounds each call; well below the lease's duration
    public LeaseStore lease(String namespace, String name, Duration callTimeout) {
        return new KubernetesLease(api(), namespace, name, callTimeout);
    }

    /// All that is in this cluster.
    public ClusterObjects objects() {
        return new ClusterObjects(client, api());
    }

    ApiServer api() {
        return new ApiServer(client, where);
    }

    KubernetesClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        threads.shutdownNow();
    }

    private static Config config(ClusterAccess access) {
        if (access.kubeconfig().isEmpty()) {
            return usualConfig(access.context());
        }
        File file = new File(access.kubeconfig());
        if (!file.isFile()) {
            throw new IllegalArgumentException("there is no kubeconfig " + file);
        }
        return parsed(file.toString(), () -> Config.fromKubeconfig(access.context(), file));
    }

    private static Config usualConfig(String context) {
        List<String> files = List.copyOf(Config.getKubeconfigFilenames());
        boolean inPod = System.getenv(Config.KUBERNETES_SERVICE_HOST_PROPERTY) != null;
        boolean named = System.getenv("KUBERNETES_MASTER") != null;
        if (!inPod && !named && files.stream().noneMatch(file -> new File(file).isFile())) {
            throw new IllegalArgumentException(
                    "no cluster is known: there is no kubeconfig %s, and this is no pod"
                            .formatted(String.join(", ", files)));
        }
        return parsed(String.join(", ", files), () -> Config.autoConfigure(context));
    }

    private static Config parsed(String files, Supplier<Config> parse) {
        try {
            return parse.get();
        } catch (RuntimeException e) { // the library throws whatever its parser throws
            throw new IllegalArgumentException(
                    "kubeconfig %s cannot be read: %s"
                            .formatted(files, ApiServer.rootOf(e).getMessage()),
                    e);
        }
    }

    /// fabric8 takes another context than the wanted one without a word.
    private static void checkContext(Config config, ClusterAccess access) {
        NamedContext current = config.getCurrentContext();
        boolean wanted = !access.context().isEmpty();
        boolean found = current != null && (!wanted || current.getName().equals(access.context()));
        if (found || (!wanted && access.kubeconfig().isEmpty())) {
            return;
        }
        String file = access.kubeconfig().isEmpty() ? "the kubeconfig" : access.kubeconfig();
        List<String> known =
                ServiceMapper.list(config.getContexts()).stream()
                        .map(NamedContext::getName)
                        .sorted()
                        .toList();
        throw new IllegalArgumentException(
                wanted
                        ? "%s has no context '%s'; it has %s"
                                .formatted(file, access.context(), known)
                        : "%s has no current context; name one of %s".formatted(file, known));
    }

    private static String describe(Config config) {
        NamedContext context = config.getCurrentContext();
        File file = config.getFile();
        String source =
                context == null
                        ? ""
                        : " (context %s%s)"
                                .formatted(context.getName(), file == null ? "" : " of " + file);
        return config.getMasterUrl() + source;
    }
}
