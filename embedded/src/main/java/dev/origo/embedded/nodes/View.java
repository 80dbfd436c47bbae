package dev.origo.embedded.nodes;

import dev.origo.model.Affinity;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceKey;
import dev.origo.model.TrafficPolicy;
import java.util.List;
import java.util.Optional;

/// The whole wanted state of the simulated cluster. Addresses are those that Kubernetes knows; see
/// [Addresses] for where they really are.
public record View(List<Node> nodes, List<Service> services, List<Pod> pods) {
    public static final View EMPTY = new View(List.of(), List.of(), List.of());

    public View {
        nodes = List.copyOf(nodes);
        services = List.copyOf(services);
        pods = List.copyOf(pods);
    }

    /// A node with its kube-proxy.
    ///
    /// @param address on loopback, as 127.0.1.1; where the machine has one address only, any
    /// @param eligible false while the node is being deleted or tainted by the cluster autoscaler
    ///   (`ToBeDeletedByClusterAutoscaler`)
    /// @param proxyHealthy whether kube-proxy keeps up with changes
    public record Node(String name, String address, boolean eligible, boolean proxyHealthy) {
        public static Node of(String name, String address) {
            return new Node(name, address, true, true);
        }
    }

    /// A Service, as kube-proxy sees it.
    ///
    /// @param clusterIp empty or `None` for none
    /// @param external externalTrafficPolicy
    /// @param internal internalTrafficPolicy
    /// @param healthCheckNodePort 0 for none
    public record Service(
            ServiceKey key,
            String clusterIp,
            List<Port> ports,
            TrafficPolicy external,
            TrafficPolicy internal,
            int healthCheckNodePort,
            Affinity affinity) {
        public Service {
            ports = List.copyOf(ports);
        }

        boolean hasClusterIp() {
            return !clusterIp.isEmpty() && !clusterIp.equals("None");
        }

        Optional<Port> port(Protocol protocol, int number) {
            return ports.stream()
                    .filter(p -> p.protocol() == protocol && p.port() == number)
                    .findFirst();
        }
    }

    /// A port of a Service with its endpoints, whose ports are the resolved target ports.
    ///
    /// @param nodePort 0 for none
    public record Port(Protocol protocol, int port, int nodePort, List<Endpoint> endpoints) {
        public Port {
            endpoints = List.copyOf(endpoints);
        }
    }

    /// A pod behind a port of a Service, with the conditions of its EndpointSlice.
    public record Endpoint(
            String address,
            int port,
            String node,
            boolean ready,
            boolean serving,
            boolean terminating) {
        public static Endpoint ready(String address, int port, String node) {
            return new Endpoint(address, port, node, true, true, false);
        }
    }

    /// A pod that runs.
    ///
    /// @param name as `default/web-1`
    /// @param address in 10.244.0.0/16
    public record Pod(String name, String address, String node, List<App> apps) {
        public Pod {
            apps = List.copyOf(apps);
        }
    }

    /// What a pod does on a port.
    ///
    /// @param proxyProtocol whether each connection must begin with a PROXY header, v1 or v2, as
    ///   nginx's `listen ... proxy_protocol` has it; without meaning for UDP
    public record App(int port, Speaks speaks, boolean proxyProtocol) {
        public static App http(int port) {
            return new App(port, Speaks.HTTP, false);
        }

        Protocol protocol() {
            return speaks == Speaks.UDP ? Protocol.UDP : Protocol.TCP;
        }
    }

    public enum Speaks {
        /// Answers each request with what it sees, as registry.k8s.io/echoserver does.
        HTTP,
        /// The same over TLS, with a certificate that it signed itself.
        HTTPS,
        /// Says in the first lines whom it sees, then returns each byte.
        PEER,
        /// Answers each datagram with whom it sees and what it got.
        UDP
    }

    Optional<Node> node(String name) {
        return nodes.stream().filter(n -> n.name().equals(name)).findFirst();
    }

    Optional<Service> service(ServiceKey key) {
        return services.stream().filter(s -> s.key().equals(key)).findFirst();
    }

    /// The node that a client is on: a pod's, or a node itself; empty outside of the cluster.
    String home(String client) {
        return pods.stream()
                .filter(p -> p.address().equals(client))
                .map(Pod::node)
                .findFirst()
                .or(() ->
                        nodes.stream()
                                .filter(n -> n.address().equals(client))
                                .map(Node::name)
                                .findFirst())
                .orElse("");
    }
}
