package dev.origo.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AddressesTest {
    @Test
    void followsFromTheId() {
        InetAddress first = Addresses.of("k8s-default-web", Set.of());

        assertThat(Addresses.of("k8s-default-web", Set.of())).isEqualTo(first);
        assertThat(Addresses.of("k8s-default-api", Set.of())).isNotEqualTo(first);
    }

    @Test
    void isTheNextWhereItIsTaken() {
        InetAddress first = Addresses.of("web", Set.of());
        InetAddress second = Addresses.of("web", Set.of(first));

        assertThat(second).isNotEqualTo(first);
        assertThat(Addresses.of("web", Set.of(first))).isEqualTo(second);
    }

    @Test
    void isDistinctAndOutOfTheRange() {
        Set<InetAddress> taken = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            taken.add(Addresses.of("balancer-" + i, taken));
        }

        assertThat(taken)
                .hasSize(2_000)
                .allMatch(address -> address.getHostAddress().startsWith("127.77."));
    }
}
