package dev.origo.embedded.aws;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The SDK's several classes of key and value (tags, attributes) as maps, and back.
final class Pairs {
    private Pairs() {}

    static <T> List<T> list(Map<String, String> pairs, BiFunction<String, String, T> make) {
        return pairs.entrySet().stream()
                .map(pair -> make.apply(pair.getKey(), pair.getValue()))
                .toList();
    }

    /// By key; a later pair wins, an absent value is empty.
    static <T> NavigableMap<String, String> map(
            List<T> pairs, Function<T, String> key, Function<T, @Nullable String> value) {
        NavigableMap<String, String> map = new TreeMap<>();
        for (T pair : pairs) {
            String found = value.apply(pair);
            map.put(key.apply(pair), found == null ? "" : found);
        }
        return map;
    }
}
