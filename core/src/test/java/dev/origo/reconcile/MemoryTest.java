package dev.origo.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.origo.model.OwnerId;
import dev.origo.model.ServiceKey;
import dev.origo.testing.Samples;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final OwnerId A = owner("a", "1");
    private static final OwnerId B = owner("b", "2");

    private final Memory<String> memory = new Memory<>();

    private static OwnerId owner(String name, String uid) {
        return new OwnerId(Samples.CLUSTER, new ServiceKey("ns", name), uid);
    }

    @Test
    void anAuditTakesOverWhatItFoundAndForgetsTheRest() {
        memory.put(A, "old");
        memory.auditBegins();
        memory.auditEnds(Map.of(B, "found"));
        assertThat(memory.get(A)).isEmpty();
        assertThat(memory.get(B)).contains("found");
    }

    @Test
    void whatChangedDuringAnAuditIsNewerThanTheAudit() {
        memory.put(A, "old");
        memory.put(B, "old");
        memory.auditBegins();
        memory.put(A, "new");
        memory.forget(B);
        memory.auditEnds(Map.of(A, "found", B, "found"));
        assertThat(memory.get(A)).contains("new");
        assertThat(memory.get(B)).isEmpty();
    }

    @Test
    void whatAppearedDuringAnAuditStays() {
        memory.auditBegins();
        memory.put(A, "new");
        memory.auditEnds(Map.of());
        assertThat(memory.get(A)).contains("new");
    }

    @Test
    void theNextAuditBeginsAfresh() {
        memory.put(A, "old");
        memory.auditBegins();
        memory.auditEnds(Map.of(A, "found"));
        assertThat(memory.get(A)).contains("found");
    }

    @Test
    void forgettingAllDuringAnAuditDropsItsFindingsOfThose() {
        memory.put(A, "old");
        memory.auditBegins();
        memory.forgetAll();
        memory.auditEnds(Map.of(A, "found"));
        assertThat(memory.owners()).isEmpty();
    }

    @Test
    void ownersOfAKeyAreAllItsUidsInOrder() {
        OwnerId later = owner("a", "9");
        memory.put(later, "x");
        memory.put(B, "x");
        memory.put(A, "x");
        assertThat(memory.owners(A.service())).containsExactly(A, later);
    }
}
