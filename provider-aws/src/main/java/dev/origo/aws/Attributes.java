package dev.origo.aws;

import dev.origo.model.PortPath;
import dev.origo.model.Settings;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Attributes of balancers and target groups: what AWS takes for granted, and what differs.
///
/// Source: ELBv2 API, LoadBalancerAttribute and TargetGroupAttribute.
final class Attributes {
    static final String PRESERVE_CLIENT = "preserve_client_ip.enabled";
    static final String PROXY_PROTOCOL = "proxy_protocol_v2.enabled";
    static final String STICKY = "stickiness.enabled";
    static final String STICKY_TYPE = "stickiness.type";
    static final String DELETION_PROTECTION = "deletion_protection.enabled";
    static final String LOG = "access_logs.s3.enabled";
    static final String LOG_BUCKET = "access_logs.s3.bucket";
    static final String CROSS_ZONE = "load_balancing.cross_zone.enabled";

    /// What [#CROSS_ZONE] of a target group may say beside true and false. Source: ELBv2 API,
    /// TargetGroupAttribute
    static final String AS_BALANCER = "use_load_balancer_configuration";

    /// Deletion protection is not here: whoever switched it on is the one to switch it off.
    static final Map<String, String> BALANCER_DEFAULTS =
            Map.of(
                    CROSS_ZONE,
                    "false",
                    LOG,
                    "false",
                    "dns_record.client_routing_policy",
                    "any_availability_zone");

    private static final Map<String, String> GROUP_DEFAULTS =
            Map.of(
                    "deregistration_delay.timeout_seconds",
                    "300",
                    PROXY_PROTOCOL,
                    "false",
                    STICKY,
                    "false",
                    CROSS_ZONE,
                    AS_BALANCER);

    private Attributes() {}

    /// What holds in a target group where nothing is set.
    static Map<String, String> groupDefaults(String targetType, String protocol) {
        Map<String, String> defaults = new TreeMap<>(GROUP_DEFAULTS);
        if (protocol.endsWith("UDP")) {
            return defaults; // the client's address is always kept: there is nothing to set
        }
        defaults.put("deregistration_delay.connection_termination.enabled", "false");
        defaults.put(PRESERVE_CLIENT, String.valueOf(targetType.equals("instance")));
        return defaults;
    }

    /// What has to be set so that `wanted` holds: what differs, and what is no longer wanted goes
    /// back to its default. An attribute that was never told has its default.
    static SortedMap<String, String> changes(
            Map<String, String> wanted,
            Map<String, String> observed,
            Map<String, String> defaults) {
        TreeSet<String> keys = new TreeSet<>(observed.keySet());
        keys.retainAll(defaults.keySet());
        keys.addAll(wanted.keySet());
        SortedMap<String, String> changes = new TreeMap<>();
        for (String key : keys) {
            String byDefault = defaults.getOrDefault(key, "");
            String want = wanted.getOrDefault(key, byDefault);
            if (!want.equals(observed.getOrDefault(key, byDefault))) {
                changes.put(key, want);
            }
        }
        return Sorted.map(changes);
    }

    /// Whether every zone of a balancer sends to all targets of a group. Source: NLB user guide,
    /// "Cross-zone load balancing for target groups": the group's own setting wins.
    static boolean isCrossZone(Map<String, String> ofBalancer, Map<String, String> ofGroup) {
        String own = ofGroup.getOrDefault(CROSS_ZONE, "");
        return own.equals("true")
                || (!own.equals("false") && "true".equals(ofBalancer.get(CROSS_ZONE)));
    }

    /// The attributes of the balancer that a Service asks for; an annotation for a single one wins.
    static SortedMap<String, String> ofBalancer(Settings settings) {
        SortedMap<String, String> attributes =
                new TreeMap<>(settings.get(AwsSettings.ATTRIBUTES).orElse(Sorted.map(Map.of())));
        settings.get(AwsSettings.CROSS_ZONE)
                .ifPresent(on -> attributes.put(CROSS_ZONE, on.toString()));
        Optional<Boolean> log = settings.get(AwsSettings.ACCESS_LOG);
        log.ifPresent(on -> attributes.put(LOG, on.toString()));
        if (log.orElse(false)) {
            settings.get(AwsSettings.ACCESS_LOG_BUCKET)
                    .ifPresent(bucket -> attributes.put(LOG_BUCKET, bucket));
            settings.get(AwsSettings.ACCESS_LOG_PREFIX)
                    .ifPresent(prefix -> attributes.put("access_logs.s3.prefix", prefix));
        }
        return Sorted.map(attributes);
    }

    /// Whether packets reach a target with the client's source address.
    static boolean keepsSource(Wanted.Group group, PortPath.Kind kind) {
        String byDefault = String.valueOf(group.targetType().equals("instance"));
        return kind.carriesUdp()
                || group.attributes().getOrDefault(PRESERVE_CLIENT, byDefault).equals("true");
    }
}
