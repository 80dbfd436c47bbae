package dev.origo.conformance.aws;

import dev.origo.testkit.conformance.ProviderContract;
import dev.origo.testkit.conformance.Subject;

class AwsOverHttpContractTest extends ProviderContract {
    @Override
    protected Subject subject() {
        return new AwsSubject(true);
    }
}
