/// An AWS account in memory, as strict as the real one: ELBv2 and EC2 as far as a load-balancer
/// controller calls them. One state with two faces: the SDK's sync client interfaces
/// ([EmbeddedAws]), and HTTP in AWS's query protocols ([AwsEndpoint]), which is put on the first
/// generically, since requests, answers and exceptions are the SDK's own. Deterministic: ids come
/// from a seed and a counter, time from the clock that is passed in, lists are in the order of
/// creation unless said otherwise.
///
/// May depend on: the JDK and the AWS SDK's models of elasticloadbalancingv2 and ec2. Knows no
/// provider. Read first: [EmbeddedAws].
@NullMarked
package dev.origo.embedded.aws;

import org.jspecify.annotations.NullMarked;
