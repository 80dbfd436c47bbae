/// What a Service asks for, decided: from snapshots and annotations to a specification, or to
/// problems. Pure.
///
/// Depends on `model` and `spi` (capabilities and annotation types). Read [dev.origo.desire.Desire]
/// first, then [dev.origo.desire.PathModel]: what the application sees of its client.
@NullMarked
package dev.origo.desire;

import org.jspecify.annotations.NullMarked;
