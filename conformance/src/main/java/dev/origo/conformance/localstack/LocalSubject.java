package dev.origo.conformance.localstack;

import dev.origo.conformance.aws.AwsSubject;
import dev.origo.testkit.Budget;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.conformance.CloudUnderTest;
import dev.origo.testkit.conformance.Subject;
import java.util.ArrayList;

/// localstack with its record on the account in memory, and a data plane without sockets.
public record LocalSubject() implements Subject {
    private static final AwsSubject RECORD = new AwsSubject(false);

    @Override
    public String name() {
        return "localstack";
    }

    @Override
    public Budget budget() {
        return RECORD.budget();
    }

    @Override
    public CloudUnderTest open(Simulation simulation) {
        return new LocalUnderTest(RECORD.open(simulation), new ArrayList<>());
    }

    @Override
    public CloudUnderTest openPrompt(Simulation simulation) {
        return new LocalUnderTest(RECORD.openPrompt(simulation), new ArrayList<>());
    }

    /// Random lives have two replicas at a time, and of this provider one process carries.
    @Override
    public int lives() {
        return 0;
    }
}
