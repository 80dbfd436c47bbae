package dev.origo.model;

/// What a balancer does with a connection.
public enum Delivery {
    /// Packets keep their source address; the balancer rewrites at most the destination.
    FORWARDS("forwards"),
    /// The balancer opens a connection of its own to the backend.
    TERMINATES("terminates");

    private final String word;

    Delivery(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
