package dev.origo.localstack;

import dev.origo.aws.AwsObserved;
import dev.origo.aws.AwsStep;
import dev.origo.aws.Recorded;
import dev.origo.dataplane.Balancer;
import dev.origo.dataplane.ForwardingPlane;
import dev.origo.dataplane.Placed;
import dev.origo.localstack.LocalObserved.Carried;
import dev.origo.model.OwnerId;
import dev.origo.spi.Answer;
import dev.origo.spi.Cloud;
import dev.origo.spi.TargetHealth;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// The endpoint's effects and the data plane's.
///
/// Thread rule: any thread, one owner at a time.
final class LocalCloud implements Cloud<LocalObserved, LocalStep> {
    private final Once<Connection> endpoint;
    private final ForwardingPlane dataPlane;

    /// What is alive, by owner: it lives as long as this process, whatever the endpoint forgets.
    private final ConcurrentMap<OwnerId, SortedMap<String, Carried>> carried =
            new ConcurrentHashMap<>();

    /// @param endpoint asked at the first call, so that making the provider calls nobody
    LocalCloud(Once<Connection> endpoint, ForwardingPlane dataPlane) {
        this.endpoint = endpoint;
        this.dataPlane = dataPlane;
    }

    @Override
    public LocalObserved observe(OwnerId owner) {
        AwsObserved record = aws().observe(owner);
        return seen(
                Recorded.of(record).isEmpty() && cameBackEmpty() ? aws().observe(owner) : record);
    }

    private Cloud<AwsObserved, AwsStep> aws() {
        return endpoint.get().cloud();
    }

    /// Whether the emulator has forgotten even the network: then that is looked for anew.
    private boolean cameBackEmpty() {
        Connection connection = endpoint.get();
        if (connection.stands().getAsBoolean()) {
            return false;
        }
        endpoint.forget(connection);
        return true;
    }

    @Override
    public Map<OwnerId, LocalObserved> observeAll() {
        Map<OwnerId, LocalObserved> all = new TreeMap<>();
        aws().observeAll().forEach((owner, record) -> all.put(owner, seen(record)));
        for (OwnerId owner : carried.keySet()) {
            if (!all.containsKey(owner)) {
                all.put(owner, observe(owner));
            }
        }
        return all;
    }

    private LocalObserved seen(AwsObserved record) {
        carried.computeIfPresent(record.owner(), (_, alive) -> triedAgain(alive));
        SortedMap<String, Carried> alive = carried.getOrDefault(record.owner(), new TreeMap<>());
        return new LocalObserved(record, alive, health(alive.keySet()));
    }

    /// A port that was taken may be free by now.
    private SortedMap<String, Carried> triedAgain(SortedMap<String, Carried> alive) {
        TreeMap<String, Carried> again = new TreeMap<>(alive);
        again.replaceAll((_, one) ->
                one.isWhole() ? one : new Carried(one.balancer(), dataPlane.carry(one.balancer())));
        return again;
    }

    private TargetHealth health(Collection<String> ids) {
        return Alive.health(ids.stream().flatMap(id -> dataPlane.status(id).stream()).toList());
    }

    @Override
    public Answer<LocalObserved> apply(LocalStep step) {
        return switch (step) {
            case LocalStep.OnAws(AwsStep call) -> lifted(aws().apply(call));
            case LocalStep.Carry(OwnerId owner, Balancer balancer) -> carry(owner, balancer);
            case LocalStep.Drop(OwnerId owner, String id) -> drop(owner, id);
        };
    }

    private static Answer<LocalObserved> lifted(Answer<AwsObserved> answer) {
        return o -> o.withAws(answer.foldInto(o.aws()));
    }

    private Answer<LocalObserved> carry(OwnerId owner, Balancer balancer) {
        Placed placed = dataPlane.carry(balancer);
        carried.merge(
                owner,
                new TreeMap<>(Map.of(balancer.id(), new Carried(balancer, placed))),
                LocalCloud::merged);
        return o -> o.with(balancer, placed);
    }

    private static SortedMap<String, Carried> merged(
            SortedMap<String, Carried> some, SortedMap<String, Carried> more) {
        TreeMap<String, Carried> all = new TreeMap<>(some);
        all.putAll(more);
        return all;
    }

    private Answer<LocalObserved> drop(OwnerId owner, String id) {
        dataPlane.drop(id);
        carried.computeIfPresent(
                owner,
                (_, alive) -> {
                    TreeMap<String, Carried> rest = new TreeMap<>(alive);
                    rest.remove(id);
                    return rest.isEmpty() ? null : rest;
                });
        return o -> o.without(id);
    }

    @Override
    public Answer<LocalObserved> poll(LocalObserved observed) {
        AwsObserved record = aws().poll(observed.aws()).foldInto(observed.aws());
        LocalObserved looked =
                new LocalObserved(record, observed.carried(), health(observed.carried().keySet()));
        return _ -> looked;
    }
}
