package dev.origo.aws;

import dev.origo.model.Cidr;
import dev.origo.model.IpFamily;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/// What was looked up for all Services of the cluster together: an immutable snapshot.
///
/// @param subnetsKnown whether `subnets` were looked up
/// @param instances by id, also those that were looked for in vain
/// @param groupTags tags of security groups, by id
/// @param groupsNamed ids of the VPC's security groups, by their Name tag; also names that were
///   looked for in vain
record Facts(
        boolean subnetsKnown,
        List<Subnet> subnets,
        SortedMap<String, Instance> instances,
        SortedMap<String, SortedMap<String, String>> groupTags,
        SortedMap<String, SortedSet<String>> groupsNamed) {
    static final Facts NONE =
            new Facts(
                    false,
                    List.of(),
                    Collections.emptySortedMap(),
                    Collections.emptySortedMap(),
                    Collections.emptySortedMap());

    /// The name under which subnets are asked for.
    static final String SUBNETS = "subnets";

    /// Before a Name tag under which security groups are asked for.
    static final String GROUP_NAMED = "group-named:";

    Facts {
        subnets = List.copyOf(subnets);
    }

    /// Everything that this tells of.
    SortedSet<String> keys() {
        SortedSet<String> keys = new TreeSet<>(instances.keySet());
        keys.addAll(groupTags.keySet());
        groupsNamed.keySet().forEach(name -> keys.add(GROUP_NAMED + name));
        if (subnetsKnown) {
            keys.add(SUBNETS);
        }
        return keys;
    }

    /// The zone of a target; empty where it is not known, and for an address outside the VPC.
    ///
    /// @param id of an instance, or an address: a literal, which is never looked up by name
    Optional<String> zoneOf(String id) {
        if (id.startsWith("i-")) {
            return Optional.ofNullable(instances.get(id))
                    .map(Instance::zone)
                    .filter(zone -> !zone.isEmpty());
        }
        InetAddress address = InetAddress.ofLiteral(id);
        return subnets.stream().filter(s -> s.holds(address)).map(Subnet::zone).findFirst();
    }

    /// A subnet of the VPC.
    ///
    /// @param ranges its addresses of either family
    /// @param route whether its route table leads to an internet gateway
    record Subnet(
            String id,
            String zone,
            List<Cidr> ranges,
            int freeAddresses,
            Route route,
            SortedMap<String, String> tags) {
        Subnet {
            ranges = List.copyOf(ranges);
        }

        boolean hasIpv6() {
            return ranges.stream().anyMatch(range -> range.family() == IpFamily.IPV6);
        }

        private boolean holds(InetAddress address) {
            int bytes = address.getAddress().length;
            return ranges.stream()
                    .filter(range -> range.network().getAddress().length == bytes)
                    .anyMatch(range -> new Cidr(address, range.prefixBits()).equals(range));
        }
    }

    /// Where a subnet's route table leads.
    enum Route {
        PUBLIC,
        PRIVATE,
        UNKNOWN
    }

    /// A machine.
    ///
    /// @param zone empty where EC2 does not tell
    /// @param obstacle why it cannot be a target; empty if it can
    /// @param groups its security groups
    record Instance(String id, String zone, String obstacle, SortedSet<String> groups) {
        boolean usable() {
            return obstacle.isEmpty();
        }
    }
}
