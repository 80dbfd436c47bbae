package dev.origo.embedded.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.embedded.nodes.Purpose.Entry;
import dev.origo.embedded.nodes.Purpose.NodePort;
import dev.origo.embedded.nodes.Routing.Forward;
import dev.origo.embedded.nodes.View.Endpoint;
import dev.origo.embedded.nodes.View.Service;
import dev.origo.model.Affinity;
import dev.origo.model.Protocol;
import dev.origo.model.ServiceKey;
import dev.origo.model.TrafficPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// sessionAffinity ClientIP, with a timeout of a minute and many pods to choose from.
class RouterTest {
    private static final ServiceKey KEY = new ServiceKey("default", "web");
    private static final List<Endpoint> PODS =
            IntStream.range(1, 200)
                    .mapToObj(i -> Endpoint.ready("10.244.1." + i, 80, "n1"))
                    .toList();
    private static final View VIEW =
            new View(
                    List.of(),
                    List.of(
                            new Service(
                                    KEY,
                                    "None",
                                    List.of(),
                                    TrafficPolicy.CLUSTER,
                                    TrafficPolicy.CLUSTER,
                                    0,
                                    new Affinity.ClientIp(Duration.ofMinutes(1)))),
                    List.of());

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final Router router = new Router(new Random(3), now::get);

    private Endpoint pick(String node, String client, List<Endpoint> pods) {
        Entry via = new NodePort(node, KEY, Protocol.TCP, 80);
        return router.pick(VIEW, via, client, new Forward(pods, client)).endpoint();
    }

    private void wait(int seconds) {
        now.updateAndGet(before -> before.plusSeconds(seconds));
    }

    @Test
    void eachConnectionExtendsTheTime() {
        Endpoint first = pick("n1", "192.0.2.1", PODS);
        for (int i = 0; i < 5; i++) {
            wait(59);
            assertThat(pick("n1", "192.0.2.1", PODS)).isEqualTo(first);
        }
        wait(60);
        assertThat(pick("n1", "192.0.2.1", PODS)).isNotEqualTo(first);
    }

    @Test
    void aPodThatIsGoneIsForgotten() {
        Endpoint first = pick("n1", "192.0.2.1", PODS);
        List<Endpoint> others = PODS.stream().filter(e -> !e.equals(first)).toList();

        Endpoint second = pick("n1", "192.0.2.1", others);

        assertThat(pick("n1", "192.0.2.1", PODS)).isEqualTo(second).isNotEqualTo(first);
    }

    @Test
    void clientsAndNodesAreKeptApart() {
        Endpoint first = pick("n1", "192.0.2.1", PODS);

        assertThat(pick("n1", "192.0.2.2", PODS)).isNotEqualTo(first);
        assertThat(pick("n2", "192.0.2.1", PODS)).isNotEqualTo(first);
    }
}
