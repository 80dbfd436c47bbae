package dev.origo.kube;

import java.time.Duration;

/// How the watch of one kind is doing.
///
/// @param kind as `services`
/// @param watching whether the client library believes that it watches now
/// @param unwatched time since it last watched; zero while it does
/// @param quiet time since anything was heard: an event, a bookmark that moved on, or a full list.
///   A quiet cluster is no fault, so this alone means nothing
/// @param restarts how often the watch was replaced because it had died or hung
/// @param lastFailure empty if there was none
public record WatchHealth(
        String kind,
        boolean watching,
        Duration unwatched,
        Duration quiet,
        int restarts,
        String lastFailure) {
    /// Whether it watches or has not been without watch for longer than the limit.
    public boolean alive(Duration unwatchedMax) {
        return unwatched.compareTo(unwatchedMax) <= 0;
    }
}
