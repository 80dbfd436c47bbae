package dev.origo.embedded.aws;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;

/// One AWS account in one region, in memory. Give [#elb] and [#ec2] to the code under test, build
/// its surroundings with [#setup], look at what became of it with [#dump], [#counts] and [#tagged].
///
/// Thread-safe: one lock guards all state, hooks run outside it, nothing blocks under it. Each call
/// happens entirely or, when AWS would refuse it, not at all.
public final class EmbeddedAws {
    private static final String DRY_RUN = "Request would have succeeded, but DryRun flag is set.";

    private final ReentrantLock lock = new ReentrantLock();
    private final State state;
    private final Throttle throttle;
    private final ElasticLoadBalancingV2Client elb;
    private final Ec2Client ec2;
    private final AwsSetup setup;
    private volatile CallHook hook = CallHook.NONE;

    /// `region` names the zones too (`eu-west-1` has `eu-west-1a` ...). The same seed and the same
    /// order of calls give the same ids.
    public EmbeddedAws(String region, InstantSource clock, long seed) {
        state = new State(region, clock, seed);
        throttle = new Throttle(clock);
        elb = new ElbFace(state, this);
        ec2 = new Ec2Face(state, this);
        setup = new AwsSetup(state, this);
    }

    public ElasticLoadBalancingV2Client elb() {
        return elb;
    }

    public Ec2Client ec2() {
        return ec2;
    }

    /// What there is, in words.
    public OnRecord onRecord() {
        return new OnRecord(elb(), ec2());
    }

    public AwsSetup setup() {
        return setup;
    }

    /// From now on these settings hold; objects that exist keep the delays they were made with, but
    /// the lag of lists is everyone's, and full buckets stay full.
    public void settings(AwsSettings settings) {
        locked(() -> state.settings = settings);
    }

    public AwsSettings settings() {
        return locked(() -> state.settings);
    }

    /// Replaces the hook; [CallHook#NONE] takes it away.
    public void hook(CallHook replacement) {
        hook = replacement;
    }

    public void health(HealthFunction health) {
        locked(() -> state.health = health);
    }

    /// Everything that a controller can change, one line each, sorted, with names instead of ids
    /// and without times: two accounts that were brought to the same state on different ways dump
    /// the same text.
    public String dump() {
        return locked(() -> Dump.text(state));
    }

    /// How many there are of each kind that [#dump] shows (`listener`, `load-balancer`, `rule`,
    /// `security-group`, `tag`, `target`, `target-group`); kinds that there are none of are absent.
    public NavigableMap<String, Integer> counts() {
        return locked(() -> Dump.counts(state));
    }

    /// The ids and ARNs of everything with a tag whose key starts with the prefix, sorted.
    public List<String> tagged(String prefix) {
        return locked(() ->
                state.tags.entrySet().stream()
                        .filter(tags ->
                                tags.getValue().keySet().stream()
                                        .anyMatch(key -> key.startsWith(prefix)))
                        .map(Map.Entry::getKey)
                        .toList());
    }

    /// The tags of everything that has any, by id or ARN, sorted. A copy.
    public NavigableMap<String, Map<String, String>> tags() {
        return locked(() -> {
            NavigableMap<String, Map<String, String>> copy = new TreeMap<>();
            state.tags.forEach((id, tags) -> copy.put(id, Map.copyOf(tags)));
            return copy;
        });
    }

    <T> T locked(Supplier<T> effect) {
        lock.lock();
        try {
            return effect.get();
        } finally {
            lock.unlock();
        }
    }

    <Q extends AwsRequest, R> R call(Call call, Q request, Function<Q, R> effect) {
        hook.before(call);
        try {
            return locked(() -> {
                throttle.take(call, state.settings);
                Faults.ec2If(call.dryRun(), "DryRunOperation", DRY_RUN);
                return effect.apply(request);
            });
        } finally {
            hook.after(call);
        }
    }
}
