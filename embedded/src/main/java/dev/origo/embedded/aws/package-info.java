/// AWS endpoints in process. May depend on core's model and the AWS SDK's model classes.
@NullMarked
package dev.origo.embedded.aws;

import org.jspecify.annotations.NullMarked;
