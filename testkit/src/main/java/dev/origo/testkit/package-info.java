/// Simulator and conformance kit. May depend on core and embedded, never on a provider.
@NullMarked
package dev.origo.testkit;

import org.jspecify.annotations.NullMarked;
