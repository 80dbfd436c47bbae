/// AWS as the simulator and the conformance kit see it: an account in memory. Read first:
/// [dev.origo.conformance.aws.AwsStage].
@NullMarked
package dev.origo.conformance.aws;

import org.jspecify.annotations.NullMarked;
