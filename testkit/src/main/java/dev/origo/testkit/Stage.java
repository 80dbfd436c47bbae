package dev.origo.testkit;

/// Where trials take place: how a fresh world comes to be, and how a process starts on it.
public interface Stage {
    /// The Service that trials work on.
    String SERVICE = "default/web";

    /// A world with nodes, foreign objects and no process yet.
    World open(long seed);

    /// Starts a process on it.
    Replica boot(World world);
}
