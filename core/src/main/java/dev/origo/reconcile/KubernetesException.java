package dev.origo.reconcile;

/// The API server refused a write or could not be reached, or was not asked.
public final class KubernetesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    public KubernetesException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    private KubernetesException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /// A write was not sent: the lease is not ours, or not for long enough.
    static KubernetesException fenced(String write) {
        return new KubernetesException(Kind.FENCED, write + " waits for the lease");
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
        /// This process may not write now; nothing was sent.
        FENCED,
        /// No answer, or a server error.
        UNREACHABLE
    }
}
