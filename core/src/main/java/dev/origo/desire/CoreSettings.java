package dev.origo.desire;

import dev.origo.model.Cidr;
import dev.origo.model.ClientAddressWish;
import dev.origo.model.Scheme;
import dev.origo.model.Setting;
import dev.origo.model.Setting.Mutability;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The annotations that mean the same with every provider.
public final class CoreSettings {
    public static final Setting<ClientAddressWish> CLIENT_ADDRESS =
            new Setting<>(
                    "origo.dev/client-address",
                    words(ClientAddressWish.values()),
                    "auto",
                    Mutability.IN_PLACE,
                    "How the client's address reaches the application. auto keeps it without changing the bytes that a backend"
                            + " receives",
                    text -> word(text, ClientAddressWish.values()));

    public static final Setting<Scheme> SCHEME =
            new Setting<>(
                    "origo.dev/scheme",
                    "internet-facing|internal",
                    "the provider's default",
                    Mutability.REPLACES,
                    "Whether the balancer is reached from the internet or only from inside the network",
                    CoreSettings::scheme);

    public static final Setting<HealthCheckOverride> HEALTH_CHECK =
            new Setting<>(
                    "origo.dev/health-check",
                    "traffic-port",
                    "the health-check contract: /healthz on healthCheckNodePort (Local) or on 10256 (Cluster)",
                    Mutability.IN_PLACE,
                    "Checks the port of the traffic by TCP instead, for nodes whose kube-proxy health port is not reachable",
                    text -> word(text, HealthCheckOverride.values()));

    public static final Setting<String> NAME =
            new Setting<>(
                    "origo.dev/load-balancer-name",
                    "letters, digits and inner hyphens",
                    "derived from cluster and Service",
                    Mutability.REPLACES,
                    "The balancer's name in the cloud",
                    Function.identity());

    public static final Setting<SortedSet<Cidr>> SOURCE_RANGES =
            new Setting<>(
                    "origo.dev/source-ranges",
                    "ADDRESS/PREFIX, comma-separated",
                    "everyone",
                    Mutability.IN_PLACE,
                    "Who may connect; spec.loadBalancerSourceRanges wins over it, and empty means everyone",
                    text -> text.isEmpty() ? new TreeSet<>() : ranges(entries(text)));

    static final Setting.Alias<SortedSet<Cidr>> UPSTREAM_SOURCE_RANGES =
            new Setting.Alias<>(
                    "service.beta.kubernetes.io/load-balancer-source-ranges",
                    SOURCE_RANGES,
                    SOURCE_RANGES.parser());

    static final List<Setting<?>> ALL =
            List.of(CLIENT_ADDRESS, SCHEME, HEALTH_CHECK, NAME, SOURCE_RANGES);

    private CoreSettings() {}

    /// What `origo.dev/health-check` may say.
    public enum HealthCheckOverride {
        TRAFFIC_PORT;

        @Override
        public String toString() {
            return "traffic-port";
        }
    }

    /// Those that are not empty, as other lists of annotations are read. A list without any does
    /// not mean everyone, so it is an entry that is wrong.
    private static List<String> entries(String text) {
        List<String> entries =
                Arrays.stream(text.split(",", -1)).filter(entry -> !entry.isBlank()).toList();
        return entries.isEmpty() ? List.of(text) : entries;
    }

    /// Reads ranges; blanks around them and doubles are fine, host bits are cleared.
    ///
    /// @throws IllegalArgumentException naming the first bad one
    static SortedSet<Cidr> ranges(List<String> texts) {
        return texts.stream()
                .map(text -> Cidr.parse(text.strip()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Scheme scheme(String text) {
        return switch (text) {
            case "internet-facing" -> Scheme.INTERNET_FACING;
            case "internal" -> Scheme.INTERNAL;
            default ->
                    throw new IllegalArgumentException(
                            "'%s' is neither internet-facing nor internal".formatted(text));
        };
    }

    private static <E extends Enum<E>> E word(String text, E[] values) {
        for (E value : values) {
            if (value.toString().equals(text)) {
                return value;
            }
        }
        throw new IllegalArgumentException("'%s' is none of %s".formatted(text, words(values)));
    }

    private static <E extends Enum<E>> String words(E[] values) {
        return Arrays.stream(values).map(Enum::toString).collect(Collectors.joining("|"));
    }
}
