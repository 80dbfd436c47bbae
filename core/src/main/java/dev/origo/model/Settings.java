package dev.origo.model;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Parsed annotations of one Service, by setting.
public final class Settings {
    public static final Settings NONE = new Settings(Map.of());

    private final Map<String, Object> valuesByName;

    private Settings(Map<String, Object> valuesByName) {
        this.valuesByName = Map.copyOf(valuesByName);
    }

    /// The value, or empty where neither the annotation nor an alias of it is there.
    @SuppressWarnings("unchecked") // with() stores only a T under the name of a Setting<T>
    public <T> Optional<T> get(Setting<T> setting) {
        return Optional.ofNullable((T) valuesByName.get(setting.name()));
    }

    public boolean has(Setting<?> setting) {
        return valuesByName.containsKey(setting.name());
    }

    public <T> Settings with(Setting<T> setting, T value) {
        Map<String, Object> values = new TreeMap<>(valuesByName);
        values.put(setting.name(), value);
        return new Settings(values);
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
        return other instanceof Settings settings && valuesByName.equals(settings.valuesByName);
    }

    @Override
    public int hashCode() {
        return valuesByName.hashCode();
    }

    @Override
    public String toString() {
        return new TreeMap<>(valuesByName).toString();
    }
}
