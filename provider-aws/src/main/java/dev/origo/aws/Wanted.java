package dev.origo.aws;

import dev.origo.model.PortPath;
import dev.origo.model.Problem;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/// What AWS should hold for one Service.
///
/// @param clients rules of the owner's own security group; empty where the user's groups take its
///   place
/// @param nodes targets and what their nodes must admit
/// @param lookUps what has to be looked up before this is final
/// @param published host names that clients are told now
record Wanted(
        Balancer balancer,
        List<Listener> listeners,
        List<Group> groups,
        SortedSet<ClientRule> clients,
        Nodes nodes,
        SortedSet<String> lookUps,
        Set<String> published,
        List<Problem> problems) {
    Wanted {
        listeners = List.copyOf(listeners);
        groups = List.copyOf(groups);
        problems = List.copyOf(problems);
    }

    /// The network load balancer.
    ///
    /// @param ipType `ipv4` or `dualstack`
    /// @param places one subnet per zone; empty until they are known
    /// @param keepPlaces whether the subnets of a balancer that stands are left alone
    /// @param ownGroup name of the owner's own security group; empty where `moreGroups` are the
    ///   user's instead
    /// @param moreGroups the user's security groups
    /// @param shared whether it has the cluster's shared group
    record Balancer(
            String name,
            boolean internal,
            String ipType,
            List<Place> places,
            boolean keepPlaces,
            String ownGroup,
            List<String> moreGroups,
            boolean shared,
            SortedMap<String, String> attributes,
            SortedMap<String, String> tags) {
        Balancer {
            places = List.copyOf(places);
            moreGroups = List.copyOf(moreGroups);
        }
    }

    /// Where a balancer stands.
    ///
    /// @param allocation of an Elastic IP; empty for an address of AWS's choice
    /// @param privateAddress empty for an address of AWS's choice
    record Place(String subnet, String allocation, String privateAddress) {
        @Override
        public String toString() {
            return subnet
                    + (allocation.isEmpty() ? "" : "=" + allocation)
                    + (privateAddress.isEmpty() ? "" : "=" + privateAddress);
        }
    }

    /// A listener and the name of the target group that it sends to.
    record Listener(int port, PortPath.Kind kind, String group, Tls tls) {
        String label() {
            return "%s/%d".formatted(kind, port);
        }

        /// What goes over the wire, as security groups name it.
        List<String> protocols() {
            return switch (kind) {
                case UDP -> List.of("udp");
                case TCP_UDP -> List.of("tcp", "udp");
                case TCP, TLS, HTTP_APPENDS, HTTP_PRESERVES, HTTP_REMOVES -> List.of("tcp");
            };
        }
    }

    /// How a listener ends TLS; all empty where it does not.
    ///
    /// @param certificate the default one, for clients that name no host or an unknown one
    /// @param more certificates for clients that name a host of theirs
    record Tls(String certificate, SortedSet<String> more, String policy, String alpn) {
        static final Tls NONE = new Tls("", Sorted.none(), "", "");

        Tls withMore(SortedSet<String> all) {
            return new Tls(certificate, all, policy, alpn);
        }
    }

    /// A target group.
    ///
    /// @param port node port
    /// @param targetType `instance` or `ip`
    /// @param ipType `ipv4` or `ipv6`
    record Group(
            String name,
            String protocol,
            int port,
            String targetType,
            String ipType,
            Check check,
            SortedMap<String, String> attributes) {}

    /// A health check.
    ///
    /// @param protocol `HTTP`, `HTTPS` or `TCP`
    /// @param port a number or `traffic-port`
    /// @param path empty with TCP
    /// @param codes good answers; empty with TCP, or where AWS does not say
    /// @param interval seconds
    /// @param timeout seconds
    record Check(
            String protocol,
            String port,
            String path,
            String codes,
            int interval,
            int timeout,
            int healthy,
            int unhealthy) {
        static final String TRAFFIC_PORT = "traffic-port";

        boolean isHttp() {
            return protocol.startsWith("HTTP");
        }

        /// Whether this is in force where `observed` was read. Endpoints that leave out path or
        /// codes are believed.
        boolean isIn(Check observed) {
            Check read =
                    new Check(
                            observed.protocol,
                            observed.port,
                            isHttp() && !observed.path.isEmpty() ? observed.path : path,
                            isHttp() && !observed.codes.isEmpty() ? observed.codes : codes,
                            observed.interval,
                            observed.timeout,
                            observed.healthy,
                            observed.unhealthy);
            return equals(read);
        }
    }

    /// Where connections go.
    ///
    /// @param ids instances or addresses
    /// @param unseen those of `ids` of which it is not known yet whether and how they can be
    ///   registered; while there are any, nothing is registered or deregistered
    /// @param admit node security group -> what it must let through from the shared group
    /// @param settled whether `admit` is complete, so that the rest may be closed
    record Nodes(
            SortedSet<String> ids,
            SortedSet<String> unseen,
            SortedMap<String, SortedSet<NodeRule>> admit,
            boolean settled) {}
}
