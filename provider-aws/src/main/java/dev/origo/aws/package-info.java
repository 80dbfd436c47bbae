/// The AWS provider: network load balancers, target groups and security groups.
///
/// Depends on core's `model` and `spi`, on `desire` for the names of core's annotations, and on the
/// AWS SDK. Read [dev.origo.aws.AwsDesired] first (what AWS should hold), then [dev.origo.aws.Diff]
/// (the next wave) and [dev.origo.aws.AwsCloud] (the effects). Only AwsApi, AwsClients, AwsCloud,
/// AwsErrors, Inventory, Rows, SharedFacts and the `Effects` classes know the SDK; everything else
/// is pure or plain concurrency.
@NullMarked
package dev.origo.aws;

import org.jspecify.annotations.NullMarked;
