package dev.origo.files;

import dev.origo.testkit.conformance.ProviderContract;
import dev.origo.testkit.conformance.Subject;

class FilesContractTest extends ProviderContract {
    @Override
    protected Subject subject() {
        return new FilesSubject();
    }
}
