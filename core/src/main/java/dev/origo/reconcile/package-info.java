/// The heart: brings one Service and its load balancer together.
///
/// Depends on `model`, `spi`, `desire` and the JDK. Read [dev.origo.reconcile.Reconciler] first; it
/// tells the whole story of a Service. [dev.origo.reconcile.Kubernetes] is what it needs of the
/// cluster.
@NullMarked
package dev.origo.reconcile;

import org.jspecify.annotations.NullMarked;
