package dev.origo.embedded.nodes;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a PROXY header, v1 or v2, and not a byte more.
///
/// Source: HAProxy, "The PROXY protocol", versions 1 & 2.
final class ProxyHeader {
    private static final byte[] SIGNATURE =
            "\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.ISO_8859_1);

    /// Source: section 2.1, with the end of line.
    private static final int V1_BYTES_MAX = 107;

    /// As nginx has it.
    private static final int V2_BYTES_MAX = 4096;

    private static final Pattern V1 =
            Pattern.compile(
                    "PROXY (?:UNKNOWN(?: [^\r\n]*)?|(TCP4|TCP6) ([0-9A-Fa-f:.]+) ([0-9A-Fa-f:.]+)"
                            + " (\\d{1,5}) (\\d{1,5}))\r\n");

    /// The JDK also takes 10.1 for an address, and 01234 for a group of digits.
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");

    private static final Pattern IPV6 = Pattern.compile("(?!.*\\p{XDigit}{5}).*:.*");

    private ProxyHeader() {}

    /// What it says, as lines `NAME=VALUE`.
    ///
    /// @throws ProtocolException if there is none, or a broken one
    static List<String> read(InputStream in) throws IOException {
        // The shortest header is longer.
        byte[] start = read(in, SIGNATURE.length).array();
        return Arrays.equals(start, SIGNATURE) ? v2(in) : v1(start, in);
    }

    private static List<String> v1(byte[] start, InputStream in) throws IOException {
        StringBuilder text = new StringBuilder(new String(start, StandardCharsets.ISO_8859_1));
        while (text.charAt(text.length() - 1) != '\n') {
            int next = in.read();
            if (next < 0 || text.length() == V1_BYTES_MAX) {
                throw new ProtocolException("no PROXY header");
            }
            text.append((char) next);
        }
        Matcher match = V1.matcher(text);
        if (!match.matches()) {
            throw new ProtocolException("no PROXY header");
        }
        if (match.group(1) == null) {
            return List.of("version=1", "family=UNKNOWN");
        }
        boolean ipv4 = match.group(1).equals("TCP4");
        List<String> lines = new ArrayList<>(List.of("version=1", "family=" + match.group(1)));
        end(lines, "source", literal(match.group(2), ipv4), Integer.parseInt(match.group(4)));
        end(lines, "destination", literal(match.group(3), ipv4), Integer.parseInt(match.group(5)));
        return lines;
    }

    private static List<String> v2(InputStream in) throws IOException {
        ByteBuffer head = read(in, 4);
        int version = head.get();
        int family = head.get();
        int size = Short.toUnsignedInt(head.getShort());
        if ((version != 0x20 && version != 0x21) || size > V2_BYTES_MAX) {
            throw new ProtocolException("broken PROXY header");
        }
        ByteBuffer rest = read(in, size);
        if (version == 0x20) {
            return List.of("version=2", "command=LOCAL");
        }
        List<String> lines = new ArrayList<>(List.of("version=2", "command=PROXY"));
        int addressBytes = family == 0x11 ? 4 : family == 0x21 ? 16 : 0;
        if (addressBytes == 0 || size < 2 * addressBytes + 4) {
            throw new ProtocolException("a PROXY header of family 0x%02X".formatted(family));
        }
        lines.add(family == 0x11 ? "family=TCP4" : "family=TCP6");
        InetAddress source = address(rest, addressBytes);
        InetAddress destination = address(rest, addressBytes);
        end(lines, "source", source, Short.toUnsignedInt(rest.getShort()));
        end(lines, "destination", destination, Short.toUnsignedInt(rest.getShort()));
        while (rest.remaining() >= 3) {
            int type = rest.get() & 0xFF;
            int length = Short.toUnsignedInt(rest.getShort());
            if (length > rest.remaining()) {
                throw new ProtocolException(
                        "a TLV of %d bytes in a PROXY header".formatted(length));
            }
            byte[] value = new byte[length];
            rest.get(value);
            lines.add("tlv 0x%02X=%s".formatted(type, HexFormat.of().formatHex(value)));
        }
        return lines;
    }

    private static void end(List<String> lines, String name, InetAddress address, int port)
            throws ProtocolException {
        if (port > 65535) {
            throw new ProtocolException("port %d in a PROXY header".formatted(port));
        }
        lines.add("%s_address=%s".formatted(name, Addresses.kubernetes(address)));
        lines.add("%s_port=%d".formatted(name, port));
    }

    private static InetAddress literal(String text, boolean ipv4) throws ProtocolException {
        if (!(ipv4 ? IPV4 : IPV6).matcher(text).matches()) {
            throw new ProtocolException("address %s in a PROXY header".formatted(text));
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException _) {
            throw new ProtocolException("address %s in a PROXY header".formatted(text));
        }
    }

    private static InetAddress address(ByteBuffer from, int size) throws IOException {
        byte[] bytes = new byte[size];
        from.get(bytes);
        return InetAddress.getByAddress(bytes);
    }

    private static ByteBuffer read(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new ProtocolException("a PROXY header that ends too early");
        }
        return ByteBuffer.wrap(bytes);
    }
}
