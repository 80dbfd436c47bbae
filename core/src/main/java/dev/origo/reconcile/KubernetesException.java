package dev.origo.reconcile;

/// The API server refused a write or could not be reached.
public final class KubernetesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    public KubernetesException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /// Why, as far as the reconciler cares.
    public enum Kind {
        /// The object is gone, or is another one by that name.
        GONE,
        /// Someone else wrote at the same time.
        CONFLICT,
        /// RBAC or admission forbids it.
        FORBIDDEN,
        /// No answer, or a server error.
        UNREACHABLE
    }
}
