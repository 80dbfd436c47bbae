/// The contract between core and a provider. A provider is a [dev.origo.spi.ProviderFactory], a
/// pure [dev.origo.spi.Planner] and a [dev.origo.spi.Cloud] with the effects; everything else is
/// its own business.
///
/// Depends on `model` and the JDK. Read [dev.origo.spi.Provider] first.
@NullMarked
package dev.origo.spi;

import org.jspecify.annotations.NullMarked;
