/// The AWS provider. May depend on core's model and spi, and on the AWS SDK.
@NullMarked
package dev.origo.aws;

import org.jspecify.annotations.NullMarked;
