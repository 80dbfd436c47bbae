package dev.origo.conformance.aws;

import dev.origo.testkit.conformance.Subject;
import dev.origo.testkit.conformance.Subjects;
import java.net.URI;
import java.util.List;
import java.util.Map;

/// AWS in memory, over HTTP, and at a moto server.
public final class AwsSubjects implements Subjects {
    /// Where a moto server is.
    public static final String ENDPOINT = "aws-endpoint-url";

    @Override
    public String id() {
        return "aws";
    }

    @Override
    public List<Subject> with(Map<String, String> options) {
        String endpoint = options.getOrDefault(ENDPOINT, "");
        return endpoint.isEmpty()
                ? List.of(new AwsSubject(false), new AwsSubject(true))
                : List.of(new MotoSubject(URI.create(endpoint)));
    }
}
