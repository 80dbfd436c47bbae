package dev.origo.dataplane;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/// The header of the PROXY protocol. Source: HAProxy, doc/proxy-protocol.txt, sections 2.1, 2.2.
final class ProxyHeader {
    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");
    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int UNSPEC = 0x00;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;
    private static final int PREFIX_BYTES = 16;
    private static final int TLV_PREFIX_BYTES = 3;
    private static final int LENGTH_MAX = 65_535;

    private ProxyHeader() {}

    /// A field that follows the addresses.
    record Tlv(int type, ByteBuffer value) {}

    /// Who speaks to whom; both addresses of one family, or it is told as unknown.
    record Ends(InetSocketAddress source, InetSocketAddress destination) {
        boolean ipv4() {
            return source.getAddress() instanceof Inet4Address;
        }

        boolean oneFamily() {
            return ipv4() == destination.getAddress() instanceof Inet4Address;
        }
    }

    /// The readable form, at most 107 bytes.
    static byte[] version1(Ends ends) {
        if (!ends.oneFamily()) {
            return version1Unknown();
        }
        String line =
                "PROXY %s %s %s %d %d\r\n"
                        .formatted(
                                ends.ipv4() ? "TCP4" : "TCP6",
                                literal(ends.source().getAddress()),
                                literal(ends.destination().getAddress()),
                                ends.source().getPort(),
                                ends.destination().getPort());
        return line.getBytes(StandardCharsets.US_ASCII);
    }

    /// For connections of the balancer's own, as checks.
    static byte[] version1Unknown() {
        return "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);
    }

    /// The binary form for TCP.
    static byte[] version2(Ends ends, List<Tlv> fields) {
        byte[] source = ends.source().getAddress().getAddress();
        byte[] destination = ends.destination().getAddress().getAddress();
        if (!ends.oneFamily()) {
            return framed(PROXY, UNSPEC, new byte[0], fields);
        }
        ByteBuffer addresses = ByteBuffer.allocate(2 * source.length + 2 * Short.BYTES);
        addresses.put(source).put(destination);
        addresses.putShort((short) ends.source().getPort());
        addresses.putShort((short) ends.destination().getPort());
        return framed(PROXY, ends.ipv4() ? TCP4 : TCP6, addresses.array(), fields);
    }

    /// For connections of the balancer's own, as checks.
    static byte[] version2Local() {
        return framed(LOCAL, UNSPEC, new byte[0], List.of());
    }

    private static byte[] framed(int command, int family, byte[] addresses, List<Tlv> fields) {
        int length = addresses.length;
        for (Tlv field : fields) {
            length += TLV_PREFIX_BYTES + field.value().remaining();
        }
        if (length > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "a PROXY header of %d bytes is over %d".formatted(length, LENGTH_MAX));
        }
        ByteBuffer header = ByteBuffer.allocate(PREFIX_BYTES + length);
        header.put(SIGNATURE).put((byte) command).put((byte) family).putShort((short) length);
        header.put(addresses);
        for (Tlv field : fields) {
            header.put((byte) field.type()).putShort((short) field.value().remaining());
            header.put(field.value().duplicate());
        }
        return header.array();
    }

    /// Without the zone that the JDK appends to link-local addresses.
    static String literal(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
