/// The AWS provider against any AWS-compatible endpoint, and a data plane that brings alive on this
/// machine what the endpoint only has on record.
///
/// Depends on core's `model` and `spi`, on `dev.origo.aws` and on `dev.origo.dataplane`. Read
/// [dev.origo.localstack.LocalPlanner] first: AWS's plan comes first, then what the data plane
/// carries follows from the record.
@NullMarked
package dev.origo.localstack;

import org.jspecify.annotations.NullMarked;
