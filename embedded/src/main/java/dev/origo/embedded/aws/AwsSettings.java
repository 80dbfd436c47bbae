package dev.origo.embedded.aws;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/// What differs between accounts and moments: limits, how long AWS takes, how fast it lets one
/// call, and whether the account is as lax as the usual emulators. Absent keys have their default.
public record AwsSettings(
        Map<Quota, Integer> quotas,
        Map<Delay, Duration> delays,
        Map<Bucket, Rate> rates,
        boolean sloppy) {

    /// A limit with its default. Source: "Quotas for your Network Load Balancers" and "Amazon VPC
    /// quotas".
    public enum Quota {
        LOAD_BALANCERS(50),
        TARGET_GROUPS(3000),
        LISTENERS_PER_LOAD_BALANCER(50),
        TARGETS_PER_GROUP(1000),
        TARGETS_PER_ZONE(500),
        TARGETS_PER_LOAD_BALANCER(3000),
        GROUPS_PER_LOAD_BALANCER(5),
        SECURITY_GROUPS(2500),
        /// Inbound and outbound counted apart, IPv4 and IPv6 counted apart.
        RULES_PER_GROUP(60),
        TAGS(50);

        final int initial;

        Quota(int initial) {
            this.initial = initial;
        }
    }

    /// Something that AWS does later; zero by default.
    public enum Delay {
        /// How long a new load balancer stays `provisioning`.
        PROVISIONING,
        /// How long a target stays `initial` once its group is behind a listener.
        REGISTERING,
        /// How long a deleted load balancer's interfaces still hold its security groups.
        GROUP_RELEASE,
        /// How long a new object is missing from the answers to Describe calls (writes see it at
        /// once).
        LIST_LAG
    }

    /// A token bucket, one for each service and direction.
    public enum Bucket {
        ELB_READS,
        ELB_WRITES,
        EC2_READS,
        EC2_WRITES;

        static Bucket of(Call call) {
            return switch (call.family()) {
                case ELB -> call.write() ? ELB_WRITES : ELB_READS;
                case EC2 -> call.write() ? EC2_WRITES : EC2_READS;
            };
        }
    }

    /// Tokens a second and the most that can be saved up, both above zero.
    public record Rate(double perSecond, int burst) {
        public Rate {
            if (perSecond <= 0 || burst <= 0) {
                throw new IllegalArgumentException(
                        "a rate of %s with burst %d lets nothing through"
                                .formatted(perSecond, burst));
            }
        }
    }

    public AwsSettings {
        quotas = Map.copyOf(quotas);
        delays = Map.copyOf(delays);
        rates = Map.copyOf(rates);
    }

    /// AWS's default quotas, no delays, no throttling, strict.
    public static AwsSettings defaults() {
        return new AwsSettings(Map.of(), Map.of(), Map.of(), false);
    }

    public AwsSettings with(Quota quota, int limit) {
        return new AwsSettings(plus(Quota.class, quotas, quota, limit), delays, rates, sloppy);
    }

    public AwsSettings with(Delay delay, Duration duration) {
        return new AwsSettings(quotas, plus(Delay.class, delays, delay, duration), rates, sloppy);
    }

    public AwsSettings with(Bucket bucket, Rate rate) {
        return new AwsSettings(quotas, delays, plus(Bucket.class, rates, bucket, rate), sloppy);
    }

    /// Like the emulators: a second create with a used load-balancer name makes a second load
    /// balancer.
    public AwsSettings asSloppy() {
        return new AwsSettings(quotas, delays, rates, true);
    }

    int limit(Quota quota) {
        return quotas.getOrDefault(quota, quota.initial);
    }

    Duration delay(Delay delay) {
        return delays.getOrDefault(delay, Duration.ZERO);
    }

    private static <K extends Enum<K>, V> Map<K, V> plus(
            Class<K> type, Map<K, V> old, K key, V value) {
        Map<K, V> all = new EnumMap<>(type);
        all.putAll(old);
        all.put(key, value);
        return all;
    }
}
