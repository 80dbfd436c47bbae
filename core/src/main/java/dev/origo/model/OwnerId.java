package dev.origo.model;

import java.util.Comparator;

/// Who owns a cloud object: one Service of one cluster. The UID tells a Service from a later one of
/// the same name.
public record OwnerId(ClusterId cluster, ServiceKey service, String uid)
        implements Comparable<OwnerId> {
    private static final Comparator<OwnerId> ORDER =
            Comparator.comparing(OwnerId::service)
                    .thenComparing(OwnerId::uid)
                    .thenComparing(owner -> owner.cluster().mark());

    /// Letters and digits that derived names start with so that candidates are found without
    /// reading tags.
    public static final int HASH_LENGTH = 12;

    /// Hash of cluster UID and Service UID, 12 characters of `0-9a-v`. A candidate found by it is
    /// confirmed by its mark.
    public String hash() {
        return Hashes.base32(HASH_LENGTH, cluster.uid(), uid);
    }

    @Override
    public int compareTo(OwnerId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return service + "(" + uid + ")";
    }
}
