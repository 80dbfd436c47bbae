package dev.origo.conformance.localstack;

import dev.origo.testkit.conformance.Subject;
import dev.origo.testkit.conformance.Subjects;
import java.util.List;
import java.util.Map;

/// localstack in memory.
public final class LocalSubjects implements Subjects {
    @Override
    public String id() {
        return "localstack";
    }

    @Override
    public List<Subject> with(Map<String, String> options) {
        return List.of(new LocalSubject());
    }
}
