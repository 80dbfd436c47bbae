package dev.origo.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.origo.dataplane.ProxyHeader.Ends;
import dev.origo.dataplane.ProxyHeader.Tlv;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Bytes by HAProxy's specification. Source: doc/proxy-protocol.txt, sections 2.1 and 2.2.
final class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private record Row(String name, ByteBuffer header, String hex) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Ends ends(String source, String destination) {
        return new Ends(
                new InetSocketAddress(InetAddress.ofLiteral(source), 56_324),
                new InetSocketAddress(InetAddress.ofLiteral(destination), 443));
    }

    private static String ascii(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static List<Row> rows() {
        Ends ipv4 = ends("192.168.0.1", "192.168.0.11");
        Ends ipv6 = ends("2001:db8::1", "2001:db8::2");
        Ends mixed = ends("192.168.0.1", "2001:db8::2");
        return List.of(
                new Row(
                        "version 1 over IPv4",
                        ByteBuffer.wrap(ProxyHeader.version1(ipv4)),
                        ascii("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n")),
                new Row(
                        "version 1 over IPv6",
                        ByteBuffer.wrap(ProxyHeader.version1(ipv6)),
                        ascii(
                                "PROXY TCP6 2001:db8:0:0:0:0:0:1 2001:db8:0:0:0:0:0:2 56324 443\r\n")),
                new Row(
                        "version 1 of two families",
                        ByteBuffer.wrap(ProxyHeader.version1(mixed)),
                        ascii("PROXY UNKNOWN\r\n")),
                new Row(
                        "version 1 of a check",
                        ByteBuffer.wrap(ProxyHeader.version1Unknown()),
                        ascii("PROXY UNKNOWN\r\n")),
                new Row(
                        "version 2 over IPv4",
                        ByteBuffer.wrap(ProxyHeader.version2(ipv4, List.of())),
                        SIGNATURE + "2111000c" + "c0a80001c0a8000bdc0401bb"),
                new Row(
                        "version 2 over IPv6",
                        ByteBuffer.wrap(ProxyHeader.version2(ipv6, List.of())),
                        SIGNATURE
                                + "21210024"
                                + "20010db8000000000000000000000001"
                                + "20010db8000000000000000000000002"
                                + "dc0401bb"),
                new Row(
                        "version 2 with fields",
                        ByteBuffer.wrap(
                                ProxyHeader.version2(
                                        ipv4,
                                        List.of(
                                                new Tlv(
                                                        0xea,
                                                        ByteBuffer.wrap(new byte[] {1, 'v', 'p'})),
                                                new Tlv(0x04, ByteBuffer.allocate(0))))),
                        SIGNATURE
                                + "21110015"
                                + "c0a80001c0a8000bdc0401bb"
                                + "ea0003017670"
                                + "040000"),
                new Row(
                        "version 2 of two families",
                        ByteBuffer.wrap(ProxyHeader.version2(mixed, List.of())),
                        SIGNATURE + "21000000"),
                new Row(
                        "version 2 of a check",
                        ByteBuffer.wrap(ProxyHeader.version2Local()),
                        SIGNATURE + "20000000"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void writesTheBytesOfTheSpecification(Row row) {
        assertThat(HexFormat.of().formatHex(row.header().array())).isEqualTo(row.hex());
    }

    @Test
    void refusesFieldsThatDoNotFit() {
        List<Tlv> fields =
                List.of(
                        new Tlv(1, ByteBuffer.allocate(40_000)),
                        new Tlv(2, ByteBuffer.allocate(40_000)));

        assertThatThrownBy(() -> ProxyHeader.version2(ends("127.0.0.1", "127.0.0.2"), fields))
                .hasMessage("a PROXY header of 80018 bytes is over 65535");
    }
}
