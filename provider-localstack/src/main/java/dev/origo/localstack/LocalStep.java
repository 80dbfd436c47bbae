package dev.origo.localstack;

import dev.origo.aws.AwsStep;
import dev.origo.dataplane.Balancer;
import dev.origo.model.OwnerId;
import dev.origo.spi.Step;

/// One call to the endpoint, or one change of the data plane on this machine.
sealed interface LocalStep extends Step {
    /// A call to the endpoint.
    record OnAws(AwsStep step) implements LocalStep {
        @Override
        public boolean writes() {
            return step.writes();
        }

        @Override
        public String describe() {
            return step.describe();
        }
    }

    /// Brings a balancer alive, or changes a living one.
    record Carry(OwnerId owner, Balancer balancer) implements LocalStep {
        @Override
        public String describe() {
            return "carry " + balancer.id();
        }
    }

    /// Ends a balancer; its connections may end by themselves.
    record Drop(OwnerId owner, String id) implements LocalStep {
        @Override
        public String describe() {
            return "drop " + id;
        }
    }
}
