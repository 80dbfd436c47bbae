package dev.origo.embedded.kubeapi;

import dev.origo.embedded.kubeapi.Rest.Request;
import dev.origo.embedded.kubeapi.Rest.Target;
import dev.origo.embedded.kubeapi.Store.Change;
import dev.origo.spi.Tasks;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// One stream of changes. It keeps nothing but the version that it has come to: who reads too
/// slowly is told 410 when the store has forgotten what comes next.
///
/// Thread rule: [#run] blocks the thread that serves the client; any thread may [#end] it.
final class Watch {
    /// Source: Kubernetes, kube-apiserver `--min-request-timeout` and watch cache: a bookmark a
    /// minute.
    private static final Duration LASTS_DEFAULT = Duration.ofMinutes(30);

    private static final Duration BOOKMARK_EVERY = Duration.ofMinutes(1);

    private final Registry registry;
    private final Rest rest;
    private final Target target;
    private final Request request;
    private final Predicate<ObjectNode> selected;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean bookmarkDue = new AtomicBoolean();

    Watch(Registry registry, Rest rest, Request request) {
        this.registry = registry;
        this.rest = rest;
        this.request = request;
        target = Rest.target(request.path());
        selected = Rest.selector(target, request);
    }

    void end() {
        ended.set(true);
        registry.store.wake();
    }

    void run(OutputStream out) throws IOException, InterruptedException {
        String asked = request.query("timeoutSeconds");
        Duration lasts =
                asked.matches("[1-9][0-9]{0,6}")
                        ? Duration.ofSeconds(Long.parseLong(asked))
                        : LASTS_DEFAULT;
        boolean bookmarks = request.query("allowWatchBookmarks").equals("true");
        try (Tasks.Timer _ = registry.tasks.after(lasts, "end a watch", this::end)) {
            long seen = begin(out, bookmarks);
            while (!ended.get()) {
                try (Tasks.Timer _ = bookmarks ? bookmarkLater() : () -> {}) {
                    long from = seen;
                    registry.store.awaitBeyond(from, () -> ended.get() || bookmarkDue.get());
                }
                List<Change> changes = registry.store.since(seen);
                for (Change change : changes) {
                    tell(out, change);
                    seen = change.version();
                }
                if (bookmarkDue.getAndSet(false)) {
                    bookmark(out, seen, false);
                }
            }
        } catch (Refusal refusal) {
            send(out, "ERROR", refusal.status());
        }
    }

    private Tasks.Timer bookmarkLater() {
        return registry.tasks.after(
                BOOKMARK_EVERY,
                "bookmark of a watch",
                () -> {
                    bookmarkDue.set(true);
                    registry.store.wake();
                });
    }

    private long begin(OutputStream out, boolean bookmarks) throws IOException {
        String version = request.query("resourceVersion");
        boolean streamsList = request.query("sendInitialEvents").equals("true");
        if (!streamsList && !version.isEmpty() && !version.equals("0")) {
            try {
                return Long.parseLong(version);
            } catch (NumberFormatException e) {
                throw Refusal.badRequest(
                        "Invalid value: \"%s\": resourceVersion".formatted(version));
            }
        }
        long at;
        List<ObjectNode> objects;
        synchronized (registry.store) {
            at = registry.store.version();
            objects = registry.store.list(target.kind().stored(), target.namespace());
        }
        for (ObjectNode object : objects) {
            if (selected.test(object)) {
                send(out, "ADDED", shown(object));
            }
        }
        if (streamsList && bookmarks) {
            bookmark(out, at, true);
        }
        return at;
    }

    /// A change of what is selected may be one into it or out of it.
    private void tell(OutputStream out, Change change) throws IOException {
        if (change.kind() != target.kind().stored()) {
            return;
        }
        boolean before = change.before() != null && selected.test(change.before());
        boolean after = !change.gone() && selected.test(change.object());
        if (before || after) {
            send(out, !after ? "DELETED" : before ? "MODIFIED" : "ADDED", shown(change.object()));
        }
    }

    private ObjectNode shown(ObjectNode object) {
        return rest.table(target, request, List.of(object))
                .orElseGet(() -> EventNames.shown(target.kind(), object));
    }

    private void bookmark(OutputStream out, long version, boolean initialEnd) throws IOException {
        ObjectNode object = target.kind().blank();
        ObjectNode meta =
                object.putObject("metadata").put("resourceVersion", String.valueOf(version));
        if (initialEnd) {
            meta.putObject("annotations").put("k8s.io/initial-events-end", "true");
        }
        send(out, "BOOKMARK", object);
    }

    private static void send(OutputStream out, String type, ObjectNode object) throws IOException {
        ObjectNode event = Json.object("type", type);
        event.set("object", object);
        out.write((Json.string(event) + "\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
