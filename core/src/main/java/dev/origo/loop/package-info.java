/// When things happen: the work queue, node fan-out, audits and the leader's lease.
///
/// Depends on `model`, `spi`, `guard`, `reconcile` and the JDK; resilience4j only for the queue's
/// backoff. Read [dev.origo.loop.Controller] first.
@NullMarked
package dev.origo.loop;

import org.jspecify.annotations.NullMarked;
