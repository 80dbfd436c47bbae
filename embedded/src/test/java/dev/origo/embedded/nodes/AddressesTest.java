package dev.origo.embedded.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    record Row(String name, String kubernetes, String loopback) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row("pod", "10.244.1.2", "127.244.1.2"),
                new Row("cluster IP", "10.96.0.1", "127.96.0.1"),
                new Row("last cluster IP", "10.111.255.254", "127.111.255.254"),
                new Row("node", "127.0.1.1", "127.0.1.1"),
                new Row("client", "127.0.0.77", "127.0.0.77"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void mapsBothWays(Row row) {
        InetAddress loopback = InetAddress.ofLiteral(row.loopback());

        assertThat(Addresses.loopback(row.kubernetes())).contains(loopback);
        assertThat(Addresses.kubernetes(loopback)).isEqualTo(row.kubernetes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "10.112.0.1",
                "10.243.0.1",
                "192.0.2.1",
                "::1",
                "fd00::1",
                "web",
                "None",
                ""
            })
    void nothingElseIsInTheSimulatedNetwork(String address) {
        assertThat(Addresses.loopback(address)).isEmpty();
    }

    @Test
    void aForeignPeerKeepsItsAddress() {
        assertThat(Addresses.kubernetes(InetAddress.ofLiteral("192.0.2.1"))).isEqualTo("192.0.2.1");
        assertThat(Addresses.kubernetes(InetAddress.ofLiteral("2001:db8::1")))
                .isEqualTo("2001:db8:0:0:0:0:0:1");
    }
}
