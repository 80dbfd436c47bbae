package dev.origo.conformance.localstack;

import dev.origo.testkit.conformance.ProviderContract;
import dev.origo.testkit.conformance.Subject;

class LocalContractTest extends ProviderContract {
    @Override
    protected Subject subject() {
        return new LocalSubject();
    }
}
