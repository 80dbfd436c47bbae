/// provider-localstack held against the contract: the record in memory, the data plane simulated.
@NullMarked
package dev.origo.conformance.localstack;

import org.jspecify.annotations.NullMarked;
