package dev.origo.reconcile;

import dev.origo.model.Desired;
import dev.origo.model.Problem;
import dev.origo.reconcile.ReconcileObserver.Run;
import dev.origo.reconcile.Reconciler.Parts;
import dev.origo.spi.Answer;
import dev.origo.spi.CloudException;
import dev.origo.spi.Plan;
import dev.origo.spi.Step;
import dev.origo.spi.Tasks.Failure;
import dev.origo.spi.Tasks.Outcome;
import dev.origo.spi.Tasks.Success;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// Plan, apply, fold, until there is nothing left to plan.
///
/// Thread rule: as [Reconciler].
final class Waves<O, S extends Step> {
    private final Parts<O, S> parts;

    Waves(Parts<O, S> parts) {
        this.parts = parts;
    }

    /// How it ended.
    ///
    /// @param changed whether anything was written
    /// @param problems what the last plan had to say
    record Result<O>(O observed, boolean changed, List<Problem> problems) {}

    /// Applies waves until the plan is empty. What was folded is remembered after each wave, also
    /// when a step of it failed: nothing that the cloud answered is lost.
    ///
    /// @param beforeFirstWrite runs once, before the first step that changes anything
    /// @throws CloudException the first failure of a wave, after its other steps have ended
    Result<O> run(Run run, Desired desired, O start, Runnable beforeFirstWrite) {
        O observed = start;
        boolean changed = false;
        for (int wave = 0; wave <= parts.provider().capabilities().wavesMax(); wave++) {
            Plan<S> plan = parts.provider().planner().plan(desired, observed);
            List<S> steps = parts.planOnly() ? readsOf(plan.wave()) : plan.wave();
            if (!plan.wave().isEmpty()) {
                parts.observer().planned(run, plan.wave());
            }
            if (steps.isEmpty()) {
                return new Result<>(observed, changed, plan.problems());
            }
            boolean writes = steps.stream().anyMatch(Step::writes);
            if (writes && !changed) {
                beforeFirstWrite.run();
                changed = true;
            }
            observed = applied(desired, observed, steps);
        }
        throw new IllegalStateException(
                "the plan for %s is not empty after %d waves"
                        .formatted(desired.owner(), parts.provider().capabilities().wavesMax()));
    }

    private O applied(Desired desired, O before, List<S> steps) {
        List<Callable<Answer<O>>> calls = new ArrayList<>();
        for (S step : steps) {
            calls.add(() -> parts.provider().cloud().apply(step));
        }
        O observed = before;
        List<RuntimeException> failures = new ArrayList<>();
        for (Outcome<Answer<O>> outcome : parts.tasks().all(calls)) {
            switch (outcome) {
                case Success<Answer<O>>(Answer<O> answer) -> observed = answer.foldInto(observed);
                case Failure<Answer<O>>(RuntimeException cause) -> failures.add(cause);
            }
        }
        parts.memory().put(desired.owner(), observed);
        if (!failures.isEmpty()) {
            throw worst(failures);
        }
        return observed;
    }

    /// A bug of ours before a failure of the cloud, and a failure that leaves doubt before one that
    /// had no effect.
    private static RuntimeException worst(List<RuntimeException> failures) {
        return failures.stream()
                .filter(failure -> !(failure instanceof CloudException))
                .findFirst()
                .or(() ->
                        failures.stream()
                                .filter(failure ->
                                        failure instanceof CloudException cloud
                                                && !Failures.of(cloud).remember())
                                .findFirst())
                .orElseGet(failures::getFirst);
    }

    private List<S> readsOf(List<S> wave) {
        return wave.stream().filter(step -> !step.writes()).toList();
    }
}
