/// The conformance kit: what every provider has to live up to, whatever its cloud. An author writes
/// a [dev.origo.testkit.conformance.Subject] and extends
/// [dev.origo.testkit.conformance.ProviderContract]; what is asked is in
/// [dev.origo.testkit.conformance.Scenarios].
@NullMarked
package dev.origo.testkit.conformance;

import org.jspecify.annotations.NullMarked;
