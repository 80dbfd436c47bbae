package dev.origo.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.origo.model.ServiceSnapshot;
import dev.origo.testing.FakeKubernetes;
import dev.origo.testing.Samples;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FencedKubernetesTest {
    private static final ServicePatch PATCH =
            new ServicePatch(
                    ServicePatch.FinalizerChange.REMOVE,
                    new ServicePatch.KeepIngress(),
                    List.of(),
                    Set.of());

    private final FakeKubernetes cluster = new FakeKubernetes();
    private final ServiceSnapshot service = Samples.service().build();
    private boolean mayWrite;
    private final FencedKubernetes fenced = new FencedKubernetes(cluster, () -> mayWrite);

    @BeforeEach
    void aService() {
        cluster.put(Samples.service());
    }

    @Test
    void noPatchIsSentWithoutTheLease() {
        assertThatExceptionOfType(KubernetesException.class)
                .isThrownBy(() -> fenced.patch(service, PATCH))
                .withMessageContaining("waits for the lease")
                .satisfies(e -> assertThat(e.kind()).isEqualTo(KubernetesException.Kind.FENCED));
        assertThat(cluster.patches).isEmpty();
    }

    @Test
    void patchesPassWithTheLease() {
        mayWrite = true;
        fenced.patch(service, PATCH);
        assertThat(cluster.patches).containsExactly(PATCH);
    }

    @Test
    void readsAndEventsPassWithoutTheLease() {
        fenced.event(service, new Event(false, "Reason", "message", "run"));
        assertThat(cluster.events).hasSize(1);
        assertThat(fenced.service(service.key())).isPresent();
    }
}
