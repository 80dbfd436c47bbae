package dev.origo.spi;

import dev.origo.model.Carrier;
import dev.origo.model.HealthCheck;
import dev.origo.model.IpFamily;
import dev.origo.model.Protocol;
import dev.origo.model.Scheme;
import dev.origo.model.TrafficPolicy;
import java.util.Map;
import java.util.Set;

/// What a provider can do.
///
/// @param carriers per protocol, the ways in which a client's address can travel
/// @param families IP families that a balancer of it can serve; both means dual stack
/// @param mixedProtocols whether one balancer serves TCP and UDP
/// @param clientIpAffinity whether sessionAffinity ClientIP can be kept
/// @param enforcesSourceRanges whether connections from elsewhere never reach a node
/// @param checksCarryProxyHeader whether its own health checks are prefixed with the PROXY header
/// @param publishesHostname whether addresses are host names, which have no ipMode
/// @param honoursRequestedIp whether spec.loadBalancerIP can be given
/// @param defaultScheme where the Service names none
/// @param timing of health checks, by policy
/// @param portsMax ports per Service
/// @param nameLengthMax characters of a balancer's name
/// @param wavesMax waves that any plan may take; more is a bug of the planner
public record Capabilities(
        Map<Protocol, Set<Carrier>> carriers,
        Set<IpFamily> families,
        boolean mixedProtocols,
        boolean clientIpAffinity,
        boolean enforcesSourceRanges,
        boolean checksCarryProxyHeader,
        boolean publishesHostname,
        boolean honoursRequestedIp,
        Scheme defaultScheme,
        Map<TrafficPolicy, HealthCheck.Timing> timing,
        int portsMax,
        int nameLengthMax,
        int wavesMax) {
    public Capabilities {
        carriers = Map.copyOf(carriers);
        families = Set.copyOf(families);
        timing = Map.copyOf(timing);
    }
}
