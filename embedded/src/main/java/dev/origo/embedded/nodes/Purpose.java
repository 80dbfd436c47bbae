package dev.origo.embedded.nodes;

import dev.origo.model.Protocol;
import dev.origo.model.ServiceKey;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;

/// What a listener is for. Listeners with the same place and purpose are the same: what lies behind
/// them is looked up in the [View] for each connection.
sealed interface Purpose {
    /// Source: kube-proxy's defaults for `--metrics-bind-address` and `--healthz-bind-address`.
    int MODE_PORT = 10249;

    int HEALTH_PORT = 10256;

    /// The owner of what comes in through cluster IPs, which are on no node in particular.
    String CLUSTER = "cluster";

    /// Whose connections these are, as [#owner] of a node or pod.
    String owner();

    /// What the owner offers here, in a word.
    String subject();

    /// Where Kubernetes believes a listener to be.
    record Place(Protocol protocol, String address, int port) {
        @Override
        public String toString() {
            return "%s:%d/%s".formatted(address, port, protocol);
        }
    }

    /// A way into a Service.
    sealed interface Entry extends Purpose {
        ServiceKey service();

        Protocol protocol();

        int port();

        @Override
        default String subject() {
            return "%s %s/%d".formatted(service(), protocol(), port());
        }
    }

    /// The port of a Service on a node.
    ///
    /// @param port the Service's, not the node's
    record NodePort(String owner, ServiceKey service, Protocol protocol, int port)
            implements Entry {}

    record ClusterIp(ServiceKey service, Protocol protocol, int port) implements Entry {
        @Override
        public String owner() {
            return CLUSTER;
        }
    }

    /// One of the pages that a node answers about itself.
    sealed interface Page extends Purpose {
        String node();

        @Override
        default String owner() {
            return "%s health".formatted(node());
        }
    }

    record ServiceHealth(String node, ServiceKey service) implements Page {
        @Override
        public String subject() {
            return "%s health".formatted(service);
        }
    }

    record ProxyHealth(String node) implements Page {
        @Override
        public String subject() {
            return "kube-proxy health";
        }
    }

    record ProxyMode(String node) implements Page {
        @Override
        public String subject() {
            return "kube-proxy mode";
        }
    }

    record PodApp(String name, String address, String node, View.App app) implements Purpose {
        @Override
        public String owner() {
            return Purpose.owner(name, address);
        }

        @Override
        public String subject() {
            return "%s/%d".formatted(app.protocol(), app.port());
        }
    }

    /// All listeners of a cluster, pods first. A port of a Service without any endpoint has none:
    /// so the system refuses for it, as kube-proxy's reject rule does.
    static SequencedMap<Place, Purpose> wanted(View view) {
        SequencedMap<Place, Purpose> all = new LinkedHashMap<>();
        for (View.Pod pod : view.pods()) {
            for (View.App app : pod.apps()) {
                all.putIfAbsent(
                        new Place(app.protocol(), pod.address(), app.port()),
                        new PodApp(pod.name(), pod.address(), pod.node(), app));
            }
        }
        for (View.Node node : view.nodes()) {
            tcp(all, node, MODE_PORT, new ProxyMode(node.name()));
            tcp(all, node, HEALTH_PORT, new ProxyHealth(node.name()));
        }
        for (View.Service service : view.services()) {
            if (service.healthCheckNodePort() != 0) {
                for (View.Node node : view.nodes()) {
                    Purpose health = new ServiceHealth(node.name(), service.key());
                    tcp(all, node, service.healthCheckNodePort(), health);
                }
            }
            service.ports().stream()
                    .filter(port -> port.protocol() != Protocol.SCTP)
                    .filter(port -> !Routing.usable(port.endpoints()).isEmpty())
                    .forEach(port -> entries(all, view, service, port));
        }
        return all;
    }

    /// Whose connections there may be.
    static Set<String> owners(View view) {
        Set<String> owners = new HashSet<>(Set.of(CLUSTER));
        view.nodes().forEach(node -> owners.add(node.name()));
        view.nodes().forEach(node -> owners.add(new ProxyMode(node.name()).owner()));
        view.pods().forEach(pod -> owners.add(owner(pod.name(), pod.address())));
        return owners;
    }

    private static String owner(String pod, String address) {
        return "%s %s".formatted(pod, address);
    }

    private static void entries(
            SequencedMap<Place, Purpose> all, View view, View.Service service, View.Port port) {
        Protocol protocol = port.protocol();
        if (service.hasClusterIp()) {
            all.putIfAbsent(
                    new Place(protocol, service.clusterIp(), port.port()),
                    new ClusterIp(service.key(), protocol, port.port()));
        }
        if (port.nodePort() != 0) {
            for (View.Node node : view.nodes()) {
                all.putIfAbsent(
                        new Place(protocol, node.address(), port.nodePort()),
                        new NodePort(node.name(), service.key(), protocol, port.port()));
            }
        }
    }

    private static void tcp(
            SequencedMap<Place, Purpose> all, View.Node node, int port, Purpose purpose) {
        all.putIfAbsent(new Place(Protocol.TCP, node.address(), port), purpose);
    }
}
