package dev.origo.aws;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What AWS told of single objects.
final class Seen {
    private Seen() {}

    /// A load balancer with its listeners.
    ///
    /// @param state `provisioning`, `active`, `active_impaired` or `failed`
    /// @param born when it was made, as AWS writes it, for the order of twins
    /// @param listeners by ARN
    record Balancer(
            String arn,
            String name,
            String state,
            boolean internal,
            String dnsName,
            String born,
            Net net,
            SortedMap<String, String> attributes,
            SortedMap<String, String> tags,
            SortedMap<String, Listener> listeners) {
        /// The one to keep among twins comes first: it has listeners, then it is the oldest.
        static final Comparator<Balancer> KEEP_FIRST =
                Comparator.comparing((Balancer b) -> b.listeners.isEmpty())
                        .thenComparing(Balancer::born)
                        .thenComparing(Balancer::arn);

        boolean isActive() {
            return state.startsWith("active");
        }

        /// As it is with the state of a newer look.
        Balancer as(Balancer newer) {
            return new Balancer(
                    arn,
                    name,
                    newer.state,
                    internal,
                    newer.dnsName,
                    born,
                    net,
                    attributes,
                    tags,
                    listeners);
        }

        Balancer withNet(Net all) {
            return new Balancer(
                    arn, name, state, internal, dnsName, born, all, attributes, tags, listeners);
        }

        Balancer withAttributes(SortedMap<String, String> all) {
            return new Balancer(
                    arn, name, state, internal, dnsName, born, net, all, tags, listeners);
        }

        Balancer withTags(SortedMap<String, String> all) {
            return new Balancer(
                    arn, name, state, internal, dnsName, born, net, attributes, all, listeners);
        }

        Balancer withListeners(SortedMap<String, Listener> all) {
            return new Balancer(
                    arn, name, state, internal, dnsName, born, net, attributes, tags, all);
        }
    }

    /// Where a load balancer stands, and behind which security groups.
    ///
    /// @param addresses of the user's choice
    record Net(
            String ipType,
            SortedSet<String> subnets,
            SortedSet<String> groups,
            Addresses addresses) {
        Net withIpType(String newer) {
            return new Net(newer, subnets, groups, addresses);
        }

        Net withGroups(SortedSet<String> all) {
            return new Net(ipType, subnets, all, addresses);
        }
    }

    /// Addresses of the user's choice that a balancer was made with.
    ///
    /// @param told whether the endpoint tells them
    /// @param allocations ids of Elastic IPs
    /// @param fixed private addresses
    record Addresses(boolean told, SortedSet<String> allocations, SortedSet<String> fixed) {
        static Addresses of(List<Wanted.Place> places) {
            return new Addresses(
                    true,
                    given(places.stream().map(Wanted.Place::allocation)),
                    given(places.stream().map(Wanted.Place::privateAddress)));
        }

        static SortedSet<String> given(Stream<String> texts) {
            return Sorted.set(texts.filter(text -> !text.isEmpty()).toList());
        }
    }

    /// A listener.
    record Listener(String arn, int port, String protocol, String targetGroupArn, Wanted.Tls tls) {
        boolean endsTls() {
            return protocol.equals("TLS");
        }

        Listener withMoreCertificates(Collection<String> all) {
            return new Listener(arn, port, protocol, targetGroupArn, tls.withMore(Sorted.set(all)));
        }
    }

    /// A target group with its targets. Targets that are being drained are not among them.
    ///
    /// @param refused ids that AWS refused to register since the group was observed
    record TargetGroup(
            String arn,
            String name,
            String protocol,
            int port,
            String targetType,
            Wanted.Check check,
            SortedMap<String, String> attributes,
            SortedMap<String, String> tags,
            SortedSet<Target> targets,
            SortedSet<String> refused) {
        /// What the nodes must admit for it.
        SortedSet<NodeRule> needs() {
            SortedSet<NodeRule> rules = new TreeSet<>();
            if (!protocol.equals("UDP")) {
                rules.add(NodeRule.tcp(port));
            }
            if (protocol.endsWith("UDP")) {
                rules.add(NodeRule.udp(port));
            }
            if (check.port().matches("[0-9]+")) {
                rules.add(NodeRule.tcp(Integer.parseInt(check.port())));
            }
            return rules;
        }

        boolean isCrossZone(Collection<Balancer> balancers) {
            return balancers.stream()
                    .anyMatch(b -> Attributes.isCrossZone(b.attributes(), attributes));
        }

        TargetGroup withCheck(Wanted.Check newer) {
            return new TargetGroup(
                    arn,
                    name,
                    protocol,
                    port,
                    targetType,
                    newer,
                    attributes,
                    tags,
                    targets,
                    refused);
        }

        TargetGroup withAttributes(SortedMap<String, String> all) {
            return new TargetGroup(
                    arn, name, protocol, port, targetType, check, all, tags, targets, refused);
        }

        TargetGroup withTags(SortedMap<String, String> all) {
            return new TargetGroup(
                    arn,
                    name,
                    protocol,
                    port,
                    targetType,
                    check,
                    attributes,
                    all,
                    targets,
                    refused);
        }

        TargetGroup withTargets(Collection<Target> all) {
            SortedSet<Target> set = Sorted.set(all);
            return new TargetGroup(
                    arn, name, protocol, port, targetType, check, attributes, tags, set, refused);
        }

        TargetGroup withRefused(Collection<String> ids) {
            SortedSet<String> all = Sorted.union(refused, ids);
            return new TargetGroup(
                    arn, name, protocol, port, targetType, check, attributes, tags, targets, all);
        }
    }

    /// Where a target group sends connections.
    ///
    /// @param id of an instance, or an address
    /// @param zone what AWS has to be told of it: [#EVERY_ZONE] for an address outside the VPC,
    ///   else empty; two targets that differ in it only are the same
    record Target(String id, int port, String zone) implements Comparable<Target> {
        /// Source: ELBv2 API, TargetDescription: "If the IP address is outside the VPC, this
        /// parameter is required".
        static final String EVERY_ZONE = "all";

        @Override
        public int compareTo(Target other) {
            int byId = id.compareTo(other.id);
            return byId != 0 ? byId : Integer.compare(port, other.port);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Target target && compareTo(target) == 0;
        }

        @Override
        public int hashCode() {
            return Objects.hash(id, port);
        }
    }

    /// A security group of the owner.
    record SecurityGroup(
            String id, String name, SortedSet<ClientRule> rules, SortedMap<String, String> tags) {
        SecurityGroup withRules(Collection<ClientRule> all) {
            return new SecurityGroup(id, name, Sorted.set(all), tags);
        }

        SecurityGroup withTags(SortedMap<String, String> all) {
            return new SecurityGroup(id, name, rules, all);
        }
    }
}
