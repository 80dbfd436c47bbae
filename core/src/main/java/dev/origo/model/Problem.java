package dev.origo.model;

import java.util.List;

/// A finding about one Service, for the user: a code, what was found, what to do.
///
/// @param message states the found value and what is allowed; has no ids that differ from try to
///   try
public record Problem(Code code, Severity severity, String message, String fix) {
    /// How much a finding matters.
    public enum Severity {
        /// Told, nothing is wrong.
        INFO,
        /// Works, but not as the user may think.
        WARNING,
        /// Not done before the Service or the configuration changes.
        ERROR
    }

    public static Problem error(Code code, String message) {
        return new Problem(code, Severity.ERROR, message, code.fix());
    }

    public static Problem warning(Code code, String message) {
        return new Problem(code, Severity.WARNING, message, code.fix());
    }

    public static Problem info(Code code, String message) {
        return new Problem(code, Severity.INFO, message, code.fix());
    }

    public Problem withFix(String closerFix) {
        return new Problem(code, severity, message, closerFix);
    }

    public boolean blocks() {
        return severity == Severity.ERROR;
    }

    public static boolean anyBlocks(List<Problem> problems) {
        return problems.stream().anyMatch(Problem::blocks);
    }

    /// `message (ORIGO-1003: fix)`, as conditions and events show it.
    public String text() {
        return "%s (%s: %s)".formatted(message, code.id(), fix);
    }
}
