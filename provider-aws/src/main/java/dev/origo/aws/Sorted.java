package dev.origo.aws;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Immutable sorted collections: everything that a plan is made from has one order.
final class Sorted {
    private Sorted() {}

    static <T extends Comparable<? super T>> SortedSet<T> set(Collection<T> items) {
        return Collections.unmodifiableSortedSet(new TreeSet<>(items));
    }

    static <T extends Comparable<? super T>> SortedSet<T> none() {
        return Collections.emptySortedSet();
    }

    static <T extends Comparable<? super T>> SortedSet<T> union(
            Collection<T> some, Collection<T> more) {
        TreeSet<T> all = new TreeSet<>(some);
        all.addAll(more);
        return Collections.unmodifiableSortedSet(all);
    }

    static <T extends Comparable<? super T>> SortedSet<T> minus(
            Collection<T> all, Collection<T> without) {
        TreeSet<T> left = new TreeSet<>(all);
        without.forEach(left::remove);
        return Collections.unmodifiableSortedSet(left);
    }

    static <V> SortedMap<String, V> map(Map<String, V> entries) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    /// Both; the entries of `winning` win.
    static <V> SortedMap<String, V> merged(Map<String, V> some, Map<String, V> winning) {
        TreeMap<String, V> all = new TreeMap<>(some);
        all.putAll(winning);
        return Collections.unmodifiableSortedMap(all);
    }

    /// The same items in order, at most `size` together.
    static <T> List<List<T>> chunks(Collection<T> items, int size) {
        List<T> all = List.copyOf(items);
        List<List<T>> chunks = new ArrayList<>();
        for (int from = 0; from < all.size(); from += size) {
            chunks.add(all.subList(from, Math.min(all.size(), from + size)));
        }
        return chunks;
    }
}
