package dev.origo.app.dev;

/// A step did not show what it should.
final class Unproven extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unproven(String message) {
        super(message);
    }
}
