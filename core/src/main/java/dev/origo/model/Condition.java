package dev.origo.model;

import java.time.Instant;

/// A condition of the Service's status, of the Kubernetes type metav1.Condition.
public record Condition(
        String type,
        Status status,
        String reason,
        String message,
        Instant lastTransition,
        long observedGeneration) {

    /// Kubernetes' three-valued truth.
    public enum Status {
        TRUE,
        FALSE,
        UNKNOWN
    }

    /// Whether this tells the same about the same generation as another one, whenever either was
    /// written.
    public boolean tellsTheSame(Condition other) {
        return type.equals(other.type)
                && status == other.status
                && reason.equals(other.reason)
                && message.equals(other.message)
                && observedGeneration == other.observedGeneration;
    }
}
