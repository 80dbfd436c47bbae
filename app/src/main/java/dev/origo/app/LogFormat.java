package dev.origo.app;

/// How log lines look.
enum LogFormat {
    /// For people.
    TEXT,
    /// One JSON object a line.
    JSON
}
