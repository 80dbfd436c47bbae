package dev.origo.model;

import java.util.Locale;

/// Every finding that Origo can make, with the number that its documentation section has. The
/// constant's CamelCase form is the reason in conditions and events.
///
/// 1xxx: what the Service asks for. 2xxx: what the application sees of the client. 3xxx: the cloud.
/// 4xxx: nodes. 5xxx: Origo's own set-up.
public enum Code {
    UNKNOWN_ANNOTATION(
            1001,
            "remove the annotation or correct its name; docs/reference/annotations.md lists all"),
    INVALID_ANNOTATION_VALUE(1002, "set one of the allowed values"),
    INVALID_SOURCE_RANGE(1003, "write each range as ADDRESS/PREFIX, as in 203.0.113.0/24"),
    UNSUPPORTED_PROTOCOL(1004, "use TCP or UDP for this port, or publish it another way"),
    MIXED_PROTOCOL_NOT_SUPPORTED(1005, "split the ports over one Service per protocol"),
    NODE_PORT_MISSING(1006, "set spec.allocateLoadBalancerNodePorts to true"),
    HEALTH_CHECK_NODE_PORT_MISSING(
            1007,
            "set externalTrafficPolicy to Cluster and back to Local, so that the API server allocates one"),
    INVALID_NAME(
            1008, "use at most 32 letters, digits and inner hyphens, not starting with internal-"),
    LOAD_BALANCER_IP_NOT_SUPPORTED(
            1009, "remove spec.loadBalancerIP and use the provider's address annotation"),
    AFFINITY_NOT_SUPPORTED(1010, "set sessionAffinity to None"),
    IP_FAMILY_NOT_SUPPORTED(1011, "set spec.ipFamilies to what the provider serves"),
    TOO_MANY_PORTS(1012, "split the ports over several Services"),
    ANNOTATION_IGNORED(1013, "remove the annotation; it has no effect here"),
    CONFLICTING_ANNOTATIONS(1014, "keep one of the annotations"),
    HEALTH_CHECK_OVERRIDDEN(1015, "remove the override to return to the health-check contract"),
    TLS_NEEDS_TCP(1016, "list only TCP ports for TLS"),
    DUPLICATE_PORT(
            1017, "give each port number one protocol, or TCP and UDP on the same node port"),
    AFFINITY_TIMEOUT_IGNORED(
            1018, "nothing to do: the balancer keeps clients by address without this timeout"),

    CLIENT_ADDRESS_PRESERVED(2001, "nothing to do"),
    SOURCE_NAT_BY_NODE(
            2002,
            "set externalTrafficPolicy: Local, or origo.dev/client-address: proxy-protocol-v2 if the backends speak it"),
    SOURCE_NAT_BY_BALANCER(
            2003,
            "set origo.dev/client-address: packet, or a PROXY protocol if the backends speak it"),
    CLIENT_IN_PROXY_HEADER(
            2004, "nothing to do if every backend and in-cluster caller of the port speaks PROXY"),
    CLIENT_IN_FORWARDED_HEADER(2005, "trust only the last hop of X-Forwarded-For"),
    PROXY_PROTOCOL_HEALTH_CHECK_CONFLICT(
            2006,
            "set externalTrafficPolicy: Cluster with the PROXY protocol, or drop the PROXY protocol with Local"),
    PROXY_PROTOCOL_NEEDS_TCP(2007, "remove the PROXY protocol or the UDP ports"),
    CLIENT_ADDRESS_MODE_NOT_SUPPORTED(2008, "choose a mode that the provider offers, or auto"),
    HAIRPIN_RISK(
            2009,
            "set origo.dev/client-address: none or proxy-protocol-v2 if pods on target nodes call the balancer"),
    FAMILY_TRANSLATION(2010, "use the PROXY protocol for clients of the other IP family"),
    PRIVATE_LINK(2011, "use the PROXY protocol for clients that come through PrivateLink"),
    FORWARDED_HEADER_SPOOFABLE(
            2012, "let the balancer append to X-Forwarded-For and trust only the last hop"),
    FORWARDED_HEADER_REMOVED(2013, "let the balancer append to X-Forwarded-For"),
    SOURCE_RANGES_NOT_ENFORCED(
            2014, "enforce the ranges in the application or by a network policy"),
    POLICY_LOCAL_WITHOUT_EFFECT(
            2015, "set externalTrafficPolicy: Cluster; the balancer reaches pods directly"),
    PACKET_DELIVERY_UNAVAILABLE(2016, "use a PROXY protocol or the forwarded header"),

