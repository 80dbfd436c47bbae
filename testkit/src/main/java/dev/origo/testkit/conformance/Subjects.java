package dev.origo.testkit.conformance;

import java.util.List;
import java.util.Map;

/// What `origo conformance --provider ID` runs for one provider; found by
/// [java.util.ServiceLoader].
public interface Subjects {
    /// The word after `--provider`.
    String id();

    /// The provider on each kind of cloud that needs nothing from outside or, where an endpoint is
    /// given, on that one.
    ///
    /// @param options by name without dashes, as `aws-endpoint-url`
    /// @throws IllegalArgumentException naming the option that is wrong
    List<Subject> with(Map<String, String> options);
}
