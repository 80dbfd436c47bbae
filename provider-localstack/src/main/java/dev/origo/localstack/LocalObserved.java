package dev.origo.localstack;

import dev.origo.aws.AwsObserved;
import dev.origo.dataplane.Balancer;
import dev.origo.dataplane.Placed;
import dev.origo.spi.TargetHealth;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the endpoint has on record for one owner, and what of it is alive on this machine.
///
/// @param carried by the data plane, by id
/// @param health as the data plane's own checks tell it
record LocalObserved(AwsObserved aws, SortedMap<String, Carried> carried, TargetHealth health) {
    LocalObserved {
        carried = Collections.unmodifiableSortedMap(new TreeMap<>(carried));
    }

    /// A balancer that is alive, and where.
    record Carried(Balancer balancer, Placed placed) {
        /// Whether every port is open, here or at another place.
        boolean isWhole() {
            return placed.findings().stream().noneMatch(finding -> finding.problem().blocks());
        }
    }

    LocalObserved withAws(AwsObserved newer) {
        return new LocalObserved(newer, carried, health);
    }

    LocalObserved with(Balancer balancer, Placed placed) {
        TreeMap<String, Carried> more = new TreeMap<>(carried);
        more.put(balancer.id(), new Carried(balancer, placed));
        return new LocalObserved(aws, more, health);
    }

    LocalObserved without(String id) {
        TreeMap<String, Carried> fewer = new TreeMap<>(carried);
        fewer.remove(id);
        return new LocalObserved(aws, fewer, health);
    }
}
