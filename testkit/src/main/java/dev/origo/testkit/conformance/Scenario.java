package dev.origo.testkit.conformance;

import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.testkit.Stage;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// One thing that a provider has to live up to: a Service, and what happens to it. After each act
/// the balancer is compared with what the Service wants: scheme, listeners, targets, health checks,
/// source ranges, how the client's address travels.
///
/// @param name `health: policy Local asks the healthCheckNodePort`
/// @param needs what it asks of the provider beside the plainest balancer
/// @param service what the user creates, from a Service with two TCP ports and policy Cluster
/// @param acts what happens then, one after the other
public record Scenario(
        String name, Set<Need> needs, UnaryOperator<ServiceDraft> service, List<Act> acts) {
    public Scenario {
        needs = Set.copyOf(needs);
        acts = List.copyOf(acts);
    }

    /// Something that happens.
    ///
    /// @param what in words
    public record Act(String what, Consumer<Bench> deed, Outcome outcome) {}

    static Scenario scenario(
            String name, Set<Need> needs, UnaryOperator<ServiceDraft> service, Act... acts) {
        return new Scenario(name, needs, service, List.of(acts));
    }

    /// The user changes the Service, which changes its balancer in place.
    static Act edit(String what, UnaryOperator<ServiceDraft> edit) {
        return edit(what, edit, new Outcome.InPlace());
    }

    static Act edit(String what, UnaryOperator<ServiceDraft> edit, Outcome outcome) {
        return new Act(what, bench -> bench.world().update(Stage.SERVICE, edit), outcome);
    }

    /// Something else happens, which changes the balancer in place at most.
    static Act happens(String what, Consumer<Bench> deed) {
        return new Act(what, deed, new Outcome.InPlace());
    }
}
