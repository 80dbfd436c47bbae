package dev.origo.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.Carrier;
import dev.origo.model.HealthCheck;
import dev.origo.model.PortPath;
import dev.origo.model.TrafficPolicy;
import dev.origo.spi.TargetHealth;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HealthPortTest {
    private static final HealthCheck.Probe KUBE_PROXY = new HealthCheck.Http(10256, "/healthz");
    private static final HealthCheck.Probe TRAFFIC = new HealthCheck.TrafficPort();
    private static final TargetHealth ALL_FAIL = health(0, 2, 0);

    record Row(
            String name,
            TrafficPolicy policy,
            List<PortPath> paths,
            TargetHealth health,
            boolean silent) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row cluster(
            String name, List<PortPath> paths, TargetHealth health, boolean silent) {
        return new Row(name, TrafficPolicy.CLUSTER, paths, health, silent);
    }

    private static TargetHealth health(int healthy, int total, int unjudged) {
        return new TargetHealth(healthy, total, Map.of("i-1", "why"), unjudged);
    }

    private static PortPath path(PortPath.Targets targets, HealthCheck.Probe probe) {
        return new PortPath(
                80, PortPath.Kind.TCP, targets, Carrier.PACKET, true, false, false, probe, false);
    }

    static List<Row> rows() {
        PortPath asked = path(PortPath.Targets.INSTANCES, KUBE_PROXY);
        PortPath byAddress = path(PortPath.Targets.NODE_ADDRESSES, KUBE_PROXY);
        PortPath pods = path(PortPath.Targets.PODS, KUBE_PROXY);
        PortPath traffic = path(PortPath.Targets.INSTANCES, TRAFFIC);
        PortPath other = path(PortPath.Targets.INSTANCES, new HealthCheck.Http(30080, "/healthz"));
        return List.of(
                cluster("every node fails", List.of(asked, asked), ALL_FAIL, true),
                cluster("nodes known by address", List.of(byAddress), ALL_FAIL, true),
                new Row("policy Local", TrafficPolicy.LOCAL, List.of(asked), ALL_FAIL, false),
                cluster("one node answers", List.of(asked), health(1, 2, 0), false),
                cluster("one node is new", List.of(asked), health(0, 2, 1), false),
                cluster("there is no node", List.of(asked), health(0, 0, 0), false),
                cluster("the traffic port is asked", List.of(traffic), ALL_FAIL, false),
                cluster("another port is asked", List.of(other), ALL_FAIL, false),
                cluster("one port has its own check", List.of(asked, other), ALL_FAIL, false),
                cluster("pods are asked", List.of(pods), ALL_FAIL, false),
                cluster("nothing is served", List.of(), ALL_FAIL, false));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void toldWhereEveryNodeWasAskedThereAndFails(Row row) {
        assertThat(HealthPort.isSilent(row.policy(), row.paths(), row.health()))
                .isEqualTo(row.silent());
    }
}
