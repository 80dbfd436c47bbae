package dev.origo.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.kube.FakeApiServer.Answer;
import dev.origo.kube.FakeApiServer.Call;
import dev.origo.loop.LeaseStore;
import dev.origo.loop.LeaseStore.LeaseRecord;
import dev.origo.reconcile.KubernetesException;
import dev.origo.reconcile.KubernetesException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesLeaseTest {
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/origo/leases";
    private static final Instant ACQUIRED = Instant.parse("2026-01-02T03:04:05Z");
    private static final Instant RENEWED = Instant.parse("2026-01-02T03:04:06.120Z");
    private static final String STORED =
            """
            {"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":"leader",
            "namespace":"origo","resourceVersion":"5","labels":{"theirs":"1"}},
            "spec":{"holderIdentity":"a","leaseDurationSeconds":15,"leaseTransitions":2,
            "acquireTime":"2026-01-02T03:04:05.000000Z","renewTime":"2026-01-02T03:04:06.120000Z"}}
            """;

    @TempDir Path directory;
    private final FakeApiServer server = new FakeApiServer();
    private ClusterConnection cluster;
    private LeaseStore lease;

    @BeforeEach
    void connect() {
        cluster = server.connect(directory);
        lease = cluster.lease("origo", "leader", Duration.ofSeconds(20));
    }

    @AfterEach
    void close() {
        cluster.close();
        server.close();
    }

    @Test
    void isAbsentUntilCreated() {
        assertThat(lease.read()).isEmpty();
    }

    @Test
    void reads() {
        server.answer("GET " + LEASES + "/leader", Answer.ok(STORED));
        assertThat(lease.read()).contains(new LeaseRecord("a", 15, ACQUIRED, RENEWED, 2, "5"));
    }

    @Test
    void readsALeaseThatNobodyHeld() {
        server.answer(
                "GET " + LEASES + "/leader",
                Answer.ok("{\"kind\":\"Lease\",\"metadata\":{\"resourceVersion\":\"1\"}}"));
        assertThat(lease.read())
                .contains(new LeaseRecord("", 0, Instant.EPOCH, Instant.EPOCH, 0, "1"));
    }

    @Test
    void createsWithSixDecimalsAndWithoutVersion() {
        server.answer("POST " + LEASES, call -> Answer.ok(call.body()));
        lease.create(new LeaseRecord("a", 15, ACQUIRED, RENEWED, 0, ""));
        assertThat(server.calls("POST"))
                .containsExactly(
                        new Call(
                                "POST",
                                LEASES,
                                "application/json",
                                """
                                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease",\
                                "metadata":{"name":"leader","namespace":"origo"},\
                                "spec":{"acquireTime":"2026-01-02T03:04:05.000000Z",\
                                "holderIdentity":"a","leaseDurationSeconds":15,"leaseTransitions":0,\
                                "renewTime":"2026-01-02T03:04:06.120000Z"}}\
                                """));
    }

    @Test
    void replacesTheVersionThatWasReadAndKeepsTheRest() {
        server.answer("GET " + LEASES + "/leader", Answer.ok(STORED));
        server.answer("PUT " + LEASES + "/leader", call -> Answer.ok(call.body()));
        LeaseRecord read = lease.read().orElseThrow();
        lease.replace(new LeaseRecord("b", 15, ACQUIRED, RENEWED, 3, read.version()));
        assertThat(server.calls("PUT").getFirst().body())
                .contains(
                        "\"resourceVersion\":\"5\"",
                        "\"theirs\":\"1\"",
                        "\"holderIdentity\":\"b\"");
    }

    @Test
    void tellsThatSomeoneElseWroteFirst() {
        server.answer("PUT " + LEASES + "/leader", Answer.status(409, "modified"));
        assertThatThrownBy(() -> lease.replace(new LeaseRecord("b", 15, ACQUIRED, RENEWED, 3, "4")))
                .isInstanceOf(KubernetesException.class)
                .extracting(e -> ((KubernetesException) e).kind())
                .isEqualTo(Kind.CONFLICT);
    }
}
