package dev.origo.aws;

import dev.origo.desire.CoreSettings;
import dev.origo.model.Scheme;
import dev.origo.model.Setting;
import dev.origo.model.Setting.Alias;
import dev.origo.model.Setting.Ignored;
import dev.origo.model.Setting.Mutability;
import dev.origo.spi.Annotations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/// The annotations of the AWS provider: `origo.dev/aws-NAME`, and the same under the prefix that
/// AWS's own controllers read.
final class AwsSettings {
    static final String PREFIX = "origo.dev/aws-";
    static final String UPSTREAM = "service.beta.kubernetes.io/aws-load-balancer-";

    private static final List<Setting<?>> ALL = new ArrayList<>();
    private static final List<Alias<?>> ALIASES = new ArrayList<>();

    static final Setting<String> TYPE =
            add("type", "nlb", "nlb", Mutability.AT_CREATION, AwsSettings::balancerType);
    static final Setting<String> TARGET_TYPE =
            add(
                    "nlb-target-type",
                    "instance",
                    "instance",
                    Mutability.AT_CREATION,
                    text -> word(text, "instance"));
    static final Setting<String> IP_ADDRESS_TYPE =
            add(
                    "ip-address-type",
                    "ipv4|dualstack",
                    "what the Service's ipFamilies need",
                    Mutability.IN_PLACE,
                    text -> word(text, "ipv4", "dualstack"));
    static final Setting<String> PROXY_PROTOCOL =
            add("proxy-protocol", "*", "off", Mutability.IN_PLACE, text -> word(text, "*"));
    static final Setting<SortedMap<String, String>> TARGET_GROUP_ATTRIBUTES =
            add(
                    "target-group-attributes",
                    "KEY=VALUE, comma-separated",
                    "AWS's defaults",
                    Mutability.IN_PLACE,
                    AwsSettings::pairs);
    static final Setting<SortedMap<String, String>> ATTRIBUTES =
            add(
                    "attributes",
                    "KEY=VALUE, comma-separated",
                    "AWS's defaults",
                    Mutability.IN_PLACE,
                    AwsSettings::pairs);
    static final Setting<Boolean> CROSS_ZONE =
            add(
                    "cross-zone-load-balancing-enabled",
                    "true|false",
                    "false",
                    Mutability.IN_PLACE,
                    AwsSettings::bool);
    static final Setting<Boolean> ACCESS_LOG =
            add(
                    "access-log-enabled",
                    "true|false",
                    "false",
                    Mutability.IN_PLACE,
                    AwsSettings::bool);
    static final Setting<String> ACCESS_LOG_BUCKET =
            add(
                    "access-log-s3-bucket-name",
                    "an S3 bucket",
                    "none",
                    Mutability.IN_PLACE,
                    AwsSettings::text);
    static final Setting<String> ACCESS_LOG_PREFIX =
            add(
                    "access-log-s3-bucket-prefix",
                    "a key prefix",
                    "none",
                    Mutability.IN_PLACE,
                    Function.identity());
    static final Setting<String> CERTIFICATE =
            add(
                    "ssl-cert",
                    "ARN of one certificate",
                    "none",
                    Mutability.IN_PLACE,
                    text ->
                            like(
                                    text,
                                    Pattern.compile("arn:[^,\\s]+"),
                                    "the ARN of one certificate"));
    static final Setting<List<String>> TLS_PORTS =
            add(
                    "ssl-ports",
                    "port numbers or names, comma-separated, or *",
                    "all TCP ports, if a certificate is given",
                    Mutability.IN_PLACE,
                    AwsSettings::list);
    static final Setting<String> TLS_POLICY =
            add(
                    "ssl-negotiation-policy",
                    "an ELB security policy",
                    Ports.TLS_POLICY,
                    Mutability.IN_PLACE,
                    AwsSettings::text);
    static final Setting<String> ALPN =
            add(
                    "alpn-policy",
                    "HTTP1Only|HTTP2Only|HTTP2Optional|HTTP2Preferred|None",
                    "None",
                    Mutability.IN_PLACE,
                    text ->
                            word(
                                    text,
                                    "HTTP1Only",
                                    "HTTP2Only",
                                    "HTTP2Optional",
                                    "HTTP2Preferred",
                                    "None"));
    static final Setting<String> BACKEND_PROTOCOL =
            add(
                    "backend-protocol",
                    "tcp|ssl",
                    "tcp",
                    Mutability.IN_PLACE,
                    text -> word(text, "tcp", "ssl"));
    static final Setting<SortedMap<String, String>> TAGS =
            add(
                    "additional-resource-tags",
                    "KEY=VALUE, comma-separated",
                    "none",
                    Mutability.IN_PLACE,
                    AwsSettings::tags);
    static final Setting<String> CHECK_PROTOCOL =
            add(
                    "healthcheck-protocol",
                    "tcp|http|https",
                    "the health-check contract",
                    Mutability.IN_PLACE,
                    text -> word(text.toLowerCase(java.util.Locale.ROOT), "tcp", "http", "https"));
    static final Setting<String> CHECK_PORT =
            add(
                    "healthcheck-port",
                    "1..65535|traffic-port",
                    "the health-check contract",
                    Mutability.IN_PLACE,
                    text ->
                            text.equals(Wanted.Check.TRAFFIC_PORT)
                                    ? text
                                    : String.valueOf(number(text, 1, 65535)));
    static final Setting<String> CHECK_PATH =
            add(
                    "healthcheck-path",
                    "a path that starts with /",
                    "the health-check contract",
                    Mutability.IN_PLACE,
                    text -> like(text, Pattern.compile("/\\S*"), "a path that starts with /"));
    static final Setting<String> CHECK_CODES =
            add(
                    "healthcheck-success-codes",
                    "HTTP codes, as 200-399",
                    "200",
                    Mutability.IN_PLACE,
                    text ->
                            like(
                                    text,
                                    Pattern.compile("[0-9]{3}([,-][0-9]{3})*"),
                                    "HTTP codes, as 200-399"));
    static final Setting<Integer> CHECK_INTERVAL =
            add(
                    "healthcheck-interval",
                    "5..300 seconds",
                    "5",
                    Mutability.IN_PLACE,
                    text -> number(text, 5, 300));
    static final Setting<Integer> CHECK_TIMEOUT =
            add(
                    "healthcheck-timeout",
                    "2..120 seconds",
                    "2",
                    Mutability.IN_PLACE,
                    text -> number(text, 2, 120));
    static final Setting<Integer> CHECK_HEALTHY =
            add(
                    "healthcheck-healthy-threshold",
                    "2..10",
                    "2",
                    Mutability.IN_PLACE,
                    text -> number(text, 2, 10));
    static final Setting<Integer> CHECK_UNHEALTHY =
            add(
                    "healthcheck-unhealthy-threshold",
                    "2..10",
                    "2",
                    Mutability.IN_PLACE,
                    text -> number(text, 2, 10));
    static final Setting<List<String>> SUBNETS =
            add(
                    "subnets",
                    "subnet ids or Name tags, one per zone",
                    "discovered",
                    Mutability.IN_PLACE,
                    AwsSettings::list);
    static final Setting<List<String>> EIPS =
            add(
                    "eip-allocations",
                    "allocation ids, one per subnet",
                    "none",
                    Mutability.AT_CREATION,
                    text -> ids(text, "eipalloc-"));
    static final Setting<List<String>> PRIVATE_ADDRESSES =
            add(
                    "private-ipv4-addresses",
                    "IPv4 addresses, one per subnet",
                    "AWS's choice",
                    Mutability.AT_CREATION,
                    AwsSettings::addresses);
    static final Setting<SortedMap<String, String>> NODE_LABELS =
            add(
                    "target-node-labels",
                    "LABEL=VALUE, comma-separated",
                    "all eligible nodes",
                    Mutability.IN_PLACE,
                    AwsSettings::pairs);
    static final Setting<List<String>> SECURITY_GROUPS =
            add(
                    "security-groups",
                    "security group ids, instead of a managed one",
                    "managed",
                    Mutability.IN_PLACE,
                    text -> ids(text, "sg-"));
    static final Setting<List<String>> EXTRA_SECURITY_GROUPS =
            add(
                    "extra-security-groups",
                    "security group ids, beside the managed one",
                    "none",
                    Mutability.IN_PLACE,
                    text -> ids(text, "sg-"));
    static final Setting<Boolean> MANAGE_NODE_RULES =
            add(
                    "manage-backend-security-group-rules",
                    "true|false",
                    "true; false with security-groups",
                    Mutability.IN_PLACE,
                    AwsSettings::bool);
    static final Setting<List<String>> PREFIX_LISTS =
            add(
                    "security-group-prefix-lists",
                    "prefix list ids",
                    "none",
                    Mutability.IN_PLACE,
                    text -> ids(text, "pl-"));
    static final Setting<Boolean> PATH_MTU =
            add(
                    "enable-icmp-for-path-mtu-discovery",
                    "on|off",
                    "on",
                    Mutability.IN_PLACE,
                    text -> word(text, "on", "off").equals("on"));

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
        ALIASES.add(new Alias<>(UPSTREAM + "internal", CoreSettings.SCHEME, AwsSettings::internal));
    }

    private AwsSettings() {}

    static Annotations annotations() {
        return new Annotations(ALL, ALIASES, IGNORED, List.of(UPSTREAM));
    }

    private static <T> Setting<T> add(
            String name,
            String type,
            String byDefault,
            Mutability mutability,
            Function<String, T> parser) {
        Setting<T> setting =
                new Setting<>(
                        PREFIX + name, type, byDefault, mutability, name.replace('-', ' '), parser);
        ALL.add(setting);
        ALIASES.add(new Alias<>(UPSTREAM + name, setting, parser));
        return setting;
    }

    private static Ignored ignored(String name, String why) {
        return new Ignored(UPSTREAM + name, why);
    }

    /// As cloud-provider-aws reads it: whatever is there, but for `false`, means internal.
    private static Scheme internal(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("an empty text is neither true nor false");
        }
        return text.equals("false") ? Scheme.INTERNET_FACING : Scheme.INTERNAL;
    }

    private static String balancerType(String text) {
        if (text.equals("nlb-ip")) {
            throw new IllegalArgumentException("'nlb-ip' sends to pods, which is not supported");
        }
        word(text, "nlb", "external");
        return "nlb";
    }

    private static String word(String text, String... allowed) {
        if (!List.of(allowed).contains(text)) {
            throw new IllegalArgumentException(
                    "'%s' is none of %s".formatted(text, String.join(", ", allowed)));
        }
        return text;
    }

    private static String like(String text, Pattern pattern, String allowed) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException("'%s' is not %s".formatted(text, allowed));
        }
        return text;
    }

    private static String text(String text) {
        return like(text, Pattern.compile("\\S+"), "one word");
    }

    private static boolean bool(String text) {
        return word(text, "true", "false").equals("true");
    }

    private static int number(String text, int min, int max) {
        boolean digits = text.matches("[0-9]{1,6}");
        if (!digits || Integer.parseInt(text) < min || Integer.parseInt(text) > max) {
            throw new IllegalArgumentException(
                    "'%s' is not a number in %d..%d".formatted(text, min, max));
        }
        return Integer.parseInt(text);
    }

    private static List<String> list(String text) {
        List<String> items = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (items.contains("")) {
            throw new IllegalArgumentException("'%s' has an empty entry".formatted(text));
        }
        if (items.size() != items.stream().distinct().count()) {
            throw new IllegalArgumentException("'%s' has an entry twice".formatted(text));
        }
        return items;
    }

    private static List<String> ids(String text, String prefix) {
        List<String> items = list(text);
        items.forEach(item ->
                like(
                        item,
                        Pattern.compile(prefix + "[0-9a-z]+"),
                        "an id as " + prefix + "0123abcd"));
        return items;
    }

    private static List<String> addresses(String text) {
        List<String> items = list(text);
        items.forEach(item -> java.net.Inet4Address.ofLiteral(item));
        return items;
    }

    private static SortedMap<String, String> pairs(String text) {
        SortedMap<String, String> pairs = new TreeMap<>();
        for (String item : list(text)) {
            int equals = item.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("'%s' is not KEY=VALUE".formatted(item));
            }
            String key = item.substring(0, equals).strip();
            if (pairs.containsKey(key)) {
                throw new IllegalArgumentException("'%s' is set twice".formatted(key));
            }
            pairs.put(key, item.substring(equals + 1).strip());
        }
        return Sorted.map(pairs);
    }

    private static SortedMap<String, String> tags(String text) {
        SortedMap<String, String> tags = pairs(text);
        for (String key : tags.keySet()) {
            if (key.startsWith("origo.dev/") || key.startsWith("aws:")) {
                throw new IllegalArgumentException(
                        "'%s' is a reserved tag; keys must not start with origo.dev/ or aws:"
                                .formatted(key));
            }
        }
        return tags;
    }
}
