package dev.origo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys, owners and the hashes that names in the cloud are derived from.
class NamesTest {
    private static final ServiceKey KEY = new ServiceKey("shop", "web");
    private static final ClusterId CLUSTER = new ClusterId("prod", "11111111-aaaa");

    @Test
    void readsAServiceKeyAsItIsWritten() {
        assertThat(ServiceKey.parse("shop/web")).isEqualTo(KEY).hasToString("shop/web");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "web", "/web", "shop/", "/", "shop/web/x", "shop//web"})
    void refusesAServiceKeyThatIsNotTwoWords(String text) {
        assertThatThrownBy(() -> ServiceKey.parse(text)).hasMessageContaining("'" + text + "'");
    }

    @Test
    void ordersServiceKeysByNamespaceThenName() {
        var keys = new TreeSet<ServiceKey>();
        keys.add(new ServiceKey("b", "a"));
        keys.add(new ServiceKey("a", "b"));
        keys.add(new ServiceKey("a", "a"));
        assertThat(keys.stream().map(ServiceKey::toString)).containsExactly("a/a", "a/b", "b/a");
    }

    @Test
    void hashOfAnOwnerIsPinnedBecauseNamesInCloudsCarryIt() {
        assertThat(new OwnerId(CLUSTER, KEY, "svc-uid").hash()).isEqualTo("71hvgbc4vk6b");
    }

    @Test
    void hashOfAnOwnerHasItsLengthAndAlphabet() {
        for (int i = 0; i < 200; i++) {
            assertThat(new OwnerId(CLUSTER, KEY, "uid-" + i).hash()).matches("[0-9a-v]{12}");
        }
    }

    @Test
    void twoClustersOfOneNameHaveDifferentHashes() {
        var other = new ClusterId("prod", "22222222-bbbb");
        assertThat(new OwnerId(other, KEY, "u").hash())
                .isNotEqualTo(new OwnerId(CLUSTER, KEY, "u").hash());
        assertThat(other.mark()).isNotEqualTo(CLUSTER.mark());
    }

    @Test
    void aRenamedClusterKeepsItsHashes() {
        var renamed = new ClusterId("production", CLUSTER.uid());
        assertThat(new OwnerId(renamed, KEY, "u").hash())
                .isEqualTo(new OwnerId(CLUSTER, KEY, "u").hash());
    }

    @Test
    void ownersOfTwoClustersAreTwoOwnersInASet() {
        var owners = new TreeSet<OwnerId>();
        owners.add(new OwnerId(CLUSTER, KEY, "u"));
        owners.add(new OwnerId(new ClusterId("prod", "22222222-bbbb"), KEY, "u"));
        assertThat(owners).hasSize(2);
    }

    @Test
    void aClusterWithoutNameOrUidIsRefused() {
        assertThatThrownBy(() -> new ClusterId(" ", "u")).hasMessageContaining("' '");
        assertThatThrownBy(() -> new ClusterId("n", "")).hasMessageContaining("uid ''");
    }

    @Test
    void hashesKeepPartsApart() {
        assertThat(Hashes.base32(12, "a", "bc")).isNotEqualTo(Hashes.base32(12, "ab", "c"));
    }

    @Test
    void hashesHaveTheLengthAskedForAndNoOther() {
        assertThat(Hashes.base32(1, "x")).hasSize(1);
        assertThat(Hashes.base32(52, "x")).hasSize(52);
        assertThatThrownBy(() -> Hashes.base32(0, "x")).hasMessageContaining("0 is outside 1..52");
        assertThatThrownBy(() -> Hashes.base32(53, "x")).hasMessageContaining("53");
    }
}
