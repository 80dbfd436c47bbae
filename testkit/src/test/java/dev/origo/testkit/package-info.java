/// The simulator's own tests, and core's scenarios on a toy cloud.
@NullMarked
package dev.origo.testkit;

import org.jspecify.annotations.NullMarked;
