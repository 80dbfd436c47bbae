package dev.origo.testkit.conformance;

import dev.origo.model.Code;

/// How an act has to end, and what has to hold until then.
public sealed interface Outcome {
    /// The balancer is as the Service wants it, at the address that it had. Meanwhile what is
    /// wanted before and after is never missing.
    record InPlace() implements Outcome {}

    /// As [InPlace], or by a second balancer that is announced and published before the first one
    /// goes.
    record MayReplace() implements Outcome {}

    /// The Service is told this code, and what stood stands.
    record Refused(Code code) implements Outcome {}

    /// Nothing of the Service's is left.
    record Gone() implements Outcome {}
}
