package dev.origo.testkit;

/// Unwinds the threads of a process that was killed. An Error, so that nothing takes it for a
/// failure of the world and goes on.
public final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed(String process) {
        super(process + " was killed", null, false, false);
    }
}
