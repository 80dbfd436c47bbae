package dev.origo.localstack;

import dev.origo.aws.AwsObserved;
import dev.origo.aws.AwsStep;
import dev.origo.spi.Cloud;
import java.util.function.BooleanSupplier;

/// The endpoint's effects, in the network that was found there.
///
/// @param stands asks whether that network is still there: an emulator that was started anew has
///   none, or another one
record Connection(Cloud<AwsObserved, AwsStep> cloud, BooleanSupplier stands) {}
