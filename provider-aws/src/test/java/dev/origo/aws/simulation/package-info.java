/// The whole controller with the AWS provider under the simulator. Read first:
/// [dev.origo.aws.simulation.AwsStage].
@NullMarked
package dev.origo.aws.simulation;

import org.jspecify.annotations.NullMarked;
