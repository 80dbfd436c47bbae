/// The `origo` command. The only place that wires the rooms together.
@NullMarked
package dev.origo.app;

import org.jspecify.annotations.NullMarked;
