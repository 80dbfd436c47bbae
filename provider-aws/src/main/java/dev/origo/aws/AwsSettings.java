package dev.origo.aws;

import dev.origo.desire.CoreSettings;
import dev.origo.model.Setting;
import dev.origo.model.Setting.Alias;
import dev.origo.model.Setting.Ignored;
import dev.origo.model.Setting.Mutability;
import dev.origo.spi.Annotations;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;

/// The annotations of the AWS provider: `origo.dev/aws-NAME`, and the same under the prefix that
/// AWS's own controllers read.
final class AwsSettings {
    static final String PREFIX = "origo.dev/aws-";
    static final String UPSTREAM = "service.beta.kubernetes.io/aws-load-balancer-";

    private static final String CONTRACT = "the health-check contract";

    static final Setting<String> TYPE = atCreation("type", Texts.NLB, "nlb");
    static final Setting<String> TARGET_TYPE =
            atCreation("nlb-target-type", Texts.words("instance"), "instance");
    static final Setting<String> IP_ADDRESS_TYPE =
            inPlace("ip-address-type", Texts.words("ipv4", "dualstack"), "what ipFamilies need");
    static final Setting<String> PROXY_PROTOCOL =
            inPlace("proxy-protocol", Texts.words("*"), "off");
    static final Setting<SortedMap<String, String>> TARGET_GROUP_ATTRIBUTES =
            inPlace("target-group-attributes", Texts.GROUP_ATTRIBUTES, "AWS's defaults");
    static final Setting<SortedMap<String, String>> ATTRIBUTES =
            inPlace("attributes", Texts.ATTRIBUTES, "AWS's defaults");
    static final Setting<Boolean> CROSS_ZONE =
            inPlace("cross-zone-load-balancing-enabled", Texts.BOOL, "false");
    static final Setting<Boolean> ACCESS_LOG = inPlace("access-log-enabled", Texts.BOOL, "false");
    static final Setting<String> ACCESS_LOG_BUCKET =
            inPlace("access-log-s3-bucket-name", Texts.WORD, "none");
    static final Setting<String> ACCESS_LOG_PREFIX =
            inPlace("access-log-s3-bucket-prefix", Texts.WORD, "none");
    static final Setting<List<String>> CERTIFICATES = inPlace("ssl-cert", Texts.ARNS, "none");
    static final Setting<List<String>> TLS_PORTS =
            inPlace("ssl-ports", Texts.NAMES, "* (all TCP ports) if there is a certificate");
    static final Setting<String> TLS_POLICY =
            inPlace("ssl-negotiation-policy", Texts.WORD, Ports.TLS_POLICY);
    static final Setting<String> ALPN = inPlace("alpn-policy", Texts.ALPN, "None");
    static final Setting<String> BACKEND_PROTOCOL =
            inPlace("backend-protocol", Texts.BACKEND_PROTOCOL, "tcp");
    static final Setting<SortedMap<String, String>> TAGS =
            inPlace("additional-resource-tags", Texts.TAGS, "none");
    static final Setting<String> CHECK_PROTOCOL =
            inPlace("healthcheck-protocol", Texts.CHECK_PROTOCOL, CONTRACT);
    static final Setting<String> CHECK_PORT =
            inPlace("healthcheck-port", Texts.CHECK_PORT, CONTRACT);
    static final Setting<String> CHECK_PATH = inPlace("healthcheck-path", Texts.PATH, CONTRACT);
    static final Setting<String> CHECK_CODES =
            inPlace(
                    "healthcheck-success-codes",
                    Texts.CODES,
                    "200; 200-399 where protocol, port or path is overridden");
    static final Setting<Integer> CHECK_INTERVAL =
            inPlace(
                    "healthcheck-interval",
                    Texts.number(5, 300),
                    "5 seconds, or as long as the timeout");
    static final Setting<Integer> CHECK_TIMEOUT =
            inPlace("healthcheck-timeout", Texts.number(2, 120), "2 seconds");
    static final Setting<Integer> CHECK_HEALTHY =
            inPlace("healthcheck-healthy-threshold", Texts.number(2, 10), "2");
    static final Setting<Integer> CHECK_UNHEALTHY =
            inPlace("healthcheck-unhealthy-threshold", Texts.number(2, 10), "2");
    static final Setting<List<String>> SUBNETS =
            inPlace("subnets", Texts.NAMES, "discovered, one per zone");
    static final Setting<List<String>> EIPS =
            atCreation("eip-allocations", Texts.ids("eipalloc-"), "none");
    static final Setting<List<String>> PRIVATE_ADDRESSES =
            atCreation("private-ipv4-addresses", Texts.ADDRESSES, "AWS's choice");
    static final Setting<SortedMap<String, String>> NODE_LABELS =
            inPlace("target-node-labels", Texts.LABELS, "all eligible nodes");
    static final Setting<List<String>> SECURITY_GROUPS =
            inPlace("security-groups", Texts.GROUPS, "one of our own");
    static final Setting<List<String>> EXTRA_SECURITY_GROUPS =
            inPlace("extra-security-groups", Texts.GROUPS, "none");
    static final Setting<Boolean> MANAGE_NODE_RULES =
            inPlace(
                    "manage-backend-security-group-rules",
                    Texts.BOOL,
                    "true; false with security-groups");
    static final Setting<List<String>> PREFIX_LISTS =
            inPlace("security-group-prefix-lists", Texts.ids("pl-"), "none");
    static final Setting<Boolean> PATH_MTU =
            inPlace("enable-icmp-for-path-mtu-discovery", Texts.ON_OFF, "on");

