package dev.origo.reconcile;

import dev.origo.desire.Desire;
import dev.origo.desire.NodeEligibility;
import dev.origo.desire.PathModel;
import dev.origo.model.Backend;
import dev.origo.model.ClientAddress;
import dev.origo.model.ClusterId;
import dev.origo.model.Code;
import dev.origo.model.Condition;
import dev.origo.model.Desired;
import dev.origo.model.LoadBalancerSpec;
import dev.origo.model.OwnerId;
import dev.origo.model.Problem;
import dev.origo.model.ServiceKey;
import dev.origo.model.ServiceSnapshot;
import dev.origo.model.Settings;
import dev.origo.model.Verdict;
import dev.origo.reconcile.ReconcileObserver.Run;
import dev.origo.spi.CloudException;
import dev.origo.spi.Plan;
import dev.origo.spi.Planner;
import dev.origo.spi.Provider;
import dev.origo.spi.Provisioning;
import dev.origo.spi.Step;
import dev.origo.spi.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.stream.Stream;

/// Brings one Service and what the cloud holds for it together, wave by wave, from wherever it was
/// left.
///
/// Thread rule: any thread; one key at a time, which is the queue's promise.
public final class Reconciler<O, S extends Step> {
    /// The first look after a change; later ones are [#POLL] apart.
    private static final Duration POLL_FIRST = Duration.ofMillis(500);

    private static final Duration POLL = Duration.ofSeconds(10);
    private static final Duration FAILED_RETRY = Duration.ofMinutes(5);

    private final Parts<O, S> parts;
    private final Publisher publisher;
    private final Waves<O, S> waves;
    private final Destruction<O, S> destruction;
    private final Looks looks;
    private final Patience patience = new Patience();

    public Reconciler(Parts<O, S> parts) {
        this.parts = parts;
        this.looks = new Looks(parts.tasks()::nanoTime);
        this.publisher =
                new Publisher(
                        parts.kubernetes(),
                        parts.tasks().clock(),
                        parts.provider().capabilities().carriers().keySet());
        this.waves = new Waves<>(parts);
        this.destruction =
                new Destruction<>(
                        parts,
                        waves,
                        owner -> {
                            looks.forget(owner);
                            patience.forget(owner);
                        });
    }

    /// What a reconciler is made of.
    ///
    /// @param planOnly whether steps are only told, never applied, and nothing is written to the
    ///   cluster
    public record Parts<O, S extends Step>(
            Kubernetes kubernetes,
            Provider<O, S> provider,
            Desire desire,
            Claim claim,
            ClusterId cluster,
            Memory<O> memory,
            Tasks tasks,
            ReconcileObserver observer,
            boolean planOnly) {}

    /// Reconciles one key. Throws nothing: failures of the world and bugs of ours are in the
    /// answer.
    public Next reconcile(ServiceKey key) {
        Run run = new Run(key, Long.toHexString(parts.tasks().random().getAsLong()));
        long startedAt = parts.tasks().nanoTime();
        Next next = guarded(run);
        parts.observer()
                .reconciled(run, next, Duration.ofNanos(parts.tasks().nanoTime() - startedAt));
        return next;
    }

    private Next guarded(Run run) {
        try {
            return step(run);
        } catch (CloudException e) {
            parts.observer().failed(run, e);
            return Failures.of(e).next();
        } catch (KubernetesException e) {
            parts.observer().failed(run, e);
            return kubernetesFailed(e);
        } catch (RuntimeException bug) {
            parts.observer().crashed(run, bug);
            parts.memory().owners(run.service()).forEach(parts.memory()::forget);
            return new Next.RetryBackedOff("internal error: " + bug);
        }
    }

    private Next step(Run run) {
        Optional<ServiceSnapshot> service = parts.kubernetes().service(run.service());
        NavigableSet<OwnerId> owners =
                service.map(destruction::owners).orElseGet(() -> destruction.owners(run.service()));
        for (OwnerId gone : owners) {
            // A plan leaves it standing, and goes on to what comes after it.
            if (!destruction.ofGone(run, gone) && !parts.planOnly()) {
                return new Next.RetryBackedOff(
                        "something of %s is left in the cloud".formatted(gone));
            }
        }
        if (service.isEmpty()) {
            publisher.forget(run.service());
            patience.forget(run.service());
            return new Next.Done();
        }
        ServiceSnapshot snapshot = service.get();
        OwnerId owner = new OwnerId(parts.cluster(), snapshot.key(), snapshot.meta().uid());
        try {
            Next next = step(run, snapshot, owner);
            patience.forget(owner);
            return next;
        } catch (CloudException e) {
            return cloudFailed(run, snapshot, owner, e);
        }
    }

