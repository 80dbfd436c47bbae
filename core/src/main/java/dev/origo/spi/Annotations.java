package dev.origo.spi;

import dev.origo.model.Setting;
import java.util.List;

/// What a provider reads from a Service's annotations beside core's own settings.
///
/// @param settings its own
/// @param aliases other keys for its own or for core's settings; earlier ones win
/// @param ignored keys known from other controllers that have no effect here
/// @param prefixes key prefixes that belong to this provider: an unknown key under one is warned of
public record Annotations(
        List<Setting<?>> settings,
        List<Setting.Alias<?>> aliases,
        List<Setting.Ignored> ignored,
        List<String> prefixes) {
    public Annotations {
        settings = List.copyOf(settings);
        aliases = List.copyOf(aliases);
        ignored = List.copyOf(ignored);
        prefixes = List.copyOf(prefixes);
    }
}