    private static final String CLASSIC = "it is for Classic Load Balancers only";
    private static final List<Ignored> IGNORED =
            List.of(
                    ignored("access-log-emit-interval", CLASSIC),
                    ignored("connection-draining-enabled", CLASSIC),
                    ignored(
                            "connection-draining-timeout",
                            "set deregistration_delay.timeout_seconds in target-group-attributes"),
                    ignored("connection-idle-timeout", CLASSIC),
                    ignored(
                            "proxy-protocol-per-target-group",
                            "the PROXY protocol is on for all ports of a Service or for none"),
                    ignored(
                            "disable-nlb-sg",
                            "a balancer born without security group can never have one"),
                    ignored(
                            "enable-tcp-udp-listener",
                            "TCP and UDP on one port and node port always share a listener"),
                    ignored("inbound-sg-rules-on-private-link-traffic", "not supported"),
                    ignored("ipv6-addresses", "not supported"),
                    ignored("quic-enabled-ports", "QUIC listeners are not supported"),
                    ignored("multi-cluster-target-group", "target groups are never shared"),
                    ignored("enable-prefix-for-ipv6-source-nat", "not supported"),
                    ignored("source-nat-ipv6-prefixes", "not supported"),
                    ignored("minimum-load-balancer-capacity", "not supported"));

    /// In the order of the reference page.
    private static final List<Setting<?>> ALL =
            List.of(
                    TYPE,
                    TARGET_TYPE,
                    IP_ADDRESS_TYPE,
                    PROXY_PROTOCOL,
                    TARGET_GROUP_ATTRIBUTES,
                    ATTRIBUTES,
                    CROSS_ZONE,
                    ACCESS_LOG,
                    ACCESS_LOG_BUCKET,
                    ACCESS_LOG_PREFIX,
                    CERTIFICATES,
                    TLS_PORTS,
                    TLS_POLICY,
                    ALPN,
                    BACKEND_PROTOCOL,
                    TAGS,
                    CHECK_PROTOCOL,
                    CHECK_PORT,
                    CHECK_PATH,
                    CHECK_CODES,
                    CHECK_INTERVAL,
                    CHECK_TIMEOUT,
                    CHECK_HEALTHY,
                    CHECK_UNHEALTHY,
                    SUBNETS,
                    EIPS,
                    PRIVATE_ADDRESSES,
                    NODE_LABELS,
                    SECURITY_GROUPS,
                    EXTRA_SECURITY_GROUPS,
                    MANAGE_NODE_RULES,
                    PREFIX_LISTS,
                    PATH_MTU);

    private static final List<Alias<?>> ALIASES =
            Stream.<Alias<?>>concat(
                            ALL.stream().map(AwsSettings::upstream),
                            Stream.of(
                                    new Alias<>(
                                            UPSTREAM + "name",
                                            CoreSettings.NAME,
                                            CoreSettings.NAME.parser()),
                                    new Alias<>(
                                            UPSTREAM + "scheme",
                                            CoreSettings.SCHEME,
                                            CoreSettings.SCHEME.parser()),
                                    new Alias<>(
                                            UPSTREAM + "internal",
                                            CoreSettings.SCHEME,
                                            Texts::internal)))
                    .toList();

    private AwsSettings() {}

    static Annotations annotations() {
        return new Annotations(ALL, ALIASES, IGNORED, List.of(UPSTREAM));
    }

    private static <T> Setting<T> inPlace(String name, Texts.Type<T> type, String byDefault) {
        return setting(name, type, byDefault, Mutability.IN_PLACE);
    }

    private static <T> Setting<T> atCreation(String name, Texts.Type<T> type, String byDefault) {
        return setting(name, type, byDefault, Mutability.AT_CREATION);
    }

    private static <T> Setting<T> setting(
            String name, Texts.Type<T> type, String byDefault, Mutability mutability) {
        String meaning = "As AWS's own controllers read " + UPSTREAM + name;
        return new Setting<>(
                PREFIX + name, type.text(), byDefault, mutability, meaning, type.parser());
    }

    private static <T> Alias<T> upstream(Setting<T> setting) {
        String name = UPSTREAM + setting.name().substring(PREFIX.length());
        return new Alias<>(name, setting, setting.parser());
    }

    private static Ignored ignored(String name, String why) {
        return new Ignored(UPSTREAM + name, why);
    }
}
