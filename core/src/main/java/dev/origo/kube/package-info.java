/// The door to the Kubernetes API server; the only room that knows its client library, fabric8.
///
/// Depends on `model`, `spi` ([dev.origo.spi.Tasks] only), `reconcile` and `loop` (the two
/// contracts that it implements), fabric8 and the JDK. Read [dev.origo.kube.WatchedKubernetes]
/// first: reads come from caches that its two watches keep, writes go out through
/// [dev.origo.kube.ApiServer].
///
/// Writes do not use fabric8's own operations: those read the object before they patch it, which
/// costs a call and the RBAC verb `get`, and they decide the bytes of a patch themselves.
///
/// RBAC that this room needs: services list, watch; services/status patch; nodes list, watch;
/// namespaces get (kube-system); events of the core group create, patch; leases get, create, update
/// in the namespace of the lease.
@NullMarked
package dev.origo.kube;

import org.jspecify.annotations.NullMarked;