    CLOUD_THROTTLED(
            3001,
            "nothing to do: Origo slows down and goes on; look for other heavy users of the account"),
    CLOUD_UNREACHABLE(3002, "check the endpoint, region, DNS and network policy of the controller"),
    CLOUD_CONFLICT(
            3003,
            "nothing to do if it goes away; otherwise look for another writer of the same objects"),
    CLOUD_OBJECT_NOT_FOUND(3004, "nothing to do: Origo looks again and rebuilds what is missing"),
    QUOTA_EXCEEDED(3005, "raise the quota or remove what is not needed"),
    PERMISSION_DENIED(3006, "grant the named action to the controller's identity"),
    CLOUD_REJECTED(3007, "correct what the message names"),
    CLOUD_FAILED(3008, "look at the cloud's message; Origo tries again"),
    CREDENTIALS_REFUSED(3009, "renew the controller's credentials"),
    NO_SUBNET(
            3010,
            "tag the subnets or name them by annotation; the message lists each rejected one"),
    SUBNET_NOT_FOUND(3011, "name subnets that exist in the network of the cluster"),
    NAME_TAKEN(
            3012,
            "choose another name or remove the foreign object; Origo never takes over what it does not own"),
    BORN_WITHOUT_SECURITY_GROUP(
            3013, "let Origo replace the balancer: change its scheme, or re-create the Service"),
    NODE_SECURITY_GROUP_UNCLEAR(
            3014, "tag one security group of each node with kubernetes.io/cluster/NAME"),
    DELETION_PROTECTED(3015, "switch deletion protection off at the balancer"),
    REPLACEMENT(
            3016,
            "nothing to do: the new balancer is published when it serves, then the old one goes"),
    CHANGE_REFUSED(3017, "re-create the Service to apply this change"),
    SECURITY_GROUP_NOT_FOUND(
            3018,
            "name security groups of the cluster's network by id, or by a Name tag that only one of them has"),

    NO_ELIGIBLE_NODE(4001, "add a node, or remove exclude labels and autoscaler taints"),
    NODE_WITHOUT_PROVIDER_ID(4002, "wait for the cloud's node controller, or check its log"),
    FOREIGN_PROVIDER_ID(4003, "run the provider that the node belongs to"),
    SUBSET_OF_NODES(4004, "raise the target quota, or select nodes by label"),
    NODE_NOT_IN_CLOUD(4005, "remove the Node object if its machine is gone"),
    HEALTH_PORT_UNREACHABLE(
            4006,
            "set origo.dev/health-check: traffic-port, or start kube-proxy with --healthz-bind-address=0.0.0.0:10256"),

    BAD_OPTION(5001, "see origo --help"),
    CLUSTER_UNREACHABLE(5002, "check --kubeconfig, --context and the network"),
    INTERNAL_ERROR(5003, "report it with the controller's log"),

    LISTENER_MOVED(
            5010,
            "use the address and port that the message names, or free the port that is wanted"),
    LISTENER_NOT_OPEN(5011, "free the port, or choose another one for the Service"),
    TLS_LISTENER_NOT_CARRIED(5012, "end TLS in the pod, or try this listener on the cloud itself");

    private final int number;
    private final String fix;

    Code(int number, String fix) {
        this.number = number;
        this.fix = fix;
    }

    /// `ORIGO-1003`.
    public String id() {
        return "ORIGO-" + number;
    }

    /// `InvalidSourceRange`.
    public String reason() {
        StringBuilder reason = new StringBuilder();
        for (String word : name().split("_", -1)) {
            reason.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return reason.toString();
    }

    /// What a user does about it, in general; a problem may tell a closer one.
    public String fix() {
        return fix;
    }
}
