package dev.origo.kube;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/// Objects of the API, written as their JSON.
final class Objects {
    private static final KubernetesSerialization JSON = new KubernetesSerialization();

    private Objects() {}

    /// @param rest more members of the object, as `,"spec":{}`; empty for none
    static String serviceJson(String meta, String rest) {
        return "{\"kind\":\"Service\",\"apiVersion\":\"v1\",\"metadata\":{%s}%s}"
                .formatted(meta, rest);
    }

    static Service service(String meta, String rest) {
        return service(serviceJson(meta, rest));
    }

    static Service service(String json) {
        return JSON.unmarshal(json, Service.class);
    }

    static String nodeJson(String meta, String rest) {
        return "{\"kind\":\"Node\",\"apiVersion\":\"v1\",\"metadata\":{%s}%s}"
                .formatted(meta, rest);
    }

    static Node node(String meta, String rest) {
        return node(nodeJson(meta, rest));
    }

    static Node node(String json) {
        return JSON.unmarshal(json, Node.class);
    }
}
