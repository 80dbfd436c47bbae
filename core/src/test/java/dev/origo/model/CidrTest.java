package dev.origo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    record Row(String name, String text, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Row> rows() {
        return List.of(
                new Row("a network stays", "10.0.0.0/8", "10.0.0.0/8"),
                new Row("host bits are cleared", "10.1.2.3/8", "10.0.0.0/8"),
                new Row("host bits within a byte", "192.168.255.255/20", "192.168.240.0/20"),
                new Row("one address", "203.0.113.9/32", "203.0.113.9/32"),
                new Row("everyone", "1.2.3.4/0", "0.0.0.0/0"),
                new Row("IPv6 network", "2001:db8::1/64", "2001:db8:0:0:0:0:0:0/64"),
                new Row("IPv6 within a byte", "2001:db8:ffff::/33", "2001:db8:8000:0:0:0:0:0/33"),
                new Row("IPv6 everyone", "::1/0", "0:0:0:0:0:0:0:0/0"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void readsRangesAndClearsHostBits(Row row) {
        assertThat(Cidr.parse(row.text())).hasToString(row.expected());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.0",
                "10.0.0.0/",
                "/8",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/8 ",
                "10.0.0.0/8/8",
                "10.0.0.0/0x8",
                "::/129",
                "example.com/24",
                "localhost/8",
                "10.0.0.256/24",
                "0010.0.0.0/8",
                "::02001/16",
                "10/8",
                "10.1/16",
                "[::1]/128",
                "fe80::1%lo/64",
                "::ffff:10.0.0.1/24",
                "::ffff:10.0.0.1/120"
            })
    void refusesWhatIsNoRangeNamingIt(String text) {
        assertThatThrownBy(() -> Cidr.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void tellsItsFamily() {
        assertThat(Cidr.parse("10.0.0.0/8").family()).isEqualTo(IpFamily.IPV4);
        assertThat(Cidr.parse("::/0").family()).isEqualTo(IpFamily.IPV6);
    }

    @Test
    void ordersByAddressThenPrefix() {
        var ranges = new TreeSet<Cidr>();
        for (String text :
                List.of("200.0.0.0/8", "::/0", "10.0.0.0/16", "10.0.0.0/8", "9.0.0.0/8")) {
            ranges.add(Cidr.parse(text));
        }
        assertThat(ranges.stream().map(Cidr::toString))
                .containsExactly(
                        "0:0:0:0:0:0:0:0/0",
                        "9.0.0.0/8",
                        "10.0.0.0/8",
                        "10.0.0.0/16",
                        "200.0.0.0/8");
    }
}
