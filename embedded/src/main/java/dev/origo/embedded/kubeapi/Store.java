package dev.origo.embedded.kubeapi;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// All objects and the last changes to them. Stored objects never change: a write stores another
/// one.
///
/// Thread-safe: the monitor guards all fields, and who writes holds it from reading on. Listeners
/// are told under it, in the order of the changes; they must only take note.
final class Store {
    /// Changes that a watch can go back to.
    static final int HISTORY_MAX = 2_000;

    private final Map<Kind, SortedMap<ObjectKey, ObjectNode>> objects = new EnumMap<>(Kind.class);
    private final Deque<Change> history = new ArrayDeque<>();
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    private long version = 1;
    private long forgotten = 1;

    /// Of one kind.
    record ObjectKey(String namespace, String name) implements Comparable<ObjectKey> {
        static ObjectKey of(ObjectNode object) {
            return new ObjectKey(
                    Json.text(object, "metadata.namespace"), Json.text(object, "metadata.name"));
        }

        @Override
        public int compareTo(ObjectKey other) {
            int byNamespace = namespace.compareTo(other.namespace);
            return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
        }
    }

    /// @param object as it is now; as it was, if it is gone
    record Change(
            long version,
            Kind kind,
            @Nullable ObjectNode before,
            ObjectNode object,
            boolean gone) {}

    synchronized Optional<ObjectNode> get(Kind kind, ObjectKey key) {
        return Optional.ofNullable(of(kind).get(key));
    }

    /// Ordered by namespace and name.
    ///
    /// @param namespace empty for all
    synchronized List<ObjectNode> list(Kind kind, String namespace) {
        return of(kind).entrySet().stream()
                .filter(e -> namespace.isEmpty() || e.getKey().namespace().equals(namespace))
                .map(Map.Entry::getValue)
                .toList();
    }

    synchronized long version() {
        return version;
    }

    /// Stores an object under a new version, which it gets.
    synchronized ObjectNode put(Kind kind, ObjectNode object) {
        version++;
        Json.child(object, "metadata").put("resourceVersion", String.valueOf(version));
        ObjectNode before = of(kind).put(ObjectKey.of(object), object);
        tell(new Change(version, kind, before, object, false));
        return object;
    }

    synchronized void remove(Kind kind, ObjectKey key) {
        ObjectNode before = of(kind).remove(key);
        if (before != null) {
            version++;
            ObjectNode last = before.deepCopy();
            Json.child(last, "metadata").put("resourceVersion", String.valueOf(version));
            tell(new Change(version, kind, before, last, true));
        }
    }

    /// Changes after a version, in order.
    ///
    /// @throws Refusal 410 if some of them are forgotten
    synchronized List<Change> since(long from) {
        if (from < forgotten) {
            throw Refusal.expired(from, forgotten);
        }
        List<Change> changes = new ArrayList<>();
        for (var newest = history.descendingIterator(); newest.hasNext(); ) {
            Change change = newest.next();
            if (change.version() <= from) {
                break;
            }
            changes.addFirst(change);
        }
        return changes;
    }

    /// Waits for a version beyond this one, or until it is called off.
    synchronized void awaitBeyond(long seen, BooleanSupplier calledOff)
            throws InterruptedException {
        while (version <= seen && !calledOff.getAsBoolean()) {
            wait();
        }
    }

    /// Has all waiters look again.
    synchronized void wake() {
        notifyAll();
    }

    void listen(Consumer<Change> listener) {
        listeners.add(listener);
    }

    private void tell(Change change) {
        history.addLast(change);
        if (history.size() > HISTORY_MAX) {
            forgotten = history.removeFirst().version();
        }
        listeners.forEach(listener -> listener.accept(change));
        notifyAll();
    }

    private SortedMap<ObjectKey, ObjectNode> of(Kind kind) {
        return objects.computeIfAbsent(kind, _ -> new TreeMap<>());
    }
}
