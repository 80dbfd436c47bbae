package dev.origo.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.origo.desire.NodeEligibility;
import dev.origo.fuzz.Inputs;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.ServiceSnapshot;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Objects of the API server as watches bring them: whatever the library can read, we can map. One
/// object that we can't would end the watch of all.
final class ManifestsFuzzTest {
    static Stream<byte[]> services() {
        return Inputs.of(
                List.of(
                        """
                        {"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":"b","uid":"u",
                        "generation":1,"annotations":{"k":"v"},"finalizers":["f"]},"spec":{"type":"LoadBalancer",
                        "ports":[{"name":"x","port":80,"protocol":"TCP","nodePort":30080,"targetPort":"x"}],
                        "externalTrafficPolicy":"Local","healthCheckNodePort":32000,"ipFamilies":["IPv4","IPv6"],
                        "sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10}},
                        "loadBalancerSourceRanges":["10.0.0.0/8"],"clusterIPs":["10.96.0.1"]}}\
                        """,
                        """
                        {"metadata":{"name":"a","annotations":null,"finalizers":null},
                        "spec":{"ports":[{"port":80,"protocol":"SCTP"}],"ipFamilies":null,"clusterIP":"None"},
                        "status":{"loadBalancer":{"ingress":[{"ip":"1.2.3.4","ipMode":"VIP",
                        "ports":[{"port":80,"protocol":"TCP","error":"x"}]},{"hostname":"h"}]},
                        "conditions":[{"type":"t","status":"True","reason":"r","message":"m",
                        "lastTransitionTime":"2026-01-01T00:00:00Z","observedGeneration":1}]}}\
                        """,
                        """
                        {"metadata":{"name":"a"},"spec":{"ports":[{"port":70000,"protocol":"QUIC"}]},
                        "status":{"conditions":[{"lastTransitionTime":"yesterday"}]}}\
                        """));
    }

    static Stream<byte[]> nodes() {
        return Inputs.of(
                List.of(
                        """
                        {"apiVersion":"v1","kind":"Node","metadata":{"name":"n","labels":{"a":"b"}},
                        "spec":{"providerID":"aws:///eu-central-1a/i-1","taints":[{"key":"k","effect":"NoSchedule"}]},
                        "status":{"addresses":[{"type":"InternalIP","address":"10.0.0.1"},
                        {"type":"Hostname","address":"n"}]}}\
                        """,
                        """
                        {"metadata":{"name":"n","labels":null},"spec":{"taints":[{"effect":"NoExecute"}]},
                        "status":{"addresses":[{"type":"InternalIP"},{"address":"10.0.0.1"}]}}\
                        """));
    }

    @MethodSource("services")
    @FuzzTest
    void aServiceThatCanBeReadCanBeMapped(byte[] bytes) {
        read(bytes, Service.class)
                .filter(ManifestsFuzzTest::hasPorts)
                .ifPresent(service -> {
                    ServiceSnapshot snapshot = ServiceMapper.snapshot(service);
                    assertThat(snapshot.ipFamilies()).isNotEmpty();
                });
    }

    @MethodSource("nodes")
    @FuzzTest
    void aNodeThatCanBeReadCanBeMapped(byte[] bytes) {
        read(bytes, Node.class)
                .ifPresent(node -> {
                    NodeSnapshot snapshot = NodeMapper.snapshot(node);
                    assertThat(NodeEligibility.backends(List.of(snapshot)))
                            .hasSizeLessThanOrEqualTo(1);
                });
    }

    /// Empty for what the API server can't send: no JSON, an object without metadata, ports that
    /// are none.
    private static <T extends HasMetadata> Optional<T> read(byte[] bytes, Class<T> kind) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!text.startsWith("{")) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(KubernetesJson.JSON.unmarshal(text, kind))
                    .filter(object -> object.getMetadata() != null);
        } catch (KubernetesClientException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static boolean hasPorts(Service service) {
        return service.getSpec() == null
                || service.getSpec().getPorts().stream()
                        .allMatch(port -> isPort(port.getPort()) && isPort(port.getNodePort()));
    }

    private static boolean isPort(Integer port) {
        return port != null && port >= 0 && port <= 65535;
    }
}
