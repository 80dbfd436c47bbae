package dev.origo.testkit;

/// What can befall a call to the cloud.
public enum Fault {
    /// The process is killed at this point.
    CRASH(true, true),
    /// Refused for coming too fast; no effect.
    THROTTLED(true, false),
    /// The cloud answers with an error of its own; no effect, but the caller cannot know.
    SERVER_ERROR(true, false),
    /// The call has its effect and the answer is lost.
    ANSWER_LOST(false, true),
    /// The object is in use or being changed; no effect.
    IN_USE(true, false),
    /// The identity lacks the permission; no effect.
    DENIED(true, false),
    /// No answer comes in time, and the effect may come after that, where the cloud can have it so.
    LATE(true, false);

    private final boolean beforeEffect;
    private final boolean afterEffect;

    Fault(boolean beforeEffect, boolean afterEffect) {
        this.beforeEffect = beforeEffect;
        this.afterEffect = afterEffect;
    }

    /// Whether it can strike at this point of a call.
    boolean strikes(boolean effectDone) {
        return effectDone ? afterEffect : beforeEffect;
    }
}
