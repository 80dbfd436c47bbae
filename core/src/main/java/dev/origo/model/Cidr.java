package dev.origo.model;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// A range of addresses. Host bits are cleared: `10.1.2.3/8` is `10.0.0.0/8`, as the Kubernetes
/// helper does.
public record Cidr(InetAddress network, int prefixBits) implements Comparable<Cidr> {
    public static final Cidr ALL_IPV4 = parse("0.0.0.0/0");
    public static final Cidr ALL_IPV6 = parse("::/0");

    public Cidr {
        int bitsMax = network.getAddress().length * Byte.SIZE;
        if (prefixBits < 0 || prefixBits > bitsMax) {
            throw new IllegalArgumentException(
                    "prefix /%d is outside 0..%d".formatted(prefixBits, bitsMax));
        }
        network = masked(network, prefixBits);
    }

    /// Reads `ADDRESS/PREFIX`; the address is a literal, never looked up: four numbers for IPv4
    /// (the JDK alone would read `10/8` as `0.0.0.10/8`), for IPv6 no zone, and no IPv4 in
    /// disguise, whose prefix would count other bits.
    ///
    /// @throws IllegalArgumentException naming the text and what is allowed
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(
                    "'%s' is not ADDRESS/PREFIX, as in 10.0.0.0/8".formatted(text));
        }
        String prefix = text.substring(slash + 1);
        if (!prefix.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException(
                    "'%s' has the prefix '%s', not a number".formatted(text, prefix));
        }
        try {
            InetAddress network = literal(text.substring(0, slash));
            return new Cidr(network, Integer.parseInt(prefix));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'%s' is not a range of addresses: %s".formatted(text, e.getMessage()), e);
        }
    }

    public IpFamily family() {
        return network instanceof Inet4Address ? IpFamily.IPV4 : IpFamily.IPV6;
    }

    @Override
    public int compareTo(Cidr other) {
        int byAddress = Arrays.compareUnsigned(network.getAddress(), other.network.getAddress());
        return byAddress != 0 ? byAddress : Integer.compare(prefixBits, other.prefixBits);
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefixBits;
    }

    /// Reads an address alone, as strictly as [#parse] does.
    ///
    /// @throws IllegalArgumentException naming the text and what is allowed
    public static InetAddress literal(String text) {
        boolean ipv4 = text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        boolean ipv6 =
                text.matches("[0-9a-fA-F:.]+")
                        && text.contains(":")
                        && !text.matches(".*[0-9a-fA-F]{5}.*");
        if (!ipv4 && !ipv6) {
            throw new IllegalArgumentException("'%s' is no IPv4 or IPv6 literal".formatted(text));
        }
        InetAddress address = InetAddress.ofLiteral(text);
        if (ipv6 && address instanceof Inet4Address) {
            throw new IllegalArgumentException(
                    "'%s' is an IPv4 address written as IPv6; write %s"
                            .formatted(text, address.getHostAddress()));
        }
        return address;
    }

    private static InetAddress masked(InetAddress address, int prefixBits) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int keep = Math.clamp(prefixBits - (long) i * Byte.SIZE, 0, Byte.SIZE);
            bytes[i] = (byte) (bytes[i] & (0xff << (Byte.SIZE - keep)));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of %d bytes".formatted(bytes.length), e);
        }
    }
}
