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

        /// The Service's, not the node's.
        int port();
    }

    record NodePort(String node, ServiceKey service, Protocol protocol, int port)
            implements Entry {}

    record ClusterIp(ServiceKey service, Protocol protocol, int port) implements Entry {}

    /// One of the pages that a node answers about itself.
    sealed interface Page extends Purpose {
        String node();
    }

    record ServiceHealth(String node, ServiceKey service) implements Page {}

    record ProxyHealth(String node) implements Page {}

    record ProxyMode(String node) implements Page {}

    record PodApp(String name, String address, String node, View.App app) implements Purpose {}

    /// Whose connections these are. A node's pages have a number of their own, so that a node full
    /// of connections still says that it is well.
    default String owner() {
        return switch (this) {
            case NodePort port -> port.node();
            case ClusterIp _ -> CLUSTER;
            case Page page -> page.node() + " health";
            case PodApp pod -> owner(pod.name(), pod.address());
        };
    }

    /// What the owner offers here.
    default String subject() {
        return switch (this) {
            case Entry e -> "%s %s/%d".formatted(e.service(), e.protocol(), e.port());
            case ServiceHealth(_, ServiceKey service) -> service + " health";
            case ProxyHealth _ -> "kube-proxy health";
            case ProxyMode _ -> "kube-proxy mode";
            case PodApp pod -> "%s/%d".formatted(pod.app().protocol(), pod.app().port());
        };
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
                    .filter(port ->
                            port.protocol() == Protocol.TCP || port.protocol() == Protocol.UDP)
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
