package dev.origo.embedded.kube;

/// The API server's refusal of a request.
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    Refusal(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /// Status reasons of the Kubernetes API.
    public enum Reason {
        /// 404
        NOT_FOUND,
        /// 409: there is one of that name.
        ALREADY_EXISTS,
        /// 409: the object was changed by someone else.
        CONFLICT,
        /// 422: the object breaks a rule.
        INVALID
    }
}
