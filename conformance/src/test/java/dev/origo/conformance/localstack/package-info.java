/// The whole controller with the AWS provider under the simulator.
@NullMarked
package dev.origo.conformance.localstack;

import org.jspecify.annotations.NullMarked;
