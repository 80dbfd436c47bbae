package dev.origo.model;

import java.util.function.Function;

/// One annotation: its name, type, default and meaning. The one place from which parser, warnings
/// and the reference page are made.
///
/// @param name the whole key, as `origo.dev/scheme`
/// @param type what is allowed, for people: `true|false`, `5..300 seconds`
/// @param defaultText what holds when it is absent, for people
/// @param parser reads the trimmed text; throws IllegalArgumentException that names the text and
///   what is allowed
public record Setting<T>(
        String name,
        String type,
        String defaultText,
        Mutability mutability,
        String meaning,
        Function<String, T> parser) {

    /// What a change of the annotation does to a live load balancer.
    public enum Mutability {
        /// Applied to the live balancer.
        IN_PLACE,
        /// A new balancer is made beside the old one, published, and the old one removed: the
        /// address changes.
        REPLACES,
        /// Read when the balancer is made; a later change has no effect, and a code tells so.
        AT_CREATION
    }

    /// Another key that means the same, with its own spelling of the values.
    public record Alias<T>(String name, Setting<T> target, Function<String, T> parser) {}

    /// A key that is known from other controllers and has no effect here.
    public record Ignored(String name, String why) {}
}
