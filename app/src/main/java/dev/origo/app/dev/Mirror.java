package dev.origo.app.dev;

import dev.origo.spi.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/// What is in the cluster, as last heard: the kinds that nodes and people here look at, listed and
/// watched.
///
/// Thread rule: any thread. What is listed is shared, and not to be changed.
final class Mirror implements AutoCloseable {
    private static final Duration RELIST = Duration.ofSeconds(1);

    private final Api api;
    private final Tasks tasks;
    private final Runnable changed;

    /// Guarded by this, as the objects' maps and the rest are: by namespace and name.
    private final Map<Kind, Map<String, JsonNode>> objects = new EnumMap<>(Kind.class);

    private final List<CompletableFuture<Void>> watches = new ArrayList<>();
    private boolean closed;

    enum Kind {
        NODE("/api/v1/nodes"),
        SERVICE("/api/v1/services"),
        POD("/api/v1/pods"),
        SLICE("/apis/discovery.k8s.io/v1/endpointslices");

        private final String path;

        Kind(String path) {
            this.path = path;
        }
    }

    /// @param changed told after each change; must not wait
    Mirror(Api api, Tasks tasks, Runnable changed) {
        this.api = api;
        this.tasks = tasks;
        this.changed = changed;
        for (Kind kind : Kind.values()) {
            objects.put(kind, new TreeMap<>());
        }
    }

    /// Lists everything and watches from there on.
    ///
    /// @throws Unproven where the API server does not answer
    void start() {
        for (Kind kind : Kind.values()) {
            follow(kind);
        }
    }

    synchronized List<JsonNode> list(Kind kind) {
        return List.copyOf(of(kind).values());
    }

    /// The answer to a write, so that it is seen before the watch tells it. What is no longer there
    /// stays away.
    void saw(Kind kind, JsonNode object) {
        synchronized (this) {
            Optional.ofNullable(of(kind).get(key(object)))
                    .filter(known -> uid(known).equals(uid(object)))
                    .filter(known -> version(known) < version(object))
                    .ifPresent(_ -> of(kind).put(key(object), object));
        }
        changed.run();
    }

    private void follow(Kind kind) {
        JsonNode list = api.get(kind.path);
        synchronized (this) {
            if (closed) {
                return;
            }
            of(kind).clear();
            Views.items(list.path("items")).forEach(o -> of(kind).put(key(o), o));
        }
        changed.run();
        String from = list.at("/metadata/resourceVersion").asString("");
        CompletableFuture<Void> watch =
                api.watch(
                        "%s?watch=true&resourceVersion=%s".formatted(kind.path, from),
                        event -> heard(kind, event));
        synchronized (this) {
            watches.removeIf(CompletableFuture::isDone);
            watches.add(watch);
            if (closed) {
                watch.complete(null);
            }
        }
        var _ = watch.whenComplete((_, _) -> again(kind));
    }

    /// Servers end watches after some minutes, and outages at once.
    private synchronized void again(Kind kind) {
        if (!closed) {
            tasks.after(RELIST, "list " + kind, () -> relist(kind));
        }
    }

    private void relist(Kind kind) {
        try {
            follow(kind);
        } catch (Unproven _) { // it does not answer yet
            again(kind);
        }
    }

    private void heard(Kind kind, JsonNode event) {
        JsonNode object = event.path("object");
        synchronized (this) {
            if (closed) {
                return;
            }
            switch (event.path("type").asString("")) {
                case "ADDED", "MODIFIED" ->
                        of(kind).merge(
                                        key(object),
                                        object,
                                        (known, heard) ->
                                                version(known) > version(heard) ? known : heard);
                case "DELETED" -> of(kind).remove(key(object));
                // The history is gone: the end of this watch lists anew.
                default -> throw new Unproven(event.toString());
            }
        }
        changed.run();
    }

    private Map<String, JsonNode> of(Kind kind) {
        return objects.getOrDefault(kind, new TreeMap<>());
    }

    static String key(JsonNode object) {
        return Views.namespace(object) + "/" + Views.name(object);
    }

    private static String uid(JsonNode object) {
        return object.at("/metadata/uid").asString("");
    }

    /// Source: Kubernetes, "Resource Version": since 1.35 they are numbers that can be compared.
    private static long version(JsonNode object) {
        return Long.parseLong(object.at("/metadata/resourceVersion").asString("0"));
    }

    @Override
    public void close() {
        List<CompletableFuture<Void>> running;
        synchronized (this) {
            closed = true;
            running = List.copyOf(watches);
        }
        running.forEach(watch -> watch.complete(null));
    }
}
