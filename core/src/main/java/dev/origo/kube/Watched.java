package dev.origo.kube;

import dev.origo.spi.Tasks;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps one store fed by an informer, and the informer alive: it is replaced when it stopped, when
/// it has not watched for a while though it says that it runs (fabric8 issues 4781 and 6379), and
/// every few hours anyway, because a new informer lists everything anew.
///
/// Thread rule: any thread; the lock guards which informer is the current one and what was seen of
/// it.
final class Watched<T extends HasMetadata, S> {
    static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    private static final Duration UNWATCHED = Duration.ofSeconds(30);
    private static final Duration UNWATCHED_MAX = Duration.ofMinutes(4);
    static final Duration RELIST_EVERY = Duration.ofHours(2);
    private static final Duration RESTART_BACKOFF_MAX = Duration.ofMinutes(1);

    private final String kind;
    private final Supplier<SharedIndexInformer<T>> informers;
    private final SnapshotStore<T, S> store;
    private final Tasks tasks;

    private @Nullable SharedIndexInformer<T> informer;
    private CompletableFuture<Void> synced = new CompletableFuture<>();
    private Tasks.@Nullable Timer nextLook;
    private boolean closed;
    private String versionSeen = "";

    /// Without the lock: the library reports failures while it holds locks of its own.
    private volatile String lastFailure = "";

    private int restarts;
    private int restartsInRow;
    private long startedNanos;
    private long watchedNanos;
    private long heardNanos;
    private long relistNanos;

    Watched(
            String kind,
            Supplier<SharedIndexInformer<T>> informers,
            SnapshotStore<T, S> store,
            Tasks tasks) {
        this.kind = kind;
        this.informers = informers;
        this.store = store;
        this.tasks = tasks;
        watchedNanos = tasks.nanoTime();
        heardNanos = watchedNanos;
    }

    /// What one look at an informer leads to.
    enum Action {
        LEAVE,
        RESTART,
        RELIST
    }

    /// What one look shows; durations since the informer was last seen watching, started and due.
    record Look(boolean running, Duration unwatched, Duration age, int restartsInRow) {}

    /// Pure. A stopped informer is replaced with a backoff, one that hangs after a while, a healthy
    /// one when its list is old. The while doubles each time that it did not help, so that a list
    /// which takes long comes to its end.
    static Action action(Look look, Duration relistAfter) {
        Duration backoff = doubled(LOOK_EVERY, look.restartsInRow(), RESTART_BACKOFF_MAX);
        Duration patience = doubled(UNWATCHED, look.restartsInRow(), UNWATCHED_MAX);
        if (!look.running()) {
            return look.age().compareTo(backoff) >= 0 ? Action.RESTART : Action.LEAVE;
        }
        boolean hangs =
                look.unwatched().compareTo(patience) > 0 && look.age().compareTo(patience) > 0;
        if (hangs) {
            return Action.RESTART;
        }
        return look.age().compareTo(relistAfter) >= 0 ? Action.RELIST : Action.LEAVE;
    }

    private static Duration doubled(Duration first, int times, Duration max) {
        Duration grown = first.multipliedBy(1L << Math.min(times, 6));
        return grown.compareTo(max) > 0 ? max : grown;
    }

    /// Starts listing and watching. The answer completes when the store shows the whole list, and
    /// fails if the API server refuses; other failures are tried again.
    synchronized CompletableFuture<Void> start() {
        replaceInformer();
        nextLook = tasks.after(LOOK_EVERY, "look at watch of " + kind, this::look);
        return synced;
    }

    synchronized WatchHealth health() {
        observe();
        long now = tasks.nanoTime();
        return new WatchHealth(
                kind,
                watching(),
                watching() ? Duration.ZERO : Duration.ofNanos(now - watchedNanos),
                Duration.ofNanos(now - heardNanos),
                restarts,
                lastFailure);
    }

    String lastFailure() {
        return lastFailure;
    }

    synchronized void close() {
        closed = true;
        if (nextLook != null) {
            nextLook.close();
        }
        if (informer != null) {
            informer.stop();
        }
    }

    private synchronized void look() {
        if (closed) {
            return;
        }
        observe();
        long now = tasks.nanoTime();
        Look look =
                new Look(
                        informer != null && informer.isRunning(),
                        Duration.ofNanos(now - watchedNanos),
                        Duration.ofNanos(now - startedNanos),
                        restartsInRow);
        switch (action(look, Duration.ofNanos(relistNanos))) {
            case LEAVE -> {}
            case RESTART -> {
                restarts++;
                restartsInRow++;
                replaceInformer();
            }
            case RELIST -> replaceInformer();
        }
        nextLook = tasks.after(LOOK_EVERY, "look at watch of " + kind, this::look);
    }

    private void observe() {
        long now = tasks.nanoTime();
        String version =
                informer == null ? "" : ServiceMapper.text(informer.lastSyncResourceVersion());
        if (!version.equals(versionSeen)) {
            versionSeen = version;
            heardNanos = now;
        }
        if (watching()) {
            watchedNanos = now;
            restartsInRow = 0;
        }
    }

    private boolean watching() {
        return informer != null && informer.isRunning() && informer.isWatching();
    }

    private void replaceInformer() {
        if (informer != null) {
            informer.stop();
        }
        SharedIndexInformer<T> next = informers.get();
        next.itemStore(store.view());
        next.exceptionHandler(this::goesOn);
        informer = next;
        startedNanos = tasks.nanoTime();
        long jitter = Math.floorMod(tasks.random().getAsLong(), RELIST_EVERY.toNanos() / 4);
        relistNanos = RELIST_EVERY.toNanos() + jitter;
        synced = next.start().toCompletableFuture();
    }

    /// Whether the informer tries again. Refused credentials end a first list at once: waiting does
    /// not mend them, and who starts the process wants to know.
    private boolean goesOn(boolean started, Throwable failure) {
        Throwable root = ApiServer.rootOf(failure);
        lastFailure = root.toString();
        boolean refused =
                root instanceof KubernetesClientException e
                        && (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                                || e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED);
        return started || !refused;
    }
}
