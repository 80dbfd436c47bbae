package dev.origo.aws;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

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

    /// A subnet of the VPC.
    ///
    /// @param route whether its route table leads to an internet gateway
    /// @param hasIpv6 whether it has an IPv6 range
    record Subnet(
            String id,
            String zone,
            boolean hasIpv6,
            int freeAddresses,
            Route route,
            SortedMap<String, String> tags) {}

    /// Where a subnet's route table leads.
    enum Route {
        PUBLIC,
        PRIVATE,
        UNKNOWN
    }

    /// A machine.
    ///
    /// @param obstacle why it cannot be a target; empty if it can
    /// @param groups its security groups
    record Instance(String id, String obstacle, SortedSet<String> groups) {
        boolean usable() {
            return obstacle.isEmpty();
        }
    }
}
