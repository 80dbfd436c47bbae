/// A Kubernetes API server in memory, as far as a load-balancer controller can tell: Services,
/// nodes and leases with the rules of the real one, as plain records. Deterministic: UIDs, ports
/// and versions come from counters, time from the clock that is passed in.
///
/// May depend on: the JDK and core (`model`, `reconcile`, `loop`). Read first:
/// [dev.origo.embedded.kube.KubernetesModel].
@NullMarked
package dev.origo.embedded.kube;

import org.jspecify.annotations.NullMarked;
