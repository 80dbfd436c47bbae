/// `origo conformance`: the providers of the house, and any on the class path, against the
/// conformance kit. Read first: [dev.origo.conformance.Kit].
@NullMarked
package dev.origo.conformance;

import org.jspecify.annotations.NullMarked;
