package dev.origo.model;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Parsed annotations of one Service, by setting.
public final class Settings {
    public static final Settings NONE = new Settings(Map.of(), Set.of());

    private final Map<String, Object> valuesByName;
    private final Set<String> unreadable;

    private Settings(Map<String, Object> valuesByName, Set<String> unreadable) {
        this.valuesByName = Map.copyOf(valuesByName);
        this.unreadable = Set.copyOf(unreadable);
    }

    /// The value, or empty where neither the annotation nor an alias of it is there.
    @SuppressWarnings("unchecked") // with() stores only a T under the name of a Setting<T>
    public <T> Optional<T> get(Setting<T> setting) {
        return Optional.ofNullable((T) valuesByName.get(setting.name()));
    }

    public boolean has(Setting<?> setting) {
        return valuesByName.containsKey(setting.name());
    }

    /// Whether the annotation or an alias of it is there and says nothing that is allowed. The
    /// Service is refused for it.
    public boolean isUnreadable(Setting<?> setting) {
        return unreadable.contains(setting.name());
    }

    public <T> Settings with(Setting<T> setting, T value) {
        Map<String, Object> values = new TreeMap<>(valuesByName);
        values.put(setting.name(), value);
        return new Settings(values, unreadable);
    }

    public Settings withUnreadable(Setting<?> setting) {
        Set<String> names = new TreeSet<>(unreadable);
        names.add(setting.name());
        return new Settings(valuesByName, names);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Settings settings
                && valuesByName.equals(settings.valuesByName)
                && unreadable.equals(settings.unreadable);
    }

    @Override
    public int hashCode() {
        return 31 * valuesByName.hashCode() + unreadable.hashCode();
    }

    @Override
    public String toString() {
        return new TreeMap<>(valuesByName)
                + (unreadable.isEmpty() ? "" : " unreadable: " + new TreeSet<>(unreadable));
    }
}
