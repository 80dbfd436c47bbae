package dev.origo.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The cache of one kind. Keeps of each object its snapshot, mapped once per version, and a stub
/// with the few words of metadata that an informer needs: managed fields, images, specs and status
/// go.
///
/// It outlives informers: a new informer over the same store is a full relist that finds what
/// changed or went meanwhile.
///
/// Thread rule: any thread may read; the informer that holds the newest [#view] writes.
final class SnapshotStore<T extends HasMetadata, S> {
    /// What is kept, and who is told.
    ///
    /// @param matter whether the step from one snapshot to the next matters
    /// @param changed called after the store shows a new, changed or removed object
    record Kind<T, S>(
            Supplier<T> blank,
            Function<T, S> snapshot,
            BiPredicate<S, S> matter,
            Consumer<S> changed) {}

    private record Held<T, S>(T stub, S snapshot) {}

    private final Kind<T, S> kind;
    private final Map<String, Held<T, S>> heldByKey = new ConcurrentHashMap<>();
    private volatile @Nullable View newest;

    SnapshotStore(Kind<T, S> kind) {
        this.kind = kind;
    }

    Optional<S> get(String key) {
        return Optional.ofNullable(heldByKey.get(key)).map(Held::snapshot);
    }

    Stream<S> values() {
        return heldByKey.values().stream().map(Held::snapshot);
    }

    /// The store as an informer writes it. Older views lose their effect, so that an informer that
    /// was replaced cannot bring back what is past.
    ItemStore<T> view() {
        View view = new View();
        newest = view;
        return view;
    }

    private T stub(T object) {
        ObjectMeta meta = new ObjectMeta();
        meta.setNamespace(object.getMetadata().getNamespace());
        meta.setName(object.getMetadata().getName());
        meta.setUid(object.getMetadata().getUid());
        meta.setResourceVersion(object.getMetadata().getResourceVersion());
        T stub = kind.blank().get();
        stub.setMetadata(meta);
        return stub;
    }

    private final class View implements ItemStore<T> {
        @Override
        public String getKey(T object) {
            return Cache.metaNamespaceKeyFunc(object);
        }

        @Override
        public @Nullable T put(String key, T object) {
            if (this != newest) {
                return null;
            }
            S after = kind.snapshot().apply(object);
            Held<T, S> before = heldByKey.put(key, new Held<>(stub(object), after));
            if (before == null || kind.matter().test(before.snapshot(), after)) {
                kind.changed().accept(after);
            }
            return before == null ? null : before.stub();
        }

        @Override
        public @Nullable T remove(String key) {
            Held<T, S> before = this == newest ? heldByKey.remove(key) : null;
            if (before == null) {
                return null;
            }
            kind.changed().accept(before.snapshot());
            return before.stub();
        }

        @Override
        public Stream<String> keySet() {
            return heldByKey.keySet().stream();
        }

        @Override
        public Stream<T> values() {
            return heldByKey.values().stream().map(Held::stub);
        }

        @Override
        public int size() {
            return heldByKey.size();
        }

        @Override
        public @Nullable T get(String key) {
            Held<T, S> held = heldByKey.get(key);
            return held == null ? null : held.stub();
        }

        /// Objects here are stubs; the informer must not hand them out as if they were whole.
        @Override
        public boolean isFullState() {
            return false;
        }
    }
}
