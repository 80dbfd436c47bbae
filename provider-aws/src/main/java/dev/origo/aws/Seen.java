package dev.origo.aws;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What AWS told of single objects.
final class Seen {
    private Seen() {}

    /// A load balancer with its listeners.
    ///
    /// @param state `provisioning`, `active`, `active_impaired` or `failed`
    /// @param born when it was made, as AWS writes it, for the order of twins
    /// @param addresses of the user's choice
    /// @param listeners by ARN
    record Balancer(
            String arn,
            String name,
            String state,
            boolean internal,
            String dnsName,
            String ipType,
            String born,
            SortedSet<String> subnets,
            SortedSet<String> groups,
            Addresses addresses,
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

        Balancer withState(String newState, String newDnsName) {
            return new Balancer(
                    arn,
                    name,
                    newState,
                    internal,
                    newDnsName,
                    ipType,
                    born,
                    subnets,
                    groups,
                    addresses,
                    attributes,
                    tags,
                    listeners);
        }

        Balancer withNet(SortedSet<String> newSubnets, String newIpType) {
            return new Balancer(
                    arn,
                    name,
                    state,
                    internal,
                    dnsName,
                    newIpType,
                    born,
                    newSubnets,
                    groups,
                    addresses,
                    attributes,
                    tags,
                    listeners);
        }

        Balancer withGroups(Collection<String> newGroups) {
            return new Balancer(
                    arn,
                    name,
                    state,
                    internal,
                    dnsName,
                    ipType,
                    born,
                    subnets,
                    Sorted.set(newGroups),
                    addresses,
                    attributes,
                    tags,
                    listeners);
        }

        Balancer withAddresses(Addresses newAddresses) {
            return new Balancer(
                    arn,
                    name,
                    state,
                    internal,
                    dnsName,
                    ipType,
                    born,
                    subnets,
                    groups,
                    newAddresses,
                    attributes,
                    tags,
                    listeners);
        }

        Balancer withAttributes(SortedMap<String, String> all) {
            return new Balancer(
                    arn, name, state, internal, dnsName, ipType, born, subnets, groups, addresses,
                    all, tags, listeners);
        }

        Balancer withTags(SortedMap<String, String> all) {
            return new Balancer(
                    arn,
                    name,
                    state,
                    internal,
                    dnsName,
                    ipType,
                    born,
                    subnets,
                    groups,
                    addresses,
                    attributes,
                    all,
                    listeners);
        }

        Balancer withListeners(SortedMap<String, Listener> all) {
            return new Balancer(
                    arn,
                    name,
                    state,
                    internal,
                    dnsName,
                    ipType,
                    born,
                    subnets,
                    groups,
                    addresses,
                    attributes,
                    tags,
                    all);
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

        TargetGroup withCheck(Wanted.Check newCheck) {
            return new TargetGroup(
                    arn,
                    name,
                    protocol,
                    port,
                    targetType,
                    newCheck,
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
            return new TargetGroup(
                    arn,
                    name,
                    protocol,
                    port,
                    targetType,
                    check,
                    attributes,
                    tags,
                    Sorted.set(all),
                    refused);
        }

        TargetGroup withRefused(Collection<String> ids) {
            return new TargetGroup(
                    arn,
                    name,
                    protocol,
                    port,
                    targetType,
                    check,
                    attributes,
                    tags,
                    targets,
                    Sorted.union(refused, ids));
        }
    }

    /// Where a target group sends connections.
    ///
    /// @param id of an instance, or an address
    record Target(String id, int port) implements Comparable<Target> {
        @Override
        public int compareTo(Target other) {
            int byId = id.compareTo(other.id);
            return byId != 0 ? byId : Integer.compare(port, other.port);
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
