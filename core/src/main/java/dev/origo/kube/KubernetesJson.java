package dev.origo.kube;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import tools.jackson.databind.ObjectMapper;

/// Reads and writes the API server's objects. Knows the kinds that we read and no others: the
/// client library's own search of the class path loads every kind that Kubernetes has, some 500
/// classes.
///
/// Thread rule: any thread.
final class KubernetesJson {
    /// The one of the process, so that what it learns of the classes is learned once.
    static final KubernetesSerialization JSON = make();

    private KubernetesJson() {}

    private static KubernetesSerialization make() {
        var json = new KubernetesSerialization(new ObjectMapper(), false);
        List.of(Service.class, Node.class, Lease.class, Namespace.class, Status.class)
                .forEach(json::registerKubernetesResource);
        return json;
    }
}
