package dev.origo.kube;

import static dev.origo.kube.ServiceMapper.text;
import static java.util.Objects.requireNonNullElse;

import dev.origo.loop.LeaseStore;
import dev.origo.reconcile.KubernetesException;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A Lease of coordination.k8s.io/v1. Its resourceVersion makes two writers exclude each other;
/// labels and fields that are not ours stay as they were read.
///
/// Thread rule: one thread at a time.
final class KubernetesLease implements LeaseStore {
    private static final String CONTENT_TYPE = "application/json";

    private final ApiServer api;
    private final String namespace;
    private final String name;
    private final Duration callTimeout;
    private Lease known = new Lease();

    KubernetesLease(ApiServer api, String namespace, String name, Duration callTimeout) {
        this.api = api;
        this.namespace = namespace;
        this.name = name;
        this.callTimeout = callTimeout;
    }

    @Override
    public Optional<LeaseRecord> read() {
        try {
            return Optional.of(record(api.send(request(ApiServer.Verb.GET), "", "")));
        } catch (KubernetesException e) {
            if (e.kind() == KubernetesException.Kind.GONE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public LeaseRecord create(LeaseRecord lease) {
        known = new Lease();
        return record(api.send(request(ApiServer.Verb.CREATE), CONTENT_TYPE, body(lease, "")));
    }

    @Override
    public LeaseRecord replace(LeaseRecord lease) {
        if (lease.version().isEmpty()) {
            throw new IllegalArgumentException("a lease without version was never read: " + lease);
        }
        return record(
                api.send(
                        request(ApiServer.Verb.UPDATE),
                        CONTENT_TYPE,
                        body(lease, lease.version())));
    }

    private ApiServer.Request request(ApiServer.Verb verb) {
        String leases = "apis/coordination.k8s.io/v1/namespaces/%s/leases".formatted(namespace);
        return new ApiServer.Request(
                verb,
                "leases",
                verb == ApiServer.Verb.CREATE ? leases : leases + "/" + name,
                callTimeout);
    }

    private String body(LeaseRecord lease, String version) {
        return KubernetesJson.JSON.asJson(
                new LeaseBuilder(known)
                        .editOrNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .withResourceVersion(version.isEmpty() ? null : version)
                        .endMetadata()
                        .editOrNewSpec()
                        .withHolderIdentity(lease.holder())
                        .withLeaseDurationSeconds(lease.durationSeconds())
                        .withAcquireTime(lease.acquired().atZone(ZoneOffset.UTC))
                        .withRenewTime(lease.renewed().atZone(ZoneOffset.UTC))
                        .withLeaseTransitions(lease.transitions())
                        .endSpec()
                        .build());
    }

    private LeaseRecord record(String answer) {
        known = KubernetesJson.JSON.unmarshal(answer, Lease.class);
        LeaseSpec spec = requireNonNullElse(known.getSpec(), new LeaseSpec());
        return new LeaseRecord(
                text(spec.getHolderIdentity()),
                requireNonNullElse(spec.getLeaseDurationSeconds(), 0),
                instant(spec.getAcquireTime()),
                instant(spec.getRenewTime()),
                requireNonNullElse(spec.getLeaseTransitions(), 0),
                text(known.getMetadata().getResourceVersion()));
    }

    private static Instant instant(@Nullable ZonedDateTime time) {
        return time == null ? Instant.EPOCH : time.toInstant();
    }
}
