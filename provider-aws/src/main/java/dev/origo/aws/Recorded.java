package dev.origo.aws;

import dev.origo.aws.Seen.Balancer;
import dev.origo.aws.Seen.Listener;
import dev.origo.aws.Seen.SecurityGroup;
import dev.origo.aws.Seen.Target;
import dev.origo.aws.Seen.TargetGroup;
import dev.origo.model.PortPath.Kind;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// A load balancer as the endpoint has it on record, for whoever brings it alive where the cloud
/// does not. Pure.
///
/// @param dnsName in lower case
/// @param active whether the cloud has made it
public record Recorded(String name, String dnsName, boolean active, List<Port> ports) {
    public Recorded {
        ports = List.copyOf(ports);
    }

    /// A listener and what is behind it.
    ///
    /// @param sources ranges that may connect, as EC2 writes them; anything else that a rule names
    ///   (a prefix list, a security group) is left out
    /// @param proxyHeader whether the target group sends the PROXY protocol, version 2
    /// @param keepsClient whether packets keep the client's address
    public record Port(
            int port,
            Kind kind,
            SortedSet<String> sources,
            boolean proxyHeader,
            boolean keepsClient,
            boolean sticky,
            Duration drain,
            Check check,
            List<Destination> targets) {
        public Port {
            targets = List.copyOf(targets);
        }
    }

    /// How a target's health is asked.
    ///
    /// @param protocol TCP (a connection), HTTP or HTTPS
    /// @param port empty for the port of the traffic
    /// @param path empty for TCP
    /// @param codes good answers, as `200` or `200-399`
    public record Check(
            String protocol,
            String port,
            String path,
            String codes,
            Duration interval,
            Duration timeout,
            int healthy,
            int unhealthy) {}

    /// Where connections go.
    ///
    /// @param id of an instance, or an address
    public record Destination(String id, int port) {}

    /// All balancers of the owner, in the order of their names; of twins, the one to keep first.
    public static List<Recorded> of(AwsObserved observed) {
        return observed.balancers().values().stream()
                .sorted(Comparator.comparing(Balancer::name).thenComparing(Balancer.KEEP_FIRST))
                .map(balancer -> of(balancer, observed))
                .toList();
    }

    private static Recorded of(Balancer balancer, AwsObserved observed) {
        List<Port> ports =
                balancer.listeners().values().stream()
                        .flatMap(listener -> port(balancer, listener, observed).stream())
                        .sorted((a, b) -> Integer.compare(a.port(), b.port()))
                        .toList();
        return new Recorded(
                balancer.name(),
                balancer.dnsName().toLowerCase(Locale.ROOT),
                balancer.isActive(),
                ports);
    }

    private static Optional<Port> port(Balancer balancer, Listener listener, AwsObserved observed) {
        return Optional.ofNullable(observed.targetGroups().get(listener.targetGroupArn()))
                .map(group ->
                        new Port(
                                listener.port(),
                                Kind.valueOf(listener.protocol()),
                                sources(balancer, listener, observed),
                                is(group, Attributes.PROXY_PROTOCOL, "false"),
                                keepsClient(group),
                                is(group, Attributes.STICKY, "false"),
                                drain(group),
                                check(group),
                                targets(group)));
    }

    private static SortedSet<String> sources(
            Balancer balancer, Listener listener, AwsObserved observed) {
        SortedSet<String> ranges = new TreeSet<>();
        for (String id : balancer.net().groups()) {
            Optional.ofNullable(observed.groups().get(id)).stream()
                    .map(SecurityGroup::rules)
                    .flatMap(SortedSet::stream)
                    .filter(rule -> !rule.protocol().startsWith("icmp"))
                    .filter(rule -> rule.from() <= listener.port() && listener.port() <= rule.to())
                    .map(ClientRule::source)
                    .filter(source -> source.contains("/"))
                    .forEach(ranges::add);
        }
        return ranges;
    }

    private static boolean keepsClient(TargetGroup group) {
        boolean byDefault =
                group.protocol().endsWith("UDP")
                        || group.targets().stream()
                                .anyMatch(target -> target.id().startsWith("i-"));
        return is(group, Attributes.PRESERVE_CLIENT, String.valueOf(byDefault));
    }

    private static boolean is(TargetGroup group, String attribute, String byDefault) {
        return group.attributes().getOrDefault(attribute, byDefault).equals("true");
    }

    private static Duration drain(TargetGroup group) {
        String seconds =
                group.attributes().getOrDefault("deregistration_delay.timeout_seconds", "300");
        return Duration.ofSeconds(Long.parseLong(seconds));
    }

    private static Check check(TargetGroup group) {
        Wanted.Check check = group.check();
        return new Check(
                check.protocol(),
                check.port().equals(Wanted.Check.TRAFFIC_PORT) ? "" : check.port(),
                check.isHttp() ? check.path() : "",
                check.codes(),
                Duration.ofSeconds(check.interval()),
                Duration.ofSeconds(check.timeout()),
                check.healthy(),
                check.unhealthy());
    }

    private static List<Destination> targets(TargetGroup group) {
        return group.targets().stream()
                .map((Target target) -> new Destination(target.id(), target.port()))
                .toList();
    }
}
