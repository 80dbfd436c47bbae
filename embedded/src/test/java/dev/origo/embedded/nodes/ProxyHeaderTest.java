package dev.origo.embedded.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProxyHeaderTest {
    private static final String V2 = "0d0a0d0a000d0a515549540a";
    private static final String IPV4 = "7f00004d 7f000101 1f90 7530";
    private static final String IPV6 =
            "20010db8000000000000000000000001 20010db8000000000000000000000002 1f90 7530";

    /// @param bytes text, or hexadecimal after `0x`
    record Row(String name, String bytes, String expected) {
        byte[] wire() {
            return bytes.startsWith("0x")
                    ? HexFormat.of().parseHex(bytes.substring(2).replace(" ", ""))
                    : bytes.getBytes(StandardCharsets.ISO_8859_1);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> good() {
        String end =
                "source_address=127.0.0.77 source_port=8080 destination_address=127.0.1.1"
                        + " destination_port=30000";
        return Stream.of(
                new Row(
                        "v1",
                        "PROXY TCP4 127.0.0.77 127.0.1.1 8080 30000\r\n",
                        "version=1 family=TCP4 " + end),
                new Row(
                        "v1 from a pod",
                        "PROXY TCP4 127.244.1.2 127.96.0.1 1 2\r\n",
                        "version=1 family=TCP4 source_address=10.244.1.2 source_port=1"
                                + " destination_address=10.96.0.1 destination_port=2"),
                new Row(
                        "v1 over IPv6",
                        "PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n",
                        "version=1 family=TCP6 source_address=2001:db8:0:0:0:0:0:1 source_port=1"
                                + " destination_address=2001:db8:0:0:0:0:0:2 destination_port=2"),
                new Row("v1 unknown", "PROXY UNKNOWN\r\n", "version=1 family=UNKNOWN"),
                new Row(
                        "v1 unknown and more",
                        "PROXY UNKNOWN ffff::1 x y\r\n",
                        "version=1 family=UNKNOWN"),
                new Row(
                        "v2",
                        "0x" + V2 + "2111 000c" + IPV4,
                        "version=2 command=PROXY family=TCP4 " + end),
                new Row(
                        "v2 with TLVs",
                        "0x"
                                + V2
                                + "2111 0017"
                                + IPV4
                                + "ea0005 0176706365 03 0000".replace(" ", ""),
                        "version=2 command=PROXY family=TCP4 "
                                + end
                                + " tlv 0xEA=0176706365 tlv 0x03="),
                new Row(
                        "v2 over IPv6",
                        "0x" + V2 + "2121 0024" + IPV6,
                        "version=2 command=PROXY family=TCP6 source_address=2001:db8:0:0:0:0:0:1"
                                + " source_port=8080 destination_address=2001:db8:0:0:0:0:0:2"
                                + " destination_port=30000"),
                new Row("v2 local", "0x" + V2 + "2000 0000", "version=2 command=LOCAL"));
    }

    @ParameterizedTest
    @MethodSource("good")
    void saysWhatAHeaderSaysAndLeavesTheRest(Row row) throws IOException {
        byte[] wire = row.wire();
        byte[] all = new byte[wire.length + 3];
        System.arraycopy(wire, 0, all, 0, wire.length);
        ByteArrayInputStream in = new ByteArrayInputStream(all);

        assertThat(String.join(" ", ProxyHeader.read(in))).isEqualTo(row.expected());
        assertThat(in.available()).isEqualTo(3);
    }

    static Stream<Row> bad() {
        return Stream.of(
                new Row("nothing", "", ""),
                new Row("HTTP", "GET / HTTP/1.1\r\nHost: web\r\n\r\n", ""),
                new Row("v1 of another family", "PROXY UDP4 127.0.0.1 127.0.0.1 1 2\r\n", ""),
                new Row("v1 with families mixed", "PROXY TCP4 ::1 ::1 1 2\r\n", ""),
                new Row(
                        "v1 over IPv6 with a short one of IPv4",
                        "PROXY TCP6 ::1 127.1 1 2\r\n",
                        ""),
                new Row("v1 with five digits", "PROXY TCP6 02001::1 2001::1 1 2\r\n", ""),
                new Row("v1 with a short address", "PROXY TCP4 127.1 127.1 1 2\r\n", ""),
                new Row(
                        "v1 with a number too large",
                        "PROXY TCP4 127.0.0.256 127.0.0.1 1 2\r\n",
                        ""),
                new Row(
                        "v1 with a port too large",
                        "PROXY TCP4 127.0.0.1 127.0.0.1 65536 2\r\n",
                        ""),
                new Row("v1 without a carriage return", "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\n", ""),
                new Row("v1 without end", "PROXY UNKNOWN " + "x".repeat(200), ""),
                new Row("v2 of version 1", "0x" + V2 + "1111 000c" + IPV4, ""),
                new Row("v2 with an unknown command", "0x" + V2 + "2211 000c" + IPV4, ""),
                new Row(
                        "v2 shorter than its addresses",
                        "0x" + V2 + "2111 0008 7f00004d 7f000101",
                        ""),
                new Row("v2 that ends too early", "0x" + V2 + "2111 000c 7f00004d", ""),
                new Row(
                        "v2 with a TLV that is too long",
                        "0x" + V2 + "2111 000f" + IPV4 + "040005",
                        ""),
                new Row("v2 that is too large", "0x" + V2 + "2111 ffff" + IPV4, ""));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void refusesWhatIsNone(Row row) {
        assertThatThrownBy(() -> ProxyHeader.read(new ByteArrayInputStream(row.wire())))
                .isInstanceOf(ProtocolException.class);
    }
}
