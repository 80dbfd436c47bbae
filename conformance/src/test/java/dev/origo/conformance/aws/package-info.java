/// The whole controller with the AWS provider under the simulator.
@NullMarked
package dev.origo.conformance.aws;

import org.jspecify.annotations.NullMarked;
