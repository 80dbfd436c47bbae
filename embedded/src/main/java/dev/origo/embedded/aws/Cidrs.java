package dev.origo.embedded.aws;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/// Arithmetic on CIDR texts; literals only, no name is ever looked up.
final class Cidrs {
    private Cidrs() {}

    /// The network with its host bits cleared, as EC2 stores it; empty when the text is no CIDR of
    /// that family.
    static Optional<String> canonical(String text, int familyBits) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("\\d{1,3}")) {
            return Optional.empty();
        }
        int prefix = Integer.parseInt(text.substring(slash + 1));
        return address(text.substring(0, slash))
                .filter(address ->
                        address.getAddress().length * 8 == familyBits && prefix <= familyBits)
                .map(address -> text(network(address, prefix), familyBits) + "/" + prefix);
    }

    static boolean contains(String cidr, String address) {
        int slash = cidr.indexOf('/');
        int prefix = Integer.parseInt(cidr.substring(slash + 1));
        Optional<InetAddress> base = address(cidr.substring(0, slash));
        Optional<InetAddress> candidate = address(address);
        return base.isPresent()
                && candidate.isPresent()
                && base.get().getAddress().length == candidate.get().getAddress().length
                && network(base.get(), prefix).equals(network(candidate.get(), prefix));
    }

    /// The address that many after the network's own.
    static String nth(String cidr, int offset) {
        InetAddress base = address(cidr.substring(0, cidr.indexOf('/'))).orElseThrow();
        return text(number(base).add(BigInteger.valueOf(offset)), base.getAddress().length * 8);
    }

    /// How many addresses an IPv4 network has.
    static int size(String cidr) {
        return 1 << Math.min(30, 32 - Integer.parseInt(cidr.substring(cidr.indexOf('/') + 1)));
    }

    static Optional<InetAddress> address(String literal) {
        try {
            return Optional.of(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static BigInteger network(InetAddress address, int prefix) {
        int hostBits = address.getAddress().length * 8 - prefix;
        return number(address).shiftRight(hostBits).shiftLeft(hostBits);
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    /// IPv6 with a run of zeros left out, as EC2 prints it.
    private static String text(BigInteger number, int bits) {
        byte[] bytes = new byte[bits / 8];
        byte[] digits = number.toByteArray();
        for (int i = 1; i <= Math.min(bytes.length, digits.length); i++) {
            bytes[bytes.length - i] = digits[digits.length - i];
        }
        try {
            String plain = InetAddress.getByAddress(bytes).getHostAddress();
            return bits == 32 ? plain : plain.replaceFirst("(^|:)(0(:|$)){2,}", "::");
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("neither 4 nor 16 bytes", impossible);
        }
    }
}
