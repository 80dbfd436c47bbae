package dev.origo.app.dev;

/// A row cannot be shown here, which is nobody's fault.
final class Skipped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Skipped(String message) {
        super(message);
    }
}
