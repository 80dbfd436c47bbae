package dev.origo.spi;

/// One call's worth of change. Steps of one wave are independent of each other.
public interface Step {
    /// What a person reads in a plan: `create target group origo-... TCP/30080`.
    String describe();

    /// Whether it changes something in the cloud; a step that only reads is no change.
    default boolean writes() {
        return true;
    }
}