    private Next step(Run run, ServiceSnapshot service, OwnerId owner) {
        return switch (parts.claim().of(service)) {
            case OURS -> bringUp(run, service, owner);
            case RELEASED -> tearDown(run, service, owner);
            case DOUBTFUL ->
                    isOursInTheCloud(owner) ? tearDown(run, service, owner) : new Next.Done();
            case LEFT -> leave(run, service, owner);
            case FOREIGN -> new Next.Done();
        };
    }

    // --- a Service that wants a balancer

    private Next bringUp(Run run, ServiceSnapshot service, OwnerId owner) {
        List<Backend> backends = NodeEligibility.backends(parts.kubernetes().nodes());
        return switch (parts.desire().of(owner, service, backends)) {
            case Desire.Refused(List<Problem> problems, Settings settings) ->
                    refused(run, service, problems, new Desired.Kept(owner, backends, settings));
            case Desire.Wanted(LoadBalancerSpec spec, List<Problem> warnings) ->
                    bringUp(new Wish(run, service, spec, warnings));
        };
    }

    private record Wish(
            Run run, ServiceSnapshot service, LoadBalancerSpec spec, List<Problem> warnings) {
        OwnerId owner() {
            return spec.owner();
        }

        Desired.Kept kept() {
            return new Desired.Kept(spec.owner(), spec.backends(), spec.settings());
        }
    }

    private Next bringUp(Wish wish) {
        destruction.isOff(wish.owner());
        O observed = waves.observed(wish.owner());
        ClientAddress address = clientAddress(wish, observed);
        if (address.verdict() == Verdict.REFUSED) {
            if (!parts.planOnly()) {
                publisher.refuse(wish.run(), wish.service(), address);
            }
            return followNodes(wish.run(), wish.service(), wish.kept(), address.code());
        }
        Waves.Result<O> result =
                waves.run(
                        wish.run(),
                        new Desired.Present(wish.spec()),
                        observed,
                        () -> beginChange(wish));
        if (Problem.anyBlocks(result.problems())) {
            return refused(wish.run(), wish.service(), result.problems(), wish.kept());
        }
        if (parts.planOnly()) {
            return new Next.Done();
        }
        if (!result.changed()) {
            publisher.claim(wish.run(), wish.service());
        }
        tellOfChange(wish, result.changed());
        return publishAndLook(wish, result);
    }

    /// The targets' health is to be looked at after a change, also where a later wave fails.
    private void beginChange(Wish wish) {
        publisher.claim(wish.run(), wish.service());
        looks.begin(wish.owner());
    }

    private void tellOfChange(Wish wish, boolean changed) {
        if (!changed) {
            return;
        }
        if (wish.spec().backends().isEmpty()) {
            publisher.warn(
                    wish.run(),
                    wish.service(),
                    "UnAvailableLoadBalancer",
                    "There are no available nodes for LoadBalancer");
        }
        if (!wish.service().status().ingress().isEmpty()) {
            publisher.event(
                    wish.run(), wish.service(), "UpdatedLoadBalancer", "Updated load balancer");
        }
    }

    private Next publishAndLook(Wish wish, Waves.Result<O> result) {
        if (result.changed()) {
            looks.begin(wish.owner());
            return published(wish, result, POLL_FIRST);
        }
        boolean wasPending = provisioning(wish, result.observed()) instanceof Provisioning.Pending;
        if (!wasPending && !looks.due(wish.owner())) {
            return published(wish, result, POLL);
        }
        O observed = parts.provider().cloud().poll(result.observed()).foldInto(result.observed());
        parts.memory().put(wish.owner(), observed);
        boolean isPending = provisioning(wish, observed) instanceof Provisioning.Pending;
        if (!isPending) {
            looks.looked(wish.owner(), parts.provider().planner().health(observed));
        }
        if (wasPending && !isPending && replaces(result)) {
            // It took minutes, in which someone may have damaged it by hand, and what is published
            // is whole.
            parts.memory().forget(wish.owner());
            return new Next.RetryAfter(
                    POLL_FIRST, "the successor is looked at before it is published");
        }
        Next next = published(wish, new Waves.Result<>(observed, false, result.problems()), POLL);
        // What waited for the balancer, as its predecessor's removal, can be planned as soon as it
        // is ready.
        Plan<S> rest = parts.provider().planner().plan(new Desired.Present(wish.spec()), observed);
        return rest.wave().isEmpty()
                ? next
                : new Next.RetryAfter(POLL_FIRST, "what waited for the balancer");
    }

