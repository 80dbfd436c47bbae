/// What the tests of core share: virtual time and short ways to make words of the model.
@NullMarked
package dev.origo.testing;

import org.jspecify.annotations.NullMarked;
