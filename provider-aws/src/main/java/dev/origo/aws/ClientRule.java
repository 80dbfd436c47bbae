package dev.origo.aws;

import dev.origo.model.Cidr;
import dev.origo.model.IpFamily;
import java.util.Collection;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Who may connect to a balancer, and where.
///
/// @param protocol `tcp`, `udp`, `icmp`, `icmpv6`; `-1` for all
/// @param from first port, or ICMP type
/// @param to last port, or ICMP code
/// @param source a range, a prefix list (`pl-...`) or a security group (`sg-...`)
record ClientRule(String protocol, int from, int to, String source)
        implements Comparable<ClientRule> {
    /// Inbound rules that a group can have, of each IP family. Source: "Amazon VPC quotas"
    static final int RULES_MAX = 60;

    private static final Comparator<ClientRule> ORDER =
            Comparator.comparing(ClientRule::protocol)
                    .thenComparingInt(ClientRule::from)
                    .thenComparingInt(ClientRule::to)
                    .thenComparing(ClientRule::source);

    /// ICMP "fragmentation needed". Source: RFC 792
    private static final int UNREACHABLE = 3;

    private static final int FRAGMENTATION_NEEDED = 4;

    /// ICMPv6 "packet too big". Source: RFC 4443
    private static final int PACKET_TOO_BIG = 2;

    static ClientRule of(String protocol, int port, String source) {
        return new ClientRule(protocol, port, port, source);
    }

    /// Lets routers on the way tell the largest packet size, which a balancer that forwards packets
    /// needs.
    static ClientRule pathMtu(Cidr range) {
        return range.family() == IpFamily.IPV4
                ? new ClientRule("icmp", UNREACHABLE, FRAGMENTATION_NEEDED, text(range))
                : new ClientRule("icmpv6", PACKET_TOO_BIG, 0, text(range));
    }

    /// The rules, while they fit. Beyond that, ports of one protocol are opened from the first to
    /// the last one, which admits nobody else: a balancer answers only where it listens. What then
    /// still does not fit tells the packet size for everyone: routers on the way are rarely inside
    /// a client's range. The answer may still be too many.
    static SortedSet<ClientRule> fit(SortedSet<ClientRule> rules) {
        if (counted(rules) <= RULES_MAX) {
            return Sorted.set(rules);
        }
        SortedSet<ClientRule> spans = spans(rules);
        return counted(spans) <= RULES_MAX
                ? spans
                : Sorted.set(spans.stream().map(ClientRule::forEveryRouter).toList());
    }

    /// What a quota of rules counts: IPv4 and IPv6 apart, and a group or prefix list in both.
    static int counted(Collection<ClientRule> rules) {
        long ipv6 = rules.stream().filter(rule -> rule.source.contains(":")).count();
        long ipv4 = rules.stream().filter(rule -> rule.source.contains(".")).count();
        return rules.size() - (int) Math.min(ipv4, ipv6);
    }

    /// Rules of `excess`, in order, without which `added` fit beside the rest of `there`.
    static SortedSet<ClientRule> inTheWay(
            SortedSet<ClientRule> there,
            SortedSet<ClientRule> added,
            SortedSet<ClientRule> excess) {
        SortedSet<ClientRule> all = new TreeSet<>(Sorted.union(there, added));
        SortedSet<ClientRule> gone = new TreeSet<>();
        for (ClientRule rule : excess) {
            if (counted(all) <= RULES_MAX) {
                break;
            }
            all.remove(rule);
            gone.add(rule);
        }
        return Sorted.set(gone);
    }

    private ClientRule forEveryRouter() {
        return switch (protocol) {
            case "icmp" -> new ClientRule(protocol, from, to, "0.0.0.0/0");
            case "icmpv6" -> new ClientRule(protocol, from, to, "::/0");
            default -> this;
        };
    }

    private static SortedSet<ClientRule> spans(SortedSet<ClientRule> rules) {
        SortedSet<ClientRule> spans = new TreeSet<>();
        rules.stream()
                .collect(Collectors.groupingBy(rule -> rule.protocol + " " + rule.source))
                .values()
                .forEach(same -> {
                    ClientRule first = same.getFirst();
                    boolean ports = !first.protocol.startsWith("icmp");
                    int from = ports ? edge(same, true) : first.from;
                    int to = ports ? edge(same, false) : first.to;
                    spans.add(new ClientRule(first.protocol, from, to, first.source));
                });
        return Sorted.set(spans);
    }

    private static int edge(Iterable<ClientRule> rules, boolean lowest) {
        int edge = lowest ? Integer.MAX_VALUE : 0;
        for (ClientRule rule : rules) {
            edge = lowest ? Math.min(edge, rule.from) : Math.max(edge, rule.to);
        }
        return edge;
    }

    /// A range as EC2 writes it: IPv6 in its short form. Source: RFC 5952
    static String text(Cidr range) {
        if (range.family() == IpFamily.IPV4) {
            return range.toString();
        }
        byte[] bytes = range.network().getAddress();
        String words =
                IntStream.range(0, bytes.length / 2)
                        .mapToObj(i -> word(bytes, i))
                        .collect(Collectors.joining(":"));
        String longest = "";
        var zeros = Pattern.compile("(?<![0-9a-f])0(:0)+(?![0-9a-f])").matcher(words);
        while (zeros.find()) {
            longest = zeros.group().length() > longest.length() ? zeros.group() : longest;
        }
        if (!longest.isEmpty()) {
            String padded = ":" + words + ":";
            words = padded.replaceFirst(":" + longest + ":", "::");
            words = words.startsWith("::") ? words : words.substring(1);
            words = words.endsWith("::") ? words : words.substring(0, words.length() - 1);
        }
        return words + "/" + range.prefixBits();
    }

    private static String word(byte[] bytes, int index) {
        int high = Byte.toUnsignedInt(bytes[2 * index]);
        return Integer.toHexString((high << Byte.SIZE) | Byte.toUnsignedInt(bytes[2 * index + 1]));
    }

    @Override
    public int compareTo(ClientRule other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        String ports = from == to ? String.valueOf(from) : from + "-" + to;
        return "%s/%s from %s".formatted(protocol, ports, source);
    }
}
