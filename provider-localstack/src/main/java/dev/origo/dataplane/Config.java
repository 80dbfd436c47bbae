package dev.origo.dataplane;

import java.time.Duration;

/// The bounds of a data plane.
///
/// @param connectionsMax of all balancers together, at least 1; never more than open files (two a
///   connection) and half of the heap (12 kB a connection) leave room for: 5,000 and some with the
///   128 MB of `bin/origo`
/// @param connectionsPerBalancerMax of one balancer, at least 1; where there is less room in all,
///   half of it at most
/// @param udpSessionsMax of one UDP port, one per client address and port, at least 1
/// @param connectTimeout how long a target may take to accept a connection
/// @param sweepEvery how often idle and drained connections are looked for
/// @param bindsClientAddress whether packet delivery is offered at all: opens the connection to the
///   target from the client's own address, where both are loopback addresses. A client address has
///   19,760 ports for that (10240 to 29999); a connection that finds none is refused and counted
///   ([Status.Reason#SOURCE_PORTS])
public record Config(
        int connectionsMax,
        int connectionsPerBalancerMax,
        int udpSessionsMax,
        Duration connectTimeout,
        Duration sweepEvery,
        boolean bindsClientAddress) {
    public static final Config DEFAULT =
            new Config(10_000, 5_000, 4_096, Duration.ofSeconds(5), Duration.ofMillis(250), true);

    public Config {
        requirePositive("connectionsMax", connectionsMax);
        requirePositive("connectionsPerBalancerMax", connectionsPerBalancerMax);
        requirePositive("udpSessionsMax", udpSessionsMax);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s is %d, not at least 1".formatted(name, value));
        }
    }
}
