package dev.origo.testkit;

import dev.origo.model.ServiceSnapshot;
import dev.origo.model.ServiceSnapshot.Meta;
import dev.origo.model.ServiceSnapshot.Status;
import dev.origo.reconcile.ServicePatch;
import java.util.List;
import java.util.Set;

/// Which changes of a Service the watch passes on: not what we write ourselves, as the kube adapter
/// has it.
final class WatchFilter {
    private WatchFilter() {}

    static boolean matter(ServiceSnapshot before, ServiceSnapshot after) {
        boolean finalizerLost =
                before.meta().finalizers().contains(ServicePatch.FINALIZER)
                        && !after.meta().finalizers().contains(ServicePatch.FINALIZER);
        return finalizerLost || !comparable(before).equals(comparable(after));
    }

    private static ServiceSnapshot comparable(ServiceSnapshot service) {
        Meta meta = service.meta();
        return new ServiceSnapshot(
                service.key(),
                new Meta(
                        meta.uid(),
                        meta.generation(),
                        "",
                        meta.deleting(),
                        Set.of(),
                        meta.annotations()),
                service.type(),
                service.loadBalancerClass(),
                service.ports(),
                service.policy(),
                service.healthCheckNodePort(),
                service.ipFamilies(),
                service.affinity(),
                service.sourceRanges(),
                service.loadBalancerIp(),
                new Status(List.of(), List.of()));
    }
}
