/// The gate in front of the cloud: rate, retries, the leader's fence, counting.
///
/// Depends on `model`, `spi` and the JDK; resilience4j for the retry rule. Read
/// [dev.origo.guard.Guard] first.
@NullMarked
package dev.origo.guard;

import org.jspecify.annotations.NullMarked;
