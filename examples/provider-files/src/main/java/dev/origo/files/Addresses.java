package dev.origo.files;

import dev.origo.model.Cidr;
import dev.origo.model.IpFamily;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// The addresses that the directory has to give. Pure.
///
/// Source: RFC 5737, RFC 3849
final class Addresses {
    private static final int LAST = 254;
    private static final Cidr IPV4 = Cidr.parse("192.0.2.0/24");
    private static final Cidr IPV6 = Cidr.parse("2001:db8::/64");

    private Addresses() {}

    static Cidr range(IpFamily family) {
        return family == IpFamily.IPV4 ? IPV4 : IPV6;
    }

    /// @param literal as [Cidr#literal] reads it
    static IpFamily family(String literal) {
        return literal.contains(":") ? IpFamily.IPV6 : IpFamily.IPV4;
    }

    static boolean holds(String literal) {
        Cidr range = range(family(literal));
        InetAddress address = Cidr.literal(literal);
        return new Cidr(address, range.prefixBits()).equals(range);
    }

    /// The lowest one that nobody has.
    static Optional<String> free(IpFamily family, Set<String> taken) {
        String text = family == IpFamily.IPV4 ? "192.0.2.%d" : "2001:db8:0:0:0:0:0:%x";
        return IntStream.rangeClosed(1, LAST)
                .mapToObj(text::formatted)
                .filter(address -> !taken.contains(address))
                .findFirst();
    }
}
