package dev.origo.spi;

import java.util.function.Supplier;

/// The gate to the cloud. Limits the rate per family, retries what is safe to retry, counts, and
/// lets no write start when this process may not write.
///
/// Thread rule: any thread. A call may block for the rate limit, a few seconds at most.
public interface Calls {
    /// Calls the cloud to read.
    ///
    /// @param family what shares a rate limit, as `elbv2`
    /// @param action the API's name of the call, as `DescribeLoadBalancers`
    /// @throws CloudException as `call` throws it, after retries where they can help
    <T> T read(String family, String action, Supplier<T> call);

    /// Calls the cloud to change something. Repeated only if the connection was never made, or if
    /// `repeatable`.
    ///
    /// @param repeatable whether the request carries an idempotency id, so that a repetition has no
    ///   second effect
    /// @throws CloudException as `call` throws it; Fenced without a call when this process may not
    ///   write
    <T> T write(String family, String action, boolean repeatable, Supplier<T> call);
}
