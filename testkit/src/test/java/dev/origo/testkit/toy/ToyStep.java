package dev.origo.testkit.toy;

import dev.origo.model.OwnerId;
import dev.origo.model.Scheme;
import dev.origo.spi.Step;
import dev.origo.testkit.toy.ToyState.PartSpec;

/// The toy's changes.
sealed interface ToyStep extends Step {
    OwnerId owner();

    record CreateBalancer(OwnerId owner, Scheme scheme) implements ToyStep {
        @Override
        public String describe() {
            return "create balancer " + scheme;
        }
    }

    record CreatePart(OwnerId owner, PartSpec spec) implements ToyStep {
        @Override
        public String describe() {
            return "create part %d -> %d %s".formatted(spec.port(), spec.nodePort(), spec.nodes());
        }
    }

    record ChangePart(OwnerId owner, String id, PartSpec spec) implements ToyStep {
        @Override
        public String describe() {
            return "change part %d -> %d %s".formatted(spec.port(), spec.nodePort(), spec.nodes());
        }
    }

    record DeletePart(OwnerId owner, String id) implements ToyStep {
        @Override
        public String describe() {
            return "delete part";
        }
    }

    record DeleteBalancer(OwnerId owner, String id) implements ToyStep {
        @Override
        public String describe() {
            return "delete balancer";
        }
    }
}
