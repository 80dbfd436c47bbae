package dev.origo.kube;

import dev.origo.model.ServiceSnapshot;
import dev.origo.reconcile.Event;
import dev.origo.reconcile.KubernetesException;
import dev.origo.spi.Tasks;
import io.fabric8.kubernetes.api.model.EventBuilder;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SequencedMap;
import java.util.concurrent.atomic.LongAdder;

/// Writes events of the core group, which every tool shows. The same event about the same object
/// raises the count of the one that is there. Best effort: a task of its own writes them, one at a
/// time; what does not fit the queue or is refused is counted and dropped.
///
/// Thread rule: any thread may record; the lock guards the queue. `writtenBySame` belongs to the
/// one task that writes.
final class EventRecorder {
    static final int QUEUED_MAX = 1_000;
    static final int REMEMBERED_MAX = 1_000;
    static final String RECONCILE_ID = "origo.dev/reconcile-id";
    private static final String COMPONENT = "origo";

    /// Source: Kubernetes API, validation of events.
    private static final int MESSAGE_CHARS_MAX = 1024;

    private record Told(ServiceSnapshot service, Event event) {}

    /// What makes two events the same.
    private record Same(String uid, boolean warning, String reason, String message) {}

    private record Written(String name, int count) {}

    private final ApiServer api;
    private final Tasks tasks;
    private final LongAdder lost = new LongAdder();
    private final Queue<Told> queue = new ArrayDeque<>();
    private final SequencedMap<Same, Written> writtenBySame = new LinkedHashMap<>();
    private boolean writing;

    EventRecorder(ApiServer api, Tasks tasks) {
        this.api = api;
        this.tasks = tasks;
    }

    synchronized void record(ServiceSnapshot service, Event event) {
        if (queue.size() >= QUEUED_MAX) {
            lost.increment();
            return;
        }
        queue.add(new Told(service, event));
        if (!writing) {
            writing = true;
            tasks.start("write events", this::writeAll);
        }
    }

    long lost() {
        return lost.sum();
    }

    private void writeAll() {
        try {
            for (Optional<Told> told = next(); told.isPresent(); told = next()) {
                write(told.get());
            }
        } catch (RuntimeException e) {
            rest();
            throw e;
        }
    }

    private synchronized Optional<Told> next() {
        Optional<Told> told = Optional.ofNullable(queue.poll());
        writing = told.isPresent();
        return told;
    }

    private synchronized void rest() {
        writing = false;
    }

    private void write(Told told) {
        Event event = told.event();
        String uid = told.service().meta().uid();
        Same same = new Same(uid, event.warning(), event.reason(), event.message());
        Optional<Written> before = Optional.ofNullable(writtenBySame.remove(same));
        try {
            Written now = before.isPresent() ? raise(told, before.get()) : create(told);
            writtenBySame.putLast(same, now);
            if (writtenBySame.size() > REMEMBERED_MAX) {
                writtenBySame.pollFirstEntry();
            }
        } catch (KubernetesException e) {
            lost.increment();
        }
    }

    private Written create(Told told) {
        ServiceSnapshot service = told.service();
        String name = "%s.%016x".formatted(service.key().name(), tasks.random().getAsLong());
        String message = told.event().message();
        EventBuilder event =
                changing(told, 1)
                        .editMetadata()
                        .withName(name)
                        .withNamespace(service.key().namespace())
                        .endMetadata()
                        .withType(told.event().warning() ? "Warning" : "Normal")
                        .withReason(told.event().reason())
                        .withMessage(
                                message.substring(0, Math.min(message.length(), MESSAGE_CHARS_MAX)))
                        .withFirstTimestamp(now())
                        .withReportingComponent(COMPONENT)
                        .withReportingInstance(COMPONENT)
                        .withNewSource()
                        .withComponent(COMPONENT)
                        .endSource()
                        .withNewInvolvedObject()
                        .withApiVersion("v1")
                        .withKind("Service")
                        .withNamespace(service.key().namespace())
                        .withName(service.key().name())
                        .withUid(service.meta().uid())
                        .withResourceVersion(service.meta().resourceVersion())
                        .endInvolvedObject();
        send(ApiServer.Verb.CREATE, path(service), "application/json", event);
        return new Written(name, 1);
    }

    /// The API server forgets events after a while (1 h by default); then it is a new one.
    private Written raise(Told told, Written before) {
        int count = before.count() + 1;
        try {
            send(
                    ApiServer.Verb.PATCH,
                    path(told.service()) + "/" + before.name(),
                    StatusPatch.CONTENT_TYPE,
                    changing(told, count));
        } catch (KubernetesException e) {
            if (e.kind() == KubernetesException.Kind.GONE) {
                return create(told);
            }
            throw e;
        }
        return new Written(before.name(), count);
    }

    /// What differs from time to time.
    private EventBuilder changing(Told told, int count) {
        return new EventBuilder()
                .withNewMetadata()
                .withAnnotations(Map.of(RECONCILE_ID, told.event().reconcileId()))
                .endMetadata()
                .withCount(count)
                .withLastTimestamp(now());
    }

    private void send(ApiServer.Verb verb, String path, String contentType, EventBuilder event) {
        api.send(
                new ApiServer.Request(verb, "events", path, ClusterConnection.REQUEST_TIMEOUT),
                contentType,
                KubernetesJson.JSON.asJson(event.build()));
    }

    private static String path(ServiceSnapshot service) {
        return "api/v1/namespaces/%s/events".formatted(service.key().namespace());
    }

    private String now() {
        return tasks.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
