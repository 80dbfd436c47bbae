package dev.origo.files;

import dev.origo.model.ClusterId;
import dev.origo.model.OwnerId;
import dev.origo.model.ServiceKey;

/// Whose a file is; in every file from its first byte on.
///
/// @param cluster [ClusterId#mark]
/// @param service `namespace/name`, for people
/// @param uid the Service's
record Mark(String cluster, String service, String uid) {
    Mark {
        var _ = ServiceKey.parse(service);
    }

    static Mark of(OwnerId owner) {
        return new Mark(owner.cluster().mark(), owner.service().toString(), owner.uid());
    }

    OwnerId owner(ClusterId ours) {
        return new OwnerId(ours, ServiceKey.parse(service), uid);
    }
}
