package dev.origo.aws;

import dev.origo.model.ClusterId;
import dev.origo.model.Hashes;
import dev.origo.model.OwnerId;
import dev.origo.model.Scheme;
import dev.origo.model.ServiceKey;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Derived names, and the marks that make an object ours.
final class AwsNames {
    static final String CLUSTER = "origo.dev/cluster";
    static final String SERVICE = "origo.dev/service";
    static final String OWNER = "origo.dev/owner";

    private static final String PREFIX = "origo-";
    private static final int FIELDS_LENGTH = 8;
    private static final Pattern DERIVED =
            Pattern.compile("origo-([0-9a-v]{" + OwnerId.HASH_LENGTH + "})-[0-9a-z]+");

    private AwsNames() {}

    /// A network balancer's name: a hash of what cannot be changed in place lets a replacement
    /// stand beside it.
    static String balancer(OwnerId owner, Scheme scheme) {
        return derived(owner, Hashes.base32(FIELDS_LENGTH, "nlb", scheme.name()));
    }

    /// A target group's name. It has the balancer's name in its hash, because AWS lets a target
    /// group serve one network balancer only.
    static String targetGroup(OwnerId owner, String... immutable) {
        return derived(owner, Hashes.base32(FIELDS_LENGTH, immutable));
    }

    /// The security group that says who may connect to the owner's balancers.
    static String clientGroup(OwnerId owner) {
        return derived(owner, "clients");
    }

    /// The cluster's shared security group: every balancer has it, and nodes admit what comes from
    /// it.
    static String sharedGroup(ClusterId cluster) {
        return derived(shared(cluster), "shared");
    }

    /// The owner of what no single Service owns. A namespace has no dot, so no Service has this
    /// key.
    static OwnerId shared(ClusterId cluster) {
        return new OwnerId(cluster, new ServiceKey("origo.dev", "shared"), "shared");
    }

    /// The owner's hash in a derived name.
    static Optional<String> ownerHash(String name) {
        Matcher matcher = DERIVED.matcher(name);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /// The tags that every object has from the call that makes it.
    static SortedMap<String, String> marks(OwnerId owner) {
        return Sorted.map(
                Map.of(
                        CLUSTER, owner.cluster().mark(),
                        SERVICE, owner.service().toString(),
                        OWNER, owner.uid()));
    }

    /// Whose an object with these tags is; empty unless it carries this cluster's full mark.
    static Optional<OwnerId> owner(ClusterId cluster, Map<String, String> tags) {
        String service = tags.getOrDefault(SERVICE, "");
        String uid = tags.getOrDefault(OWNER, "");
        if (!cluster.mark().equals(tags.get(CLUSTER)) || uid.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new OwnerId(cluster, ServiceKey.parse(service), uid));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a mark that somebody edited is none
        }
    }

    /// Whether an object with these tags is the owner's.
    static boolean isOf(OwnerId owner, Map<String, String> tags) {
        return owner(owner.cluster(), tags).filter(owner::equals).isPresent();
    }

    private static String derived(OwnerId owner, String last) {
        return PREFIX + owner.hash() + "-" + last;
    }
}
