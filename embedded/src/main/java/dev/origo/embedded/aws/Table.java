package dev.origo.embedded.aws;

import dev.origo.embedded.aws.AwsSettings.Delay;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// The things of one kind by id, in the order of their creation. Guarded by the account's lock.
final class Table<T> {
    private record Row<T>(T value, Instant made) {}

    private final SequencedMap<String, Row<T>> rows = new LinkedHashMap<>();
    private final State state;

    Table(State state) {
        this.state = state;
    }

    /// Adds a thing, or replaces it in place.
    void put(String id, T value) {
        Row<T> old = rows.get(id);
        rows.put(id, new Row<>(value, old == null ? state.now() : old.made()));
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
        Instant last = state.now().minus(state.settings.delay(Delay.LIST_LAG));
        return rows.values().stream()
                .filter(row -> !row.made().isAfter(last))
                .map(Row::value)
                .toList();
    }

    /// The visible ones with these keys, all when none is wanted; the refusal for the first that is
    /// missing.
    List<T> pick(
            List<String> wanted,
            Function<T, String> key,
            Function<String, AwsServiceException> missing) {
        List<T> found =
                visible().stream()
                        .filter(thing -> wanted.isEmpty() || wanted.contains(key.apply(thing)))
                        .toList();
        Set<String> keys = found.stream().map(key).collect(Collectors.toSet());
        for (String asked : wanted) {
            if (!keys.contains(asked)) {
                throw missing.apply(asked);
            }
        }
        return found;
    }
}
