package dev.origo.embedded.aws;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/// Sees every API call, on the caller's thread and outside the lock, so it may block (latency) or
/// throw (faults).
public interface CallHook {

    /// The hook that lets everything pass.
    CallHook NONE = new CallHook() {};

    /// A hook that lets each call take that long, as a network and a service would. `pause` waits
    /// on the caller's thread.
    static CallHook latency(Function<Call, Duration> latency, Consumer<Duration> pause) {
        return new CallHook() {
            @Override
            public void before(Call call) {
                pause.accept(latency.apply(call));
            }
        };
    }

    /// Before anything has happened. What it throws is what the caller gets, and nothing changes: a
    /// crash before the effect, throttling, AccessDenied.
    default void before(Call call) {}

    /// After the effect, or after the refusal. What it throws replaces the answer: a crash after
    /// the effect, a lost answer.
    default void after(Call call) {}
}
