package dev.origo.aws;

import java.util.Collection;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

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
            String ipType,
            String born,
            SortedSet<String> subnets,
            SortedSet<String> groups,
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
                    attributes,
                    tags,
                    listeners);
        }

        Balancer withAttributes(SortedMap<String, String> all) {
            return new Balancer(
                    arn, name, state, internal, dnsName, ipType, born, subnets, groups, all, tags,
                    listeners);
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
                    attributes,
                    tags,
                    all);
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
