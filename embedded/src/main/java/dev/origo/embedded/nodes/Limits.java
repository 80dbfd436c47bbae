package dev.origo.embedded.nodes;

import dev.origo.embedded.nodes.SimulatedCluster.Config;
import java.util.ArrayList;
import java.util.List;

/// What a simulated cluster can't do as a real one does.
final class Limits {
    private static final List<String> ALWAYS =
            List.of(
                    "Where policy Local has no endpoint on a node, a TCP connection to that node is reset;"
                            + " the real kube-proxy drops its packets, so that a client waits until it gives"
                            + " up. Datagrams are dropped as there.",
                    "The client's address is kept, its port is not.",
                    "One client address has about 28,000 connections at a time (on Linux the range"
                            + " net.ipv4.ip_local_port_range); more are refused.",
                    "Addresses are IPv4: pods in 10.244.0.0/16, cluster IPs in 10.96.0.0/12.",
                    "Ports below 1024 that the system keeps for root are on another port of the same"
                            + " address.");

    private static final List<String> ONE_ADDRESS =
            List.of(
                    "This machine has one loopback address, so nodes, pods and cluster IPs differ by port"
                            + " only, and the ports are not those that Kubernetes knows.",
                    "Every application sees 127.0.0.1, whatever the policy: the client's address is not"
                            + " kept, and a node's own address can't be shown instead.",
                    "sessionAffinity ClientIP takes all clients for one.",
                    "internalTrafficPolicy Local finds no endpoint, as the client's node is not known.");

    private Limits() {}

    static List<String> of(Config config) {
        List<String> limits = new ArrayList<>(ALWAYS);
        limits.add(
                "A node, a pod, and all cluster IPs together have %d connections each; more are refused."
                        .formatted(config.connectionsMax()));
        limits.add(
                "A connection without traffic ends after %d to %d seconds."
                        .formatted(
                                config.idleTimeout().toSeconds(),
                                2 * config.idleTimeout().toSeconds()));
        if (config.oneAddress()) {
            limits.addAll(ONE_ADDRESS);
        }
        return List.copyOf(limits);
    }
}
