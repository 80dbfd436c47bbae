package dev.origo.testkit.conformance;

import dev.origo.testkit.Budget;
import dev.origo.testkit.Fault;
import dev.origo.testkit.Simulation;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// A provider on one kind of cloud, to be held against the contract.
public interface Subject {
    /// As reports name it: `aws`, `aws over HTTP`.
    String name();

    /// A fresh cloud: empty but for machines and what the provider needs to find, and whatever of
    /// other people's stands there.
    CloudUnderTest open(Simulation simulation);

    /// The same, but that lets nobody wait: what a cloud's own delays cost is not counted.
    default CloudUnderTest openPrompt(Simulation simulation) {
        return open(simulation);
    }

    /// What each event may cost.
    Budget budget();

    /// Scenarios that this cloud has no model of, by their name, each with the reason. They are
    /// skipped and listed.
    default Map<String, String> unmodelled() {
        return Map.of();
    }

    /// How many random lives are lived on it, by seeds from 1.
    default int lives() {
        return 25;
    }

    /// What befalls each single call of a create, a policy switch and a delete.
    default Set<Fault> faults() {
        return EnumSet.allOf(Fault.class);
    }
}
