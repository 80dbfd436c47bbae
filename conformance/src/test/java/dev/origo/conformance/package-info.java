/// The kit as a tool.
@NullMarked
package dev.origo.conformance;

import org.jspecify.annotations.NullMarked;
