package dev.origo.reconcile;

import dev.origo.desire.Desire;
import dev.origo.model.Code;
import dev.origo.model.HealthCheck;
import dev.origo.model.PortPath;
import dev.origo.model.Problem;
import dev.origo.model.TrafficPolicy;
import dev.origo.spi.TargetHealth;
import java.util.List;

/// Whether kube-proxy's health port looks closed to the balancer: distributions that bind it to
/// loopback are told from nodes that fail. Pure.
final class HealthPort {
    /// The same each time, whatever nodes there are.
    static final Problem UNREACHABLE =
            Problem.error(
                    Code.HEALTH_PORT_UNREACHABLE,
                    "no node answers the balancer's health checks on kube-proxy's port %d, as where it listens on loopback only"
                            .formatted(Desire.KUBE_PROXY_HEALTH_PORT));

    private HealthPort() {}

    /// Whether every node is asked at that port, was judged, and fails.
    static boolean isSilent(TrafficPolicy policy, List<PortPath> paths, TargetHealth health) {
        return policy == TrafficPolicy.CLUSTER
                && health.total() > 0
                && health.healthy() == 0
                && health.unjudged() == 0
                && !paths.isEmpty()
                && paths.stream().allMatch(HealthPort::asksKubeProxy);
    }

    private static boolean asksKubeProxy(PortPath path) {
        return path.targets() != PortPath.Targets.PODS
                && path.probe() instanceof HealthCheck.Http(int port, String _)
                && port == Desire.KUBE_PROXY_HEALTH_PORT;
    }
}
