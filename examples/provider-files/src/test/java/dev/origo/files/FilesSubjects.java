package dev.origo.files;

import dev.origo.testkit.conformance.Subject;
import dev.origo.testkit.conformance.Subjects;
import java.util.List;
import java.util.Map;

/// What `origo conformance --provider files` runs.
public final class FilesSubjects implements Subjects {
    @Override
    public String id() {
        return FilesProvider.ID;
    }

    @Override
    public List<Subject> with(Map<String, String> options) {
        return List.of(new FilesSubject());
    }
}
