/// The provider against the contract.
@NullMarked
package dev.origo.files;

import org.jspecify.annotations.NullMarked;
