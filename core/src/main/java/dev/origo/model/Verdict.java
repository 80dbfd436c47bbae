package dev.origo.model;

/// What an application can know of the client's address. Ordered from best to worst.
public enum Verdict {
    PRESERVED("Preserved"),
    IN_HEADER("InHeader"),
    UNKNOWN("Unknown"),
    LOST("Lost"),
    REFUSED("Refused");

    private final String word;

    Verdict(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
