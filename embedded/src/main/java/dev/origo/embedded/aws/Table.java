package dev.origo.embedded.aws;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/// The things of one kind by id, in the order of their creation. Guarded by the account's lock.
final class Table<T> {
    private record Row<T>(T value, Instant visibleFrom) {}

    private final SequencedMap<String, Row<T>> rows = new LinkedHashMap<>();
    private final Supplier<Instant> now;
    private final Supplier<Instant> visibleFrom;

    /// `visibleFrom` says from when on a thing made now shows in Describe calls.
    Table(Supplier<Instant> now, Supplier<Instant> visibleFrom) {
        this.now = now;
        this.visibleFrom = visibleFrom;
    }

    /// Adds a thing, or replaces it in place.
    void put(String id, T value) {
        Row<T> old = rows.get(id);
        rows.put(id, new Row<>(value, old == null ? visibleFrom.get() : old.visibleFrom()));
    }

    void remove(String id) {
        rows.remove(id);
    }

    Optional<T> find(String id) {
        return Optional.ofNullable(rows.get(id)).map(Row::value);
    }

    /// Everything that exists: what a write has to respect.
    List<T> all() {
        return rows.values().stream().map(Row::value).toList();
    }

    /// What a Describe call may show by now.
    List<T> visible() {
        Instant instant = now.get();
        return rows.values().stream()
                .filter(row -> !row.visibleFrom().isAfter(instant))
                .map(Row::value)
                .toList();
    }
}
