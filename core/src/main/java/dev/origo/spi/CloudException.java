package dev.origo.spi;

/// A failed call to the cloud.
public final class CloudException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient CloudFailure failure;
    private final String action;

    /// A failure without a cause of its own.
    ///
    /// @param action what was called, as `elbv2:CreateListener`
    public CloudException(String action, CloudFailure failure) {
        super(action + ": " + failure);
        this.action = action;
        this.failure = failure;
    }

    public CloudException(String action, CloudFailure failure, Throwable cause) {
        super(action + ": " + failure, cause);
        this.action = action;
        this.failure = failure;
    }

    public String action() {
        return action;
    }

    public CloudFailure failure() {
        return failure;
    }
}