    private Next published(Wish wish, Waves.Result<O> result, Duration delay) {
        O observed = result.observed();
        publish(wish, observed, result.problems());
        return switch (provisioning(wish, observed)) {
            case Provisioning.Ready _ when replaces(result) ->
                    new Next.RetryAfter(
                            POLL_FIRST, "the predecessor goes when it is not published");
            case Provisioning.Ready _ ->
                    looks.due(wish.owner())
                            ? new Next.RetryAfter(delay, "health of the targets")
                            : new Next.Done();
            case Provisioning.Pending(String state) ->
                    new Next.RetryAfter(delay, "the balancer is " + state);
            case Provisioning.Absent _ ->
                    new Next.RetryBackedOff("there is no balancer after an empty plan");
            case Provisioning.Failed(String message) -> new Next.RetryAfter(FAILED_RETRY, message);
        };
    }

    private static boolean replaces(Waves.Result<?> result) {
        return result.problems().stream().anyMatch(p -> p.code() == Code.REPLACEMENT);
    }

    private void publish(Wish wish, O observed, List<Problem> planProblems) {
        ClientAddress address = clientAddress(wish, observed);
        Planner<O, S> planner = parts.provider().planner();
        Condition serving =
                looks.serving(
                        wish.spec(),
                        publisher.conditions(wish.service()),
                        planner.paths(wish.spec(), observed),
                        planner.health(observed));
        List<Problem> warnings =
                Stream.concat(wish.warnings().stream(), planProblems.stream()).toList();
        publisher.publish(
                wish.run(),
                wish.service(),
                new Publisher.Picture(provisioning(wish, observed), address, warnings, serving));
    }

    private Provisioning provisioning(Wish wish, O observed) {
        return parts.provider().planner().provisioning(wish.spec(), observed);
    }

    private ClientAddress clientAddress(Wish wish, O observed) {
        return PathModel.explain(
                parts.provider().planner().paths(wish.spec(), observed),
                new PathModel.Setting(
                        wish.spec().policy(),
                        wish.spec().scheme(),
                        wish.service().healthCheckNodePort()));
    }

    private Next refused(
            Run run, ServiceSnapshot service, List<Problem> problems, Desired.Kept kept) {
        if (!parts.planOnly()) {
            publisher.refuse(run, service, problems);
        }
        return followNodes(run, service, kept, problems.getFirst().code());
    }

    /// A refused Service keeps what stands of it, and that goes on following the nodes. The
    /// finalizer comes before the first cloud object: without it there is nothing to ask for.
    private Next followNodes(Run run, ServiceSnapshot service, Desired.Kept kept, Code why) {
        boolean mayStand =
                service.meta().finalizers().contains(ServicePatch.FINALIZER)
                        || parts.memory().get(kept.owner()).isPresent();
        if (mayStand) {
            waves.run(run, kept, waves.observed(kept.owner()), () -> {});
        }
        return new Next.WaitForChange(why.id());
    }

    // --- a Service that wants none any more

    private Next tearDown(Run run, ServiceSnapshot service, OwnerId owner) {
        if (!parts.planOnly() && !destruction.isUnderWay(owner)) {
            publisher.event(run, service, "DeletingLoadBalancer", "Deleting load balancer");
        }
        boolean gone = destruction.of(run, owner);
        if (parts.planOnly()) {
            return new Next.Done();
        }
        if (!gone) {
            return new Next.RetryBackedOff("something of the Service is left in the cloud");
        }
        publisher.release(run, service);
        return new Next.Done();
    }

    /// The Service is someone else's now, finalizer and published address with it: only what is
    /// ours goes.
    private Next leave(Run run, ServiceSnapshot service, OwnerId owner) {
        if (parts.planOnly()) {
            return new Next.Done();
        }
        if (!destruction.of(run, owner)) {
            return new Next.RetryBackedOff("something of the Service is left in the cloud");
        }
        publisher.leave(service);
        return new Next.Done();
    }

    private boolean isOursInTheCloud(OwnerId owner) {
        return !parts.provider().planner().isAbsent(waves.observed(owner));
    }

    // --- failures

    private Next cloudFailed(Run run, ServiceSnapshot service, OwnerId owner, CloudException e) {
        parts.observer().failed(run, e);
        Failures failure = Failures.of(e);
        if (!failure.remember()) {
            parts.memory().forget(owner);
        }
        if (!parts.planOnly()) {
            long now = parts.tasks().nanoTime();
            failure.problems().stream()
                    .filter(p -> !failure.passes() || patience.isOver(owner, p.code(), now))
                    .forEach(problem -> publisher.fail(run, service, problem));
        }
        return failure.next();
    }

    private static Next kubernetesFailed(KubernetesException e) {
        return switch (e.kind()) {
            case GONE -> new Next.Done();
            case FENCED -> new Next.RetryAfter(Failures.FENCED, String.valueOf(e.getMessage()));
            case CONFLICT, FORBIDDEN, UNREACHABLE ->
                    new Next.RetryBackedOff(String.valueOf(e.getMessage()));
        };
    }
}
