package dev.origo.aws;

import dev.origo.desire.CoreSettings;
import dev.origo.model.Setting;
import dev.origo.model.Setting.Alias;
import dev.origo.model.Setting.Ignored;
import dev.origo.model.Setting.Mutability;
import dev.origo.spi.Annotations;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/// The annotations of the AWS provider: `origo.dev/aws-NAME`, and the same under the prefix that
/// AWS's own controllers read.
final class AwsSettings {
    static final String PREFIX = "origo.dev/aws-";
    static final String UPSTREAM = "service.beta.kubernetes.io/aws-load-balancer-";

    private static final String CONTRACT = "the health-check contract";
    private static final List<Setting<?>> ALL = new ArrayList<>();
    private static final List<Alias<?>> ALIASES = new ArrayList<>();

    static final Setting<String> TYPE = atCreation("type", Texts.NLB, "nlb");
    static final Setting<String> TARGET_TYPE =
            atCreation("nlb-target-type", Texts.words("instance"), "instance");
    static final Setting<String> IP_ADDRESS_TYPE =
            add("ip-address-type", Texts.words("ipv4", "dualstack"), "what ipFamilies need");
    static final Setting<String> PROXY_PROTOCOL = add("proxy-protocol", Texts.words("*"), "off");
    static final Setting<SortedMap<String, String>> TARGET_GROUP_ATTRIBUTES =
            add("target-group-attributes", Texts.PAIRS, "AWS's defaults");
    static final Setting<SortedMap<String, String>> ATTRIBUTES =
            add("attributes", Texts.PAIRS, "AWS's defaults");
    static final Setting<Boolean> CROSS_ZONE =
            add("cross-zone-load-balancing-enabled", Texts.BOOL, "false");
    static final Setting<Boolean> ACCESS_LOG = add("access-log-enabled", Texts.BOOL, "false");
    static final Setting<String> ACCESS_LOG_BUCKET =
            add("access-log-s3-bucket-name", Texts.WORD, "none");
    static final Setting<String> ACCESS_LOG_PREFIX =
            add("access-log-s3-bucket-prefix", Texts.WORD, "none");
    static final Setting<List<String>> CERTIFICATES = add("ssl-cert", Texts.ARNS, "none");
    static final Setting<List<String>> TLS_PORTS =
            add("ssl-ports", Texts.NAMES, "* (all TCP ports) if there is a certificate");
    static final Setting<String> TLS_POLICY =
            add("ssl-negotiation-policy", Texts.WORD, Ports.TLS_POLICY);
    static final Setting<String> ALPN = add("alpn-policy", Texts.ALPN, "None");
    static final Setting<String> BACKEND_PROTOCOL =
            add("backend-protocol", Texts.BACKEND_PROTOCOL, "tcp");
    static final Setting<SortedMap<String, String>> TAGS =
            add("additional-resource-tags", Texts.TAGS, "none");
    static final Setting<String> CHECK_PROTOCOL =
            add("healthcheck-protocol", Texts.CHECK_PROTOCOL, CONTRACT);
    static final Setting<String> CHECK_PORT = add("healthcheck-port", Texts.CHECK_PORT, CONTRACT);
    static final Setting<String> CHECK_PATH = add("healthcheck-path", Texts.PATH, CONTRACT);
    static final Setting<String> CHECK_CODES = add("healthcheck-success-codes", Texts.CODES, "200");
    static final Setting<Integer> CHECK_INTERVAL =
            add("healthcheck-interval", Texts.number(5, 300), "5 seconds");
    static final Setting<Integer> CHECK_TIMEOUT =
            add("healthcheck-timeout", Texts.number(2, 120), "2 seconds");
    static final Setting<Integer> CHECK_HEALTHY =
            add("healthcheck-healthy-threshold", Texts.number(2, 10), "2");
    static final Setting<Integer> CHECK_UNHEALTHY =
            add("healthcheck-unhealthy-threshold", Texts.number(2, 10), "2");
    static final Setting<List<String>> SUBNETS =
            add("subnets", Texts.NAMES, "discovered, one per zone");
    static final Setting<List<String>> EIPS =
            atCreation("eip-allocations", Texts.ids("eipalloc-"), "none");
    static final Setting<List<String>> PRIVATE_ADDRESSES =
            atCreation("private-ipv4-addresses", Texts.ADDRESSES, "AWS's choice");
    static final Setting<SortedMap<String, String>> NODE_LABELS =
            add("target-node-labels", Texts.PAIRS, "all eligible nodes");
    static final Setting<List<String>> SECURITY_GROUPS =
            add("security-groups", Texts.GROUPS, "one of our own");
    static final Setting<List<String>> EXTRA_SECURITY_GROUPS =
            add("extra-security-groups", Texts.GROUPS, "none");
    static final Setting<Boolean> MANAGE_NODE_RULES =
            add(
                    "manage-backend-security-group-rules",
                    Texts.BOOL,
                    "true; false with security-groups");
    static final Setting<List<String>> PREFIX_LISTS =
            add("security-group-prefix-lists", Texts.ids("pl-"), "none");
    static final Setting<Boolean> PATH_MTU =
            add("enable-icmp-for-path-mtu-discovery", Texts.ON_OFF, "on");

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

    static {
        ALIASES.add(new Alias<>(UPSTREAM + "name", CoreSettings.NAME, CoreSettings.NAME.parser()));
        ALIASES.add(
                new Alias<>(
                        UPSTREAM + "scheme", CoreSettings.SCHEME, CoreSettings.SCHEME.parser()));
        ALIASES.add(new Alias<>(UPSTREAM + "internal", CoreSettings.SCHEME, Texts::internal));
    }

    private AwsSettings() {}

    static Annotations annotations() {
        return new Annotations(ALL, ALIASES, IGNORED, List.of(UPSTREAM));
    }

    private static <T> Setting<T> add(String name, Texts.Type<T> type, String byDefault) {
        return add(name, type, byDefault, Mutability.IN_PLACE);
    }

    private static <T> Setting<T> atCreation(String name, Texts.Type<T> type, String byDefault) {
        return add(name, type, byDefault, Mutability.AT_CREATION);
    }

    private static <T> Setting<T> add(
            String name, Texts.Type<T> type, String byDefault, Mutability mutability) {
        String meaning = "As AWS's own controllers read " + UPSTREAM + name;
        Setting<T> setting =
                new Setting<>(
                        PREFIX + name, type.text(), byDefault, mutability, meaning, type.parser());
        ALL.add(setting);
        ALIASES.add(new Alias<>(UPSTREAM + name, setting, type.parser()));
        return setting;
    }

    private static Ignored ignored(String name, String why) {
        return new Ignored(UPSTREAM + name, why);
    }
}
